"""`spikelut cost`: whether a network fits chips, what it does on data, and its bits."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from spikelut._files import write_whole
from spikelut.cli.deploy.export import read_source
from spikelut.cli.deploy.verify_inputs import events_of, kept_samples, shape_of_run
from spikelut.cli.shared.console import columns, say_written, terminal
from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.option_values import parse_profiles
from spikelut.hw_profiles import Profile
from spikelut.quant import Cost, IntegerNetwork, LayerCost
from spikelut.quant.costs.cost import costs_on
from spikelut.quant.costs.page import write_page

SUFFIXES = (".html", ".json")


@dataclass(frozen=True)
class CostOptions:
    """The options of the command, as given."""

    source: Path
    profiles: list[str]
    data: Path | None
    samples: int
    out: list[Path]
    json: bool


def cost_command(options: CostOptions) -> int:
    """Count, print and write; 0, or UserError for wrong input."""
    with user_errors():
        wrong = [str(path) for path in options.out if path.suffix not in SUFFIXES]
        if wrong:
            raise ValueError(f"out must end in {' or '.join(SUFFIXES)}, got {wrong[0]!r}")
        given: list[Profile | None] = [p for text in options.profiles for p in parse_profiles(text).values()]
        network = read_source(options.source).network
        network, events = _inputs(options, network)
        with terminal(stderr=True).status("Counting") as status:
            found = costs_on(
                network, events, given or [None], lambda n, all_: status.update(f"Counting: {n} of {all_}")
            )
        written = [_write(found, path) for path in options.out]
    if options.json:
        print(json.dumps({"costs": [one.as_dict() for one in found], "files": written}))
    else:
        _print(found, written)
    return 0


def _inputs(options: CostOptions, network: IntegerNetwork) -> tuple[IntegerNetwork, Any]:
    """The network, with the sizes of its images where these are known, and the events that are counted, if any."""
    names = [one.name for one in network.inputs]
    if options.data is not None:
        data, several = options.data, len(names) > 1
        found = {name: events_of(data, options.samples, name) for name in names} if several else None
        return network, found or events_of(data, options.samples)
    folder = options.source if options.source.is_dir() else options.source.parent
    events = kept_samples(folder, network, None, options.samples) if len(names) == 1 else None
    shape = shape_of_run(folder)
    if events is None and shape and len(names) == 1 and not network.inputs[0].signal.known:
        network = replace(network, given=(replace(network.inputs[0], shape=shape),))
    return network, events


def _write(found: list[Cost], path: Path) -> str:
    if path.suffix == ".html":
        write_page(found, path)
    else:
        write_whole(path, json.dumps({"costs": [one.as_dict() for one in found]}, indent=2) + "\n")
    return str(path)


def _print(found: list[Cost], written: list[str]) -> None:
    console, first = terminal(), found[0]
    for line in _head(first):
        console.print(line, soft_wrap=True)
    console.print()
    _print_layers(console, first)
    console.print()
    for one in found:
        for line in _lines(one):
            console.print(line, soft_wrap=True)
        console.print()
    say_written(console, written)


def _head(cost: Cost) -> Iterator[str]:
    bits = cost.footprint
    yield f"{cost.neurons:,} neurons, {cost.synapses:,} synapses, made for {cost.made_for.title}"
    parts = {"lines of events": bits.lines, "states": bits.states, "numbers of neurons": bits.numbers}
    parts = {"weights": bits.weights, "biases": bits.biases, "delays": bits.delays} | parts
    yield f"{bits.total:,} bits: {', '.join(f'{name} {n:,}' for name, n in parts.items())}"
    yield f"{bits.neurobench_bytes:,} bytes as NeuroBench counts: weights, biases, delays"
    if not cost.samples:
        yield "No data, so that nothing was counted: give --data FILE.npz"
        return
    done = {"input events": cost.input_events, "spikes": cost.spikes, "synaptic events": cost.synaptic_events}
    means = ", ".join(f"{(n or 0) / cost.samples:,.1f} {name}" for name, n in done.items())
    yield f"{cost.samples:,} samples of {cost.steps} steps; of each on average {means}"


COLUMNS = {
    "neurons": "neurons",
    "synapses": "synapses",
    "fan_in": "fan-in",
    "fan_out": "fan-out",
    "bits": "bits",
    "events": "events in",
    "synaptic": "synaptic events",
    "nonzero": "weight not 0",
    "spikes": "spikes",
    "updates": "updates",
    "active": "active",
    "accesses": "accesses",
}
COUNTED = ("events", "synaptic", "nonzero", "spikes", "updates", "active", "accesses")


def _print_layers(console: Console, cost: Cost) -> None:
    names = [name for name in COLUMNS if cost.samples or name not in COUNTED]
    table = columns(("layer", "kind"), [COLUMNS[name] for name in names], gap=1)
    for layer in cost.layers:
        cells = _cells(layer)
        table.add_row(layer.name, layer.kind, *(_number(cells[name]) for name in names))
    console.print(table)


def _cells(layer: LayerCost) -> dict[str, int | None]:
    did = layer.did
    sizes = {name: getattr(layer, name) or None for name in ("neurons", "synapses", "fan_in", "fan_out")}
    counts = {name: getattr(layer, name) for name in ("spikes", "updates", "active")}
    events = {name: getattr(did, name, None) for name in ("events", "synaptic", "nonzero")}
    reads = [n for n in (layer.weight_reads, layer.sum_accesses, layer.state_accesses) if n is not None]
    return {**sizes, **counts, **events, "bits": layer.footprint.total, "accesses": sum(reads) if reads else None}


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _lines(cost: Cost) -> Iterator[str]:
    """What is said of a chip."""
    fit, profile = cost.fit, cost.profile
    yield f"{profile.title} ({profile.name}): {fit.verdict}"
    if profile.name != cost.made_for.name:
        own = cost.made_for.name
        yield f"  counted with the integers of {own}; trained for {profile.name} its spikes would be others"
    for reason in fit.refused[1:]:
        yield f"  {reason}"
    if fit.cores and profile.capacity is not None and profile.capacity.cores != 1:
        each = ", ".join(f"{name} {'not known' if n is None else n}{_why(cost, name)}" for name, n in fit.cores.items())
        total = "" if fit.total_cores is None else f" {fit.total_cores} of {profile.capacity.cores}:"
        yield f"  cores:{total} {each}"
    for limit in sorted(fit.limits, key=lambda one: -one.share)[:3]:
        where = f" of {limit.layer}" if limit.layer else ""
        yield f"  {limit.name}{where}: {limit.need:,} of {limit.most:,} ({limit.share:.1%})"
    if fit.unknown:
        yield f"  not published: {', '.join(fit.unknown)}"
    if cost.energy is not None:
        energy, nano = cost.energy, cost.samples * 1000
        parts = {"synaptic events": energy.synaptic_events, "neurons": energy.neurons}
        parts |= {"spikes": energy.spikes, "messages": energy.messages}
        told = ", ".join(f"{name} {value / nano:.4g}" for name, value in parts.items())
        yield f"  modelled energy, no measurement: {energy.total / nano:.4g} nJ a sample ({told})"
        yield f"  constants: {energy.source}"
    elif cost.samples and profile.energy is None:
        yield "  energy: no constants were published"
    elif cost.samples:
        yield "  energy: not modelled, as the network does not fit"


def _why(cost: Cost, name: str) -> str:
    return f" ({cost.fit.bound[name]})" if name in cost.fit.bound else ""
