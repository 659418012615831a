"""Inputs on which a network shows what it computes: every layer spikes, and as many neurons and weights as can be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require, require_int
from spikelut.quant.network.bursts import Bursts, Rows
from spikelut.quant.network.exercised import exercised
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import Inputs, LayerStates, stages
from spikelut.quant.network.shapes.order import IntegerRepeat
from spikelut.quant.network.silence import silent_layers
from spikelut.quant.network.synapses import Ints

CANDIDATES, VALUES = 64, 2**22
"""Of a round: samples that are tried; fewer where those would have more than so many states in all steps."""
ROUNDS = 12
"""Of changes to what came nearest to waking the neurons that are silent still."""
STEPS, LONGEST = 32, 256
WORTH = np.array([0, 8, 12, 14, 15, 16])
"""Of so many changes of a neuron; more of them count for nothing."""
ENOUGH = len(WORTH) - 1


@dataclass(frozen=True, eq=False)
class Stimuli:
    """Event counts `events` [T, B, ...], of several inputs by name, and what they reach.

    - `spiking`: of each layer that can spike, by name, the share of its neurons that do.
    - `exercised`: of each layer of weights, the share of weights other than zero that come to be seen in a state.
    """

    events: Any
    spiking: dict[str, float]
    exercised: dict[str, float]

    @property
    def steps(self) -> int:
        """The number of time steps."""
        return len(next(iter(self.events.values())) if isinstance(self.events, dict) else self.events)

    @property
    def silent(self) -> tuple[str, ...]:
        """The layers in which no neuron spikes."""
        return tuple(name for name, share in self.spiking.items() if share == 0)


def reached(network: IntegerNetwork, events: Inputs) -> Stimuli:
    """What event counts [T, B, ...] that the network takes reach in it; of several inputs by name."""
    spiking: dict[str, float] = {}
    weights: dict[str, float] = {}
    for stage in stages(network, events):
        if not stage.layer.reads_out:
            spiking[stage.layer.name] = float((stage.spikes != 0).any((0, 1)).mean())
        weights |= exercised(stage)
    whole = network.checked(events)
    return Stimuli(whole if len(whole) > 1 else next(iter(whole.values())), spiking, weights)


def stimuli(
    network: IntegerNetwork,
    shape: tuple[int, ...] = (),
    *,
    samples: int = 8,
    steps: int | None = None,
    given: Inputs | None = None,
    seed: int = 0,
) -> Stimuli:
    """`samples` inputs for `network`, the first of them those `given` [T, B, ...]; several inputs are given by name.

    The others are searched for, so that all neurons spike. Candidates are bursts at random rates and bursts that drive
    single neurons, and then variations of those that came closest to making a silent neuron spike. From these, inputs
    are chosen one after the other, each time the one in which the most neurons change that have rarely changed before.
    The same arguments give the same inputs; the time is bounded.

    - `shape`: what follows time and batch; needed where a convolution comes first and nothing is `given`.
    - `steps`: T. None: 1 in a network that repeats its input; otherwise that of `given`; otherwise 32, doubled up to
      256 while a layer that could spike is silent. If T is larger than that of `given`, its rest has no events.

    Raises ValueError for a shape or samples that do not fit the network.
    """
    require_int("stimuli", "samples", samples, 1, 2**16)
    rows = _rows(network, shape, given)
    sizes, known = rows.shape, None
    if given is not None:
        known = rows.joined(given if not isinstance(given, Mapping) else network.checked(given))[:, :samples]
        known = known.astype(np.int64)
        fits = len(known) <= (steps or len(known)) and known.shape[2:] == sizes
        require(fits, "stimuli", f"given must be [{steps or 'T'}, B, {', '.join(map(str, sizes))}]", known.shape)
        network.checked(rows.apart(known))  # says what is wrong with them
    repeats = any(isinstance(layer, IntegerRepeat) for layer in network.layers)
    first = steps or (1 if repeats else STEPS if known is None else len(known))
    search = _Search(network, rows, samples, seed)
    found, never = search.run(first, known), set(silent_layers(network))
    free = steps is None and not repeats
    while free and set(found.silent) - never and 2 * found.steps <= max(LONGEST, first):
        found = search.run(2 * found.steps, known)
    return found


def _rows(network: IntegerNetwork, shape: tuple[int, ...], given: Inputs | None) -> Rows:
    """What follows time and batch in the inputs: as they say, as `shape` does, or as what is given."""
    if len(network.inputs) > 1:
        require(not shape, "stimuli", "shape must be of one input", shape)
        known = all(one.signal.known for one in network.inputs)
        require(known, "stimuli", "inputs must have sizes", [list(one.shape) for one in network.inputs])
        return Rows({one.name: tuple(one.shape) for one in network.inputs})
    own = network.input_shape
    if isinstance(given, Mapping):
        given = next(iter(given.values()))
    sizes = tuple(shape) or (tuple(own) if given is None else given.shape[2:])
    fits = len(sizes) == len(own) and sizes[0] == own[0] and all(isinstance(n, int) for n in sizes)
    require(fits, "stimuli", f"shape must be [{', '.join(map(str, own))}], in numbers", list(sizes))
    return Rows({network.inputs[0].name: sizes})


@dataclass
class _Tried:
    """Samples `events` [T, B, ...] with how often each neuron changed, how near its threshold it came, [B, n]."""

    events: Ints
    changes: NDArray[np.int64]
    near: NDArray[np.float64]
    spiked: NDArray[np.bool_]

    def with_more(self, other: "_Tried") -> "_Tried":
        return _Tried(
            np.concatenate([self.events, other.events], 1),
            np.concatenate([self.changes, other.changes]),
            np.concatenate([self.near, other.near]),
            np.concatenate([self.spiked, other.spiked]),
        )


@dataclass(frozen=True)
class _Search:
    network: IntegerNetwork
    rows: Rows
    samples: int
    seed: int

    def run(self, steps: int, known: Ints | None) -> Stimuli:
        """The best samples of so many steps, the `known` ones among them."""
        kept = 0 if known is None else known.shape[1]
        if known is not None:
            known = np.pad(known, [(0, steps - len(known)), *[(0, 0)] * (known.ndim - 1)])
            if kept == self.samples:
                return reached(self.network, self.rows.apart(known))
        bursts = Bursts.of(self.network, self.rows.shape, steps, np.random.default_rng(self.seed))
        probe = self._try(bursts.silence(1))
        count = max(self.samples, min(CANDIDATES, VALUES // max(1, steps * probe.changes.shape[1])))
        tried = self._try(bursts.random(count))
        tried = tried if known is None else self._try(known).with_more(tried)
        # Fewer rounds where each takes long.
        for _ in range(min(ROUNDS, 1 + ROUNDS * VALUES // max(1, tried.changes.shape[1] * steps * count))):
            asleep = np.flatnonzero(~tried.spiked.any(0))
            if not len(asleep):
                break
            nearest = tried.near[:, asleep].argmax(0)
            parents = tried.events[:, bursts.some(nearest, count)]
            tried = tried.with_more(self._try(bursts.changed(parents)))
        chosen = _cover(np.minimum(tried.changes, ENOUGH), self.samples, kept)
        return reached(self.network, self.rows.apart(tried.events[:, chosen]))

    def _try(self, events: Ints) -> _Tried:
        changes, near, spiked = [_changes(events != 0)], [], []
        for stage in stages(self.network, self.rows.apart(events)):
            out = stage.states[stage.layer.kind.states[0].name] if stage.layer.reads_out else stage.spikes
            changes.append(_changes(out))
            if not stage.layer.reads_out:
                batch = out.shape[1]
                spiked.append((out != 0).any(0).reshape(batch, -1))
                spike_at = stage.layer.kind.spread(out.ndim - 1).spec.spike_at
                near.append((_level(stage) - spike_at).max(0).reshape(batch, -1).astype(np.float64))
        # A network may be a read-out alone.
        none = np.zeros((events.shape[1], 0))
        return _Tried(
            events,
            np.concatenate(changes, 1),
            np.concatenate([none, *near], 1),
            np.concatenate([none.astype(bool), *spiked], 1),
        )


def _level(stage: LayerStates) -> Ints:
    """What rises to the threshold: the membrane, or of an encoder the magnitude of what it has not sent."""
    if "residue" in stage.states:
        return np.abs(stage.states["residue"])
    return stage.states[stage.layer.kind.states[0].name]


def _changes(x: NDArray[Any]) -> NDArray[np.int64]:
    """How often each value changes in the steps of each sample, [B, n], from zero."""
    differs = np.concatenate([x[:1] != 0, x[1:] != x[:-1]])
    counts: NDArray[np.int64] = differs.sum(0).reshape(x.shape[1], -1)
    return counts


def _cover(changes: NDArray[np.int64], samples: int, kept: int) -> NDArray[np.int64]:
    """The first `kept`, then, one after the other, those that add the most."""
    chosen = list(range(kept))
    have = np.minimum(changes[:kept].sum(0), ENOUGH)
    while len(chosen) < min(samples, len(changes)):
        gains = WORTH[np.minimum(have + changes, ENOUGH)].sum(1)
        gains[chosen] = -1
        chosen.append(int(gains.argmax()))
        have = np.minimum(have + changes[chosen[-1]], ENOUGH)
    return np.array(chosen)
