"""The layers that a plan becomes on a chip's grid, and the model that they make."""
