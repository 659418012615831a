"""Whether a model can be deployed, before it is trained: all that would be refused, and what is worth knowing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor, nn

from spikelut._checks import require, require_type
from spikelut._extras import names_extra
from spikelut._notebook import Table, fragment
from spikelut._text import Brief, number_of
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.events.order import in_danger
from spikelut.quant.network.layers import IntegerDelayedLinear, IntegerLIF
from spikelut.quant.network.network import IntegerNetwork, Node, check_outputs
from spikelut.quant.network.reference import stages
from spikelut.quant.network.silence import silent_layers
from spikelut.quant.network.summary.rows import KINDS
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, sum_limit
from spikelut.quant.weights.delay import Delay

SAMPLES = 8
"""Of the input that are run, to see which layers spike."""


@dataclass(frozen=True, repr=False)
class LayerCheck(Brief):
    """A layer of weights or neurons of a model.

    - `shape`: of what it gives, after time and batch. `fan_in`: inputs of a neuron; 0 of neurons.
    - `reach`: the largest sum that weights could give, as a share of what the chip's accumulator holds.
    - `spiking`: of neurons that spike, the share of values other than zero on the input; None of others.
    - `able`: False for neurons that no input brings to their threshold.
    - `in_danger`: for neurons that add all events at once although the chip adds them one by one: the share of their
      steps, on the input, in which a partial sum could leave the register, so that the chip may give another value.
      None for other layers.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> layer = quant.check(model, torch.ones(10, 2, 8)).layers[0]
    >>> layer.name, layer.shape, layer.fan_in
    ('0', (4,), 8)
    ```
    """

    name: str
    kind: str
    shape: tuple[Any, ...]
    profile: str
    fan_in: int = 0
    reach: float = 0.0
    spiking: float | None = None
    able: bool = True
    in_danger: float | None = None

    def _parts(self) -> Iterator[str]:
        yield f"{self.name!r}: {self.kind} {list(self.shape)} on {self.profile}"
        yield f"fan-in {self.fan_in}" if self.fan_in else ""
        yield f"reach {self.reach:.2%}" if self.reach else ""
        yield "" if self.spiking is None else f"spiking {self.spiking:.2%}"
        yield "" if self.able else "never reaches its threshold"


@dataclass(frozen=True, repr=False)
class ModelCheck(Brief):
    """What `check` found: `problems`, each with what to do instead, and the model's `layers`.

    `ends`: what forward does to outputs over time at the end, such as a sum; this is not deployed. `notes`: where
    training computes something other than what is deployed, and how far apart the two are. It prints as a table.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), torch.nn.ReLU())
    >>> quant.check(model, torch.ones(10, 2, 8)).ok
    False
    ```
    """

    problems: tuple[str, ...]
    layers: tuple[LayerCheck, ...]
    ends: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def _parts(self) -> Iterator[str]:
        yield "can be deployed" if self.ok else number_of(len(self.problems), "problem")
        yield number_of(len(self.layers), "layer")
        yield f"silent: {', '.join(self.silent)}" if self.silent else ""
        yield from (number_of(len(part), name) for name, part in (("note", self.notes), ("end", self.ends)) if part)

    @property
    def ok(self) -> bool:
        """Whether `integer` reads the model."""
        return not self.problems

    @property
    def silent(self) -> tuple[str, ...]:
        """The layers of which no neuron spikes on the input."""
        return tuple(layer.name for layer in self.layers if layer.spiking == 0 or not layer.able)

    def __str__(self) -> str:
        lines = [f"PROBLEM {problem}" for problem in self.problems]
        lines += [", ".join(COLUMNS)] * bool(self.layers)
        for layer in self.layers:
            name, *cells = _cells(layer)
            warnings = "".join(f"  WARNING: {warning}" for warning in _warnings(layer))
            lines.append(f"{name}: {', '.join(cells)}{warnings}")
        return "\n".join([*lines, *self._about, self._verdict])

    def _repr_html_(self) -> str | None:
        tables = [Table(COLUMNS, [_cells(layer) for layer in self.layers], COLUMNS[4:])] * bool(self.layers)
        warnings = [f"{layer.name}: {warning}" for layer in self.layers for warning in _warnings(layer)]
        return fragment(self._verdict, notes=[*self.problems, *warnings, *self._about], tables=tables)

    @property
    def _about(self) -> list[str]:
        ends = (f"left to who reads the outputs: {end}" for end in self.ends)
        return [*(f"note: {note}" for note in self.notes), *ends]

    @property
    def _verdict(self) -> str:
        return "can be deployed" if self.ok else f"{len(self.problems)} to be changed"


COLUMNS = ("layer", "kind", "shape", "profile", "fan-in", "reach of its accumulator", "spiking")
"""What is shown of each layer."""


def _cells(layer: LayerCheck) -> tuple[str, ...]:
    """The `COLUMNS` of a layer."""
    fan_in, reach = str(layer.fan_in) if layer.fan_in else "-", f"{layer.reach:.2%}" if layer.reach else "-"
    spiking = "-" if layer.spiking is None else f"{layer.spiking:.2%}"
    return layer.name, layer.kind, "x".join(map(str, layer.shape)), layer.profile, fan_in, reach, spiking


def _warnings(layer: LayerCheck) -> Iterator[str]:
    """What makes little sense in a layer."""
    if not layer.able:
        yield "no input brings its neurons to their threshold"
    elif layer.spiking == 0:
        yield "no neuron spikes on this input"
    if layer.in_danger:
        yield f"in {layer.in_danger:.2%} of steps events added one by one could saturate: EventLIF"


@names_extra
def check(
    model: nn.Module,
    x: Tensor | tuple[Tensor, ...] | Mapping[str, Tensor],
    *,
    largest_input: int | Mapping[str, int] | None = None,
) -> ModelCheck:
    """What `integer` would refuse of a model, all of it, each with what to do instead; and how its layers fare.

    Use it for a model that is not trained yet. The result says whether its layers and what joins them exist on the
    chip, how large sums could become, and which layers are silent on `x`. `x` is an input [T, B, ...]; several are
    given as a tuple, or by the names of forward's arguments. Of `x`, 8 samples are run. The model stays as it is.

    Raises ValueError for an input without samples, and TypeError for what is not a model.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> print(str(quant.check(model, torch.ones(10, 2, 8))).splitlines()[-1])
    can be deployed
    ```
    """
    from spikelut.quant.reading.assemble import check_largest
    from spikelut.quant.reading.collecting import collected

    require_type("check", "model", model, nn.Module, "a torch.nn.Module")
    parts = list(x.values()) if isinstance(x, Mapping) else list(x) if isinstance(x, tuple) else [x]
    for part in parts:
        require_type("check", "x", part, Tensor, "a tensor, or several")
        require(part.ndim >= 3 and part.numel() > 0, "check", "x must be [T, B, ...], not empty", tuple(part.shape))
    check_largest("check", largest_input)
    network, problems, ends = collected("check", model, x, largest_input)
    if network is None:
        return ModelCheck(tuple(problems), (), tuple(ends))
    try:
        check_outputs(network, "check")
    except ValueError as error:
        problems.append(str(error))
    spiking, danger, said = _seen(network, x) if not problems else ({}, {}, None)
    problems += [said] if said else []
    unable = set(silent_layers(network)) if not problems else set()
    layers = [_layer(node, network, spiking, danger, unable) for node in network.nodes]
    found = tuple(layer for layer in layers if layer is not None)
    return ModelCheck(tuple(problems), found, tuple(ends), tuple(_between_steps(model)))


def _between_steps(model: nn.Module) -> Iterator[str]:
    """The layers whose delays are between steps in training, and how far from those that are deployed."""
    from spikelut.quant.weights.delayed_linear import DelayedLinear

    for path, module in model.named_modules():
        if isinstance(module, Delay | DelayedLinear) and module.interpolate:
            away = (module.delay.detach().clamp(0, module.max_delay) - module.delays).abs()
            yield (
                f"layer {path!r} interpolates between time steps in training; deployed, its delays are rounded, by "
                f"{float(away.mean()):.2f} of a step on average and {float(away.max()):.2f} at most"
            )


def _seen(network: IntegerNetwork, x: Any) -> tuple[dict[str, float], dict[str, float | None], str | None]:
    """What layers of neurons do on some samples; or what is wrong with x.

    The share of values other than zero that each gives; and `in_danger`, of those on chips that add event by event.
    """
    parts = x if isinstance(x, tuple) else (x,)
    given = dict(x) if isinstance(x, Mapping) else dict(zip([one.name for one in network.inputs], parts, strict=True))
    counts = {}
    for one in network.inputs:
        real = given[one.name][:, :SAMPLES].detach().cpu().double().numpy() / one.step
        counts[one.name] = real
    profiles = {node.layer.name: node.profile for node in network.nodes}
    spiking, danger = {}, {}
    try:
        for stage in stages(network, counts):
            name = stage.layer.name
            current = profiles[name].current
            if not stage.layer.reads_out:
                spiking[name] = float(np.mean(stage.spikes != 0))
            if current is not None and current.event_by_event and not isinstance(stage.layer, IntegerEventLIF):
                danger[name] = in_danger(stage)
    except ValueError as error:
        return {}, {}, f"check: {error}"
    return spiking, danger, None


def _layer(
    node: Node,
    network: IntegerNetwork,
    spiking: Mapping[str, float],
    danger: Mapping[str, float | None],
    unable: set[str],
) -> LayerCheck | None:
    """What there is to say of a layer of weights or neurons."""
    layer, chip = node.layer, node.profile
    signal = network.signals[layer.name]
    if isinstance(layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear):
        limit = sum_limit(chip, signal.graded)
        return LayerCheck(layer.name, KINDS[type(layer)], signal.shape, chip.name, layer.fan_in, signal.reach / limit)
    if not isinstance(layer, IntegerLIF):
        return None
    kind = "read-out" if layer.reads_out else "neurons"
    able, fan_in = layer.name not in unable, 0
    if isinstance(layer, IntegerEventLIF):
        kind, fan_in = "neurons, event by event", layer.weights.fan_in
    found: dict[str, Any] = {"spiking": spiking.get(layer.name), "able": able, "in_danger": danger.get(layer.name)}
    return LayerCheck(layer.name, kind, signal.shape, chip.name, fan_in, **found)
