"""What every room stands on: the queue, SQL statements, the embedded server, health, metrics and middleware."""
