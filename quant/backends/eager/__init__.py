"""Layers of neurons in the operations of torch."""
