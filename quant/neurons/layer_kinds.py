"""The layers of neurons that are read from models, and made for integers: one line for each."""

from spikelut.quant.neurons.adaptive.adaptive_lif import AdaptiveLIF
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.graded import Delta, GradedNeuron, Sigma, SigmaDelta
from spikelut.quant.neurons.lif import IF, LI, LIF, CubaLIF

SPIKING: tuple[type[Neuron], ...] = (LIF, IF, CubaLIF, AdaptiveLIF)
"""Those that `Recurrent` takes."""
GRADED: tuple[type[GradedNeuron], ...] = (Sigma, Delta, SigmaDelta)
LAYERS: tuple[type[Neuron], ...] = (*SPIKING, LI, *GRADED)
BY_PART: dict[str, type[Neuron]] = {"adaptation": AdaptiveLIF}
"""The layers whose kind has a part that no other layer's has, by its name in `dynamics.kinds.PARTS`."""
