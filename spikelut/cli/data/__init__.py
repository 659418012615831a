"""Data sets as the commands read them."""
