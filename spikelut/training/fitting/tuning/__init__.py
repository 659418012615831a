"""Training on from a network that was converted: never below its start, on the grid it was given."""
