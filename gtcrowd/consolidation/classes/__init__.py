"""One right class a task: the methods for `choice`, each in a file that names its paper."""
