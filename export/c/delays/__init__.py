"""Layers that look back in time as C99."""
