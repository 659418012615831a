"""The layers of weights for torch, and the grid their weights lie on."""
