"""Looks at everything, touches nothing: rows into frames, frames into measures."""
