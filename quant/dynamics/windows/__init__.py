"""Neurons whose states are cleared after every so many steps."""
