"""Peers: loading them, their spike functions, and their layers of neurons."""

import warnings
from collections.abc import Callable
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from bench_case import Unavailable
from torch import Tensor

MODULES = {
    "snnTorch": "snntorch",
    "SpikingJelly": "spikingjelly",
    "norse": "norse",
    "sinabs": "sinabs",
    "braintools": "braintools",
    "brainpy": "brainpy",
    "Brevitas": "brevitas",
}
"""Libraries and what is imported of them."""

BETA, ALPHA = 0.5, 0.5
"""The decay factors of all neurons: powers of two, so that libraries which write them otherwise round alike."""

Layer = Callable[[Tensor], Tensor]


def load(module: str) -> Any:
    """The module; `Unavailable` if its library is not installed."""
    if find_spec(module.split(".")[0]) is None:
        raise Unavailable(f"{module.split('.')[0]} is not installed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what is deprecated in torch and Python
        return import_module(module)


def curve(peer: str, name: str, parameters: dict[str, Any]) -> Layer:
    """A spike function of a library of torch."""
    if peer == "norse":
        return partial(load("norse.torch.functional.threshold").threshold, method=name, **parameters)
    module = {"snnTorch": "snntorch.surrogate", "SpikingJelly": "spikingjelly.activation_based.surrogate"}[peer]
    made: Layer = getattr(load(module), name)(**parameters)
    return made


def spikingjelly_lif(reset: str) -> Layer:
    """A multi-step LIF layer."""
    neuron: Any = load("spikingjelly.activation_based.neuron")
    forget = load("spikingjelly.activation_based.functional").reset_net
    slope = curve("SpikingJelly", "ATan", {"alpha": 2.0})
    options = {"v_reset": 0.0 if reset == "zero" else None, "detach_reset": True, "decay_input": False}
    node = neuron.LIFNode(tau=1 / (1 - BETA), surrogate_function=slope, step_mode="m", **options)

    def layer(x: Tensor) -> Tensor:
        forget(node)
        spikes: Tensor = node(x)
        return spikes

    return layer


def snntorch_neuron(reset: str, synaptic: bool = False) -> Any:
    """`Leaky`, or `Synaptic`, neurons for single steps."""
    library = load("snntorch")
    options = {"beta": BETA, "spike_grad": curve("snnTorch", "atan", {"alpha": 2.0}), "reset_mechanism": reset}
    return library.Synaptic(alpha=ALPHA, **options) if synaptic else library.Leaky(**options)


def snntorch_lif(reset: str, synaptic: bool = False) -> Layer:
    """A layer of them, step by step as its tutorials have it."""
    neuron = snntorch_neuron(reset, synaptic)

    def layer(x: Tensor) -> Tensor:
        states = [torch.zeros_like(x[0]) for _ in range(2 if synaptic else 1)]
        outs = []
        for arriving in x:
            spikes, *states = neuron(arriving, *states)
            outs.append(spikes)
        return torch.stack(outs)

    return layer


def norse_lif(reset: str) -> Layer:
    """A LIF layer; norse's have a synaptic current, and a reset to zero."""
    norse: Any = load("norse.torch")
    rates = {"tau_mem_inv": torch.tensor(1000 * (1 - BETA)), "tau_syn_inv": torch.tensor(1000 * (1 - ALPHA))}
    neuron = norse.LIF(norse.LIFParameters(method="super", alpha=torch.tensor(100.0), **rates))
    return lambda x: neuron(x)[0]


def sinabs_lif(reset: str, synaptic: bool = False) -> Layer:
    """A LIF layer, whose time comes second: it is given [B, T, ...] as its users have it."""
    layers, activation = load("sinabs.layers"), load("sinabs.activation")
    options = {"reset_fn": activation.MembraneReset() if reset == "zero" else activation.MembraneSubtract()}
    options["surrogate_grad_fn"] = activation.SingleExponential()

    def layer(x: Tensor) -> Tensor:
        neuron: Any = layers.LIF(tau_mem=2.0, tau_syn=2.0 if synaptic else None, **options)
        spikes: Tensor = neuron(x)
        return spikes

    return layer


LIF: dict[str, Callable[[str], Layer]] = {
    "SpikingJelly": spikingjelly_lif,
    "snnTorch": snntorch_lif,
    "norse": norse_lif,
    "sinabs": sinabs_lif,
}
CUBA: dict[str, Callable[[str], Layer]] = {
    "snnTorch": partial(snntorch_lif, synaptic=True),
    "norse": norse_lif,
    "sinabs": partial(sinabs_lif, synaptic=True),
}
"""Layers with a synaptic current, which SpikingJelly has not. All take the reset, to zero or subtract."""
