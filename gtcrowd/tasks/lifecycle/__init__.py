"""How tasks and assignments begin and end: open, prepare, extend, release, expire, reconcile, close."""
