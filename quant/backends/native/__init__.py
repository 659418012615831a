"""Layers of neurons in the compiled kernels of `spikelut.native`."""
