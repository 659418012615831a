"""The layers of neurons for torch."""
