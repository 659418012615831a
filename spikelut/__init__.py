"""Train spiking neural networks with the gradient and the arithmetic of the chip they will run on."""

from importlib.metadata import version

__version__ = version("spikelut")
