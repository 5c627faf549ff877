"""What can be seen in a picture, and what embedding did to it: figures, readings, a report."""
