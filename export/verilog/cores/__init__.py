"""The cores of a network: modules with a clock, and the arithmetic in them."""
