"""Typed settings: stated once as fields of dataclasses, given on the command line or in a file."""
