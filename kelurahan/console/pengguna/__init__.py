"""Officers of the console."""
