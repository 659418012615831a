"""Layers in C that take their events one after the other."""
