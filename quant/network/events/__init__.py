"""Weights and neurons in one, of chips that take events one after the other, as plain integers."""
