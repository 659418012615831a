"""Integers of fixed point, and their rounding, for NumPy, torch and graphs alike."""
