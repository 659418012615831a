"""Networks drawn at random: do all that can run one give the same integers?

`make test-random` prints a table of thousands.
"""

import argparse
import random
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import numpy as np
import torch
from backends import backend
from c_networks import Library
from numpy.typing import NDArray
from random_networks import KINDS, Draw, drawn
from rich.console import Console
from rich.progress import track
from rich.table import Table
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export import runtimes
from spikelut.hw_profiles import Profile
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.dynamics.leak import betas
from spikelut.quant.dynamics.spec import thresholds
from spikelut.quant.network.reference import reference_states
from spikelut.quant.neurons.event_lif import EventLIF

EVENT_BY_EVENT = [
    hw_profiles.load(name) for name in ("odin", "reckon", "sne", "speck2f", "spikerplus", "tinyodin", "xylo")
]
NAMES = [*(f"{p.name} {'cuba' if cuba else 'lif'}" for p, cuba in KINDS), *(f"{p.name} events" for p in EVENT_BY_EVENT)]
"""The kinds of neurons, in the order of the seeds."""
RUNTIMES = {"onnxruntime": ("scan", "step", "unrolled"), "c": ("step",)}


@dataclass
class Count:
    """Values compared, how many of them are not zero, and how many differ, by what was compared with the reference."""

    compared: int = 0
    nonzero: int = 0
    different: dict[str, int] = field(default_factory=dict)

    def add(self, who: str, found: Any, wanted: NDArray[Any]) -> None:
        """Compare, by equality."""
        found = np.asarray(found)
        same_shape = found.shape == wanted.shape
        wrong = int((found != wanted).sum()) if same_shape else wanted.size
        self.compared += wanted.size
        self.nonzero += int(np.count_nonzero(wanted))
        self.different[who] = self.different.get(who, 0) + wrong

    @property
    def wrong(self) -> int:
        return sum(self.different.values())


@dataclass(frozen=True)
class Drawn:
    """A network and events [T, B, ...] for it, whole numbers."""

    model: Any
    network: quant.IntegerNetwork
    events: NDArray[np.int64]


def compared(seed: int, folder: Path, others: bool) -> Count:
    """What was compared of the network of a seed; `others`: in onnxruntime and C as well."""
    count, kind, number = Count(), seed % len(NAMES), seed // len(NAMES)
    if kind >= len(KINDS):
        _compare_events(EVENT_BY_EVENT[kind - len(KINDS)], number, count)
        return count
    model, network, shape = drawn(number, KINDS[kind])
    made = Drawn(model, network, _events(number, shape, network.largest_input))
    _compare_layers(made, count)
    if others:
        for who, forms in RUNTIMES.items():
            for form in forms:
                _compare_runtime(who, form, made, folder, count)
        _compare_firmware(made, folder, count)
    return count


def _events(seed: int, shape: tuple[int, ...], largest: int) -> NDArray[np.int64]:
    """Events of some rate; every fifth time as many as there can be."""
    draw, values = random.Random(seed), np.random.default_rng(seed)
    if seed % 5 == 0:
        return np.full(shape, largest)
    return values.integers(0, largest + 1, shape) * (values.random(shape) < draw.choice([0.1, 0.5, 1.0]))


def _compare_layers(made: Drawn, count: Count) -> None:
    """Every layer of torch, on both backends, in float32 and float64: spikes of all steps, and the last states."""
    for dtype in (torch.float32, torch.float64):
        model = made.model.to(dtype)
        # A bias of 32 bits is cut off where float32 has a number for it.
        network = quant.integer(model)
        modules = [module for module in model if not isinstance(module, nn.Identity)]
        for who in ("torch", "native"):
            signal: Any = made.events
            x = torch.as_tensor(made.events).to(dtype) * network.input_step
            with backend(who), torch.no_grad():
                for layer, module in zip(network.layers, modules, strict=True):
                    if not isinstance(layer, quant.IntegerLIF):
                        signal, x = layer.run(signal), module(x)
                        continue
                    spikes, membranes, currents = layer.states(signal)
                    signal = membranes if layer.reads_out else spikes
                    out = module.sequence(x)
                    unit, where = layer.spec.membrane.step, f"{who} {str(dtype)[6:]}"
                    x = out[0]
                    count.add(where, x / unit if layer.reads_out else x, _held(signal, dtype))
                    count.add(where, out[1] / unit, _held(membranes[-1], dtype))
                    if layer.synapse:
                        count.add(where, out[2] / unit, _held(currents[-1], dtype))
    made.model.float()


def _held(codes: NDArray[Any], dtype: torch.dtype) -> NDArray[Any]:
    """Codes as the floats of `dtype` hold them: rounded where a register has more bits."""
    return codes.astype(np.float32 if dtype == torch.float32 else np.float64)


