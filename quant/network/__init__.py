"""The integer network and its reference in NumPy."""
