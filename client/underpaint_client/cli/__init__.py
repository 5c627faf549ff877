"""The `underpaint` command: one module a command, heavy imports inside the functions."""
