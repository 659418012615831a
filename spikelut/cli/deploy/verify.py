"""`spikelut verify`: exported files run in every runtime there is, and compared with the integer reference."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import get_args

from rich.progress import track

from spikelut._checks import require
from spikelut.cli.deploy.verify_inputs import events_of, inputs
from spikelut.cli.shared.console import columns, terminal
from spikelut.cli.shared.errors import user_errors
from spikelut.cli.train.run_folder import NETWORK
from spikelut.export import load_network
from spikelut.export.hls4ml.project import NAME, described, is_project
from spikelut.export.hls4ml.project import check as check_project
from spikelut.export.onnx_graph.file import Dialect
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import (
    Case,
    Outcome,
    Runtime,
    by_name,
    check,
    describe,
    is_network,
    names,
    network_case,
    peer_case,
)
from spikelut.export.runtimes._case import PEER
from spikelut.quant import IntegerNetwork
from spikelut.quant.network.stimuli import stimuli

NETWORKS = frozenset(get_args(Dialect)) - {"table"}
"""The dialects of files that hold networks."""

PROJECT_STEPS = 20
"""Time steps of a project of hls4ml that has no number of them."""


@dataclass(frozen=True)
class VerifyOptions:
    """The options of the command, as given."""

    path: Path
    samples: int
    runtimes: str
    data: Path | None
    seed: int
    json: bool
    time_limit: float = 120.0


def verify_command(options: VerifyOptions) -> int:
    """Run and compare; 1 if a runtime that should agree does not, else 0. UserError for wrong input."""
    with user_errors():
        if is_project(options.path):
            return _verify_project(options)
        chosen = _runtimes(options.runtimes)
        for runtime in chosen:
            runtime.patience = min(runtime.patience, options.time_limit)
        cases = [_case(path, options) for path in _files(options.path)]
    pairs = [(runtime, case) for case in cases for runtime in chosen]
    console = terminal(stderr=True)
    rows = [check(*pair) for pair in track(pairs, "Running files", console=console, disable=options.json)]
    if options.json:
        print(json.dumps([asdict(row) for row in rows]))
    else:
        _print(rows)
    return int(any(row.bad for row in rows))


def _verify_project(options: VerifyOptions) -> int:
    """Compile and run a folder of `to_hls4ml`."""
    require(options.runtimes in ("", NAME), "verify", f"runtimes must be {NAME} for its folder", options.runtimes)
    network, steps = load_network(options.path / NETWORK), described(options.path)["steps"] or PROJECT_STEPS
    if options.data is None:
        sizes = network.inputs[0].signal.shape
        given = stimuli(network, sizes, samples=options.samples, steps=steps, seed=options.seed).events
    else:
        given = events_of(options.data, options.samples)
    with terminal(stderr=True).status("Compiling and running"), user_errors():
        row = check_project(options.path, given, time_limit=options.time_limit)
    if options.json:
        print(json.dumps([asdict(row)]))
    else:
        _print([row])
    return int(row.bad)


def _runtimes(text: str) -> list[Runtime]:
    """Those asked for, which must be there; or all."""
    if not text:
        return [by_name(name) for name in names()]
    chosen = [by_name(name.strip()) for name in text.split(",")]
    for runtime in chosen:
        reason = runtime.missing()
        require(not reason, "verify", f"runtimes must be installed, {runtime.name} is not", reason)
    return chosen


def _files(path: Path) -> list[Path]:
    """The file, or the ONNX files of a folder."""
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.onnx"))
    require(bool(found), "verify", "the folder must hold .onnx files", str(path))
    return found


def _case(path: Path, options: VerifyOptions) -> Case:
    """What a file must give: by the network beside it, or else by onnxruntime."""
    file = describe(load_model(path))
    network = _network(path, options.path.is_dir())
    if not is_network(file):
        require(options.data is None, path.name, "data are for networks", file.form)
        return peer_case(path, options.samples, options.seed, time_limit=options.time_limit)
    given = inputs(path.parent, file, network, options.data, options.samples, options.seed)
    if network is None:
        return peer_case(path, options.samples, options.seed, given, time_limit=options.time_limit)
    return network_case(path, given, network)


def _network(path: Path, run: bool) -> IntegerNetwork | None:
    """That of a file of the same name, or of the run the file is of."""
    candidates = [path.with_suffix(".safetensors"), *([path.with_name(NETWORK)] if run else [])]
    return next((load_network(candidate) for candidate in candidates if candidate.exists()), None)


def _print(rows: list[Outcome]) -> None:
    """The table, and below it what is not installed."""
    numbers = ("samples", "values", "not 0", "different", "float error", "ms/sample")
    table = columns(("runtime", "version", "file", "dialect", "form", "result"), numbers, gap=1)
    table.columns[5].no_wrap = False
    for row in rows:
        if row.status != "missing":
            table.add_row(row.runtime, row.version, row.file, row.dialect, row.form, _result(row), *_numbers(row))
    console = terminal()
    console.print(table)
    for line in _below(rows):
        console.print(line, soft_wrap=True)


def _result(row: Outcome) -> str:
    if row.status == "not expected":
        return f"not expected: {row.reason}"
    joined = {"agrees": "with", "differs": "from"}.get(row.status)
    outputs = ", outputs only" if row.hidden else ""
    return f"{row.status} {joined} {row.oracle}{outputs}" if joined else row.status


def _numbers(row: Outcome) -> list[str]:
    if not row.samples:
        return [""] * 6
    nonzero = f"{row.nonzero / max(1, row.compared):.1%}"
    counts = [f"{row.samples}", f"{row.compared:,}", nonzero, f"{row.different:,}"]
    return [*counts, f"{row.largest:.2g}" if row.largest else "0", f"{row.seconds * 1e3:.3g}"]


def _below(rows: list[Outcome]) -> Iterator[str]:
    missing = {row.runtime: row.reason for row in rows if row.status == "missing"}
    if missing:
        yield "Not run: " + "; ".join(f"{name} ({reason})" for name, reason in missing.items())
    if not any(row.samples for row in rows):
        yield "No runtime ran a file."
    alone = [row.file for row in rows if row.samples and row.oracle == PEER and row.dialect in NETWORKS]
    for file in dict.fromkeys(alone):
        beside = Path(file).with_suffix(".safetensors").name
        yield f"{file}: runtimes are compared with each other; its integers, {beside}, are not beside it"
    for file, silent in {row.file: row.silent for row in rows if row.samples}.items():
        if silent:
            yield f"{file}: no neuron of {', '.join(silent)} spikes on these inputs, so that little is proven about it"
    for row in rows:
        if row.bad:
            yield f"{row.file} in {row.runtime}: {row.reason}"
        if row.hidden:
            yield f"{row.file} in {row.runtime}: hidden spikes and states could not be compared: {row.hidden}"