def _compare_runtime(who: str, form: Any, made: Drawn, folder: Path, count: Count) -> None:
    path, network = folder / "x.onnx", made.network
    export.to_onnx(network, made.events.shape, path, "integer", form=form, hidden_spikes=True)
    outcome = runtimes.check(runtimes.by_name(who), runtimes.network_case(path, made.events, network))
    if outcome.status not in ("agrees", "differs"):
        raise AssertionError(f"{who} {form}: {outcome.status}, {outcome.reason}")
    count.compared += outcome.compared
    count.nonzero += outcome.nonzero
    count.different[f"{who} {form}"] = outcome.different


def _compare_firmware(made: Drawn, folder: Path, count: Count) -> None:
    """Every layer and state of the C that `export.to_c` writes."""
    network, events = made.network, made.events
    size = (events.shape[3], events.shape[4]) if events.ndim == 5 else None
    source = export.to_c(network, folder, "net", size=size, steps=1)[1]
    # A library is loaded once for each path.
    library = Library.of(network, source.rename(folder / f"{uuid4().hex}.c"), size, name="net")
    wanted = reference_states(network, events)
    for name, found in library.run(events, len(next(iter(wanted.values())))).items():
        count.add("firmware C", found, wanted[name].reshape(found.shape))


def _compare_events(profile: Profile, seed: int, count: Count) -> None:
    """An `EventLIF` in torch beside the same steps in NumPy."""
    draw = Draw(seed, (profile, False))
    pick, step, decay = draw.random, profile.step, profile.decay
    assert step is not None
    assert decay is not None  # they have neurons
    low, high = betas(decay, profile.membrane_format)
    layer = EventLIF(
        pick.randint(1, 9),
        pick.randint(1, 9),
        profile=profile,
        surrogate=draw.slope(),
        beta=pick.choice([high, 1 - 2.0**-3 if low <= 1 - 2.0**-3 <= high else high]),
        threshold=pick.choice([0.5, 1.0, thresholds(profile)[0]]),
        reset=pick.choice(step.resets),
        max_spikes=pick.choice([None, 1]),
        weight_bits=draw.bits(),
    )
    draw.weights(layer.linear).weight.data.mul_(2.0 ** pick.randint(0, 6))
    current = profile.current
    most = 1 if layer.events.each or current is None else current.max_events or 255
    weights, shape = layer.weight_codes().numpy(), (pick.randint(1, 20), pick.randint(1, 3))
    events = _events(seed, (*shape, len(weights)), min(pick.choice([1, 1, 3, 15, 255]), most))
    rest = np.zeros((shape[1], weights.shape[1]), np.int64)
    steps = list(layer.events.steps(NumpyOps, weights, events, rest))
    wanted = np.stack([np.broadcast_to(np.asarray(s.spikes), rest.shape).astype(np.int64) for s in steps])
    with torch.no_grad():
        count.add("torch", layer(torch.as_tensor(events).float()), wanted)


def main(count: int, every: int, first: int) -> None:
    """Compare `count` networks, every so many of them in the runtimes, and print a row for each kind of neuron."""
    warnings.simplefilter("ignore", quant.SilentLayerWarning)  # some are drawn on purpose
    rows: dict[str, Count] = {}
    networks: dict[str, int] = {}
    with TemporaryDirectory() as folder:
        for seed in track(range(first, first + count), "networks"):
            name = NAMES[seed % len(NAMES)]
            found = compared(seed, Path(folder), others=(seed // len(NAMES)) % every == 0)
            networks[name] = networks.get(name, 0) + 1
            for row in (rows.setdefault(name, Count()), rows.setdefault("all", Count())):
                row.compared, row.nonzero = row.compared + found.compared, row.nonzero + found.nonzero
                for who, wrong in found.different.items():
                    row.different[who] = row.different.get(who, 0) + wrong
            if found.wrong:
                Console().print(f"seed {seed}, {name}: {found.different}")
    networks["all"] = count
    table = Table("kind", "networks", "values", "nonzero", "different", title=f"seeds {first}..{first + count - 1}")
    for name, row in sorted(rows.items(), key=lambda item: (item[0] == "all", item[0])):
        share = f"{row.nonzero / max(1, row.compared):.1%}"
        table.add_row(name, str(networks[name]), f"{row.compared:,}", share, str(row.wrong))
    Console().print(table)
    raise SystemExit(int(rows["all"].wrong > 0))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000, help="networks, default 5000")
    every = "run every so many rounds over the kinds in onnxruntime and C too, default 10"
    parser.add_argument("--every", type=int, default=10, help=every)
    parser.add_argument("--first", type=int, default=0, help="the first seed, default 0")
    arguments = parser.parse_args()
    main(arguments.count, arguments.every, arguments.first)
