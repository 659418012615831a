"""A network as NeuroBench can count it: the chip's integers in layers of the types that it looks for."""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_type
from spikelut.quant import FloatLIF, FloatRecurrent, LUTSurrogate
from spikelut.quant.costs.sizes import DELAY_BITS
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.event_layer import EventLayer
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.delay import Delay
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.quant.weights.layers import (
    QuantConv1d,
    QuantConv2d,
    QuantConvTranspose1d,
    QuantConvTranspose2d,
    QuantLinear,
)
from spikelut.quant.weights.module_reading import copy_of
from spikelut.surrogates import Learnable

FLOAT_WEIGHTS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


class Codes(nn.Parameter):
    """Integers of `bits` bits, held as floats; `element_size` is that of the integers, in bytes."""

    bits: int

    @staticmethod
    def of(codes: Tensor, bits: int) -> "Codes":
        """The codes, which are not trained."""
        made = Codes(codes.detach().float(), requires_grad=False)
        made.bits = bits
        return made

    def element_size(self) -> Any:
        """Bytes, of a few bits a fraction."""
        return self.bits // 8 if self.bits % 8 == 0 else self.bits / 8


class Counted(nn.Module):
    """What `for_neurobench` gives: `model` runs, and what each of its layers sees is shown to a stand-in of torch's."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.held = (model,)  # in a tuple, so that its own layers are not counted
        self.taps: list[tuple[nn.Module, Callable[..., None]]] = []
        inside: set[nn.Module] = set()
        for path, module in model.named_modules():
            if module not in inside:
                self._add(path.replace(".", "_"), path, module, inside)

    def _add(self, name: str, path: str, module: nn.Module, inside: set[nn.Module]) -> None:
        if isinstance(module, QuantConvTranspose1d | QuantConvTranspose2d):
            raise ValueError(
                f"for_neurobench: layer {path!r} must be one that NeuroBench counts (QuantLinear, QuantConv1d, "
                f"QuantConv2d), got {type(module).__name__}"
            )
        if isinstance(module, QuantLinear | DelayedLinear | QuantConv1d | QuantConv2d):
            inside.update(module.modules())
            self._tap_weights(name, module, weights_of(module))
            if isinstance(module, DelayedLinear):
                self._add_delays(name, module)
        elif isinstance(module, Delay):
            self._add_delays(name, module)
        elif isinstance(module, FLOAT_WEIGHTS):
            self._tap_weights(name, module, copy_of(module))
        elif isinstance(module, Recurrent | FloatRecurrent):
            inside.update(module.modules())
            linear = module.linear
            own = weights_of(linear) if isinstance(linear, QuantLinear) else copy_of(linear)
            self.add_module(f"{name}_linear", own)
            self._tap_spikes(name, module, own)
            self._add_bias(name, module.neuron)
        elif isinstance(module, EventLayer):
            inside.update(module.surrogate.modules() if isinstance(module.surrogate, nn.Module) else ())
            self._tap_spikes(name, module, None)
            self._add_bias(name, module)
        elif isinstance(module, Neuron | FloatLIF):
            inside.update(module.modules())
            graded = isinstance(module, Neuron) and "graded" in module.others
            message = f"layer {name!r} must not send graded spikes, whose signs NeuroBench does not count"
            require(not graded, "for_neurobench", message, type(module).__name__)
            if module.surrogate is not None:  # else its membranes are read, and are no activations
                self._tap_spikes(name, module, None)
            self._add_bias(name, module)
        elif isinstance(module, nn.ReLU | nn.Sigmoid):
            self._tap_spikes(name, module, None)
        elif not isinstance(module, LUTSurrogate | Learnable) and list(module.parameters(recurse=False)):
            raise ValueError(f"for_neurobench: layer {path!r} must be one whose weights are known, got {module!r}")

    def _add_delays(self, name: str, layer: DelayedLinear | Delay) -> None:
        # An event is an operation of each synapse, whenever it arrives.
        self.register_parameter(f"{name}_delay", Codes.of(layer.delays, DELAY_BITS))

    def _add_bias(self, name: str, neuron: nn.Module) -> None:
        # What batch norm left to the neurons is a bias as well.
        found = cast(Any, neuron.integer_bias()) if isinstance(neuron, Neuron | EventLayer) else None
        if found is not None:
            fmt = cast("Neuron | EventLayer", neuron).profile.bias
            assert fmt is not None  # else the layer would have none
            self.register_parameter(f"{name}_bias", Codes.of(found[0], fmt.bits))

    def _tap_weights(self, name: str, module: nn.Module, tap: nn.Module) -> None:
        self.add_module(name, tap)
        steps = isinstance(module, QuantConv1d | QuantConv2d)

        def show(_: nn.Module, arguments: tuple[Any, ...], out: Any) -> None:
            x = arguments[0].detach()
            tap(x.flatten(0, 1) if steps else x)

        self.taps.append((module, show))

    def _tap_spikes(self, name: str, module: nn.Module, recurrent: nn.Module | None) -> None:
        tap = nn.Sigmoid() if isinstance(module, nn.Sigmoid) else nn.ReLU()
        self.add_module(name, tap)

        def show(_: nn.Module, arguments: tuple[Any, ...], out: Tensor) -> None:
            tap(out.detach())
            if recurrent is not None:  # the spikes of the step before, none before the first
                recurrent(torch.cat([torch.zeros_like(out[:1]), out[:-1]]).detach())

        self.taps.append((module, show))

    def forward(self, *arguments: Any, **named: Any) -> Any:
        """What the model gives."""
        hooks = [module.register_forward_hook(show) for module, show in self.taps]
        try:
            with torch.no_grad():
                return self.held[0](*arguments, **named)
        finally:
            for hook in hooks:
                hook.remove()

    def train(self, mode: bool = True) -> "Counted":
        """As of any module; the model follows."""
        self.held[0].train(mode)
        return super().train(mode)

    def to(self, *arguments: Any, **named: Any) -> "Counted":
        """As of any module; the model follows."""
        self.held[0].to(*arguments, **named)
        return super().to(*arguments, **named)


def weights_of(layer: QuantLinear | DelayedLinear | QuantConv1d | QuantConv2d) -> nn.Module:
    """A layer of torch with the integers of `layer` as its weights."""
    codes, _ = layer.integer_weight()
    made: nn.Module
    if isinstance(layer, QuantLinear | DelayedLinear):
        made = nn.Linear(layer.in_features, layer.out_features, bias=False, device="meta")
    else:
        names = ("kernel_size", "stride", "padding", "dilation", "groups")
        window: Any = {name: getattr(layer, name) for name in names}
        channels = layer.in_channels, layer.out_channels
        kind: Any = nn.Conv1d if isinstance(layer, QuantConv1d) else nn.Conv2d
        made = kind(*channels, **window, bias=False, device="meta")
    made.weight = Codes.of(codes, layer.weight_bits)
    return made


def for_neurobench(model: nn.Module) -> nn.Module:
    """A view of `model` in which NeuroBench counts what the chip has: sparsity, synaptic operations, footprint.

    It gives what `model` gives, and is what NeuroBench's `TorchModel` takes.

    NeuroBench sees these layers: `nn.Linear` and `nn.Conv2d` with integer weights as they are now, whose size is that
    of the chip's bits; and `nn.ReLU` where neurons give spikes. So sparsities, synaptic operations and the footprint of
    weights, biases and delays are the chip's. Those of a read-out's membranes, and the states, are not counted.
    Recurrent weights are counted: each step takes the spikes of the one before. Raises ValueError for layers with other
    parameters.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> x = torch.ones(10, 2, 8)
    >>> torch.equal(export.for_neurobench(model)(x), model(x))
    True
    ```
    """
    require_type("for_neurobench", "model", model, nn.Module, "a torch.nn.Module")
    return Counted(model)
