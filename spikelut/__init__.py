"""Train spiking neural networks with the gradient and the arithmetic of the chip they will run on."""

from importlib.metadata import version

from spikelut._backend import get_backend as get_backend
from spikelut._backend import set_backend as set_backend

__version__ = version("spikelut")
