"""Layers of neurons in Triton kernels, on a GPU."""
