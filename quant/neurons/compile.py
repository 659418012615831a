"""Layers of neurons that run as compiled kernels."""

from torch import nn

from spikelut._checks import require_type
from spikelut.quant.neurons.base import Neuron


def compile_neurons(model: nn.Module) -> nn.Module:
    """Have every layer of neurons in `model` run its time step as one kernel of `torch.compile`; returns `model`.

    Integers, spikes and gradients stay the same to the last bit. Layers of tens of thousands of neurons run several
    times faster; the first call takes some ten seconds and needs a C++ compiler. Layers that learn their decay or their
    threshold are left as they are: their integers change. So are those with states of 32 bits, such as SpiNNaker's, and
    those with graded spikes. A layer that native kernels run continues to use these.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.LIF(profile, surrogates.Arctan()))
    >>> quant.compile_neurons(model) is model
    True
    ```
    """
    require_type("compile_neurons", "model", model, nn.Module, "a torch.nn.Module")
    for module in model.modules():
        if isinstance(module, Neuron):
            module.torch_compiled = module.raw_beta is None and module.raw_threshold is None
    return model
