"""The project that hls4ml makes of a folder, compiled with g++ and run, beside the integer reference."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._aside import folder_aside
from spikelut._checks import require
from spikelut._files import read_file, read_text
from spikelut.export.hls4ml.description import name_there
from spikelut.export.hls4ml.write import ARRAYS, DESCRIPTION, FORMAT, NETWORK, SCRIPT, to_hls4ml
from spikelut.export.network_file import load_network
from spikelut.export.runtimes._outcome import Outcome
from spikelut.export.runtimes._side import SidePython
from spikelut.quant.chips.hls4ml import decide
from spikelut.quant.network.layers import IntegerLIF, IntegerRepeat
from spikelut.quant.network.network import IntegerNetwork

Arrays = dict[str, NDArray[Any]]
NAME = "hls4ml"


class Hls4ml(SidePython):
    """The Python environment with hls4ml and snnTorch; its neurons need a version from June 2026 on."""

    name, environment, package, function = NAME, NAME, NAME, NAME

    def missing(self) -> str:
        reason = super().missing()
        places = self.folder.glob(f"{self.environment}/lib/python*/site-packages/hls4ml/contrib/snntorch.py")
        return reason or ("" if any(places) else "hls4ml there has no spiking neurons: install one from June 2026 on")


def is_project(folder: Path) -> bool:
    """Whether a folder is one of `to_hls4ml`."""
    return all((folder / name).is_file() for name in (DESCRIPTION, ARRAYS, SCRIPT, NETWORK))


def require_own(folder: Path, about: dict[str, Any], network: IntegerNetwork) -> None:
    """ValueError unless script and layers of a folder are those that are written for its network: both become code."""
    last = about["layers"][-1] if about["layers"] else {}
    told = last if isinstance(last, dict) and last.get("kind") == "readout" else {}
    options = {"decision_rule": told.get("decision_rule"), "class_threshold": told.get("class_threshold", 1)}
    with folder_aside() as aside:
        to_hls4ml(network, aside, steps=about.get("steps"), **options)
        for name in (SCRIPT, DESCRIPTION):
            same = read_file(folder / name, NAME) == read_file(aside / name, NAME)
            require(
                same, str(folder / name), "must be as export.to_hls4ml writes it for the network beside it", "another"
            )


def described(folder: Path) -> dict[str, Any]:
    """What network.json says; ValueError if it is not ours."""
    try:
        about = json.loads(read_text(folder / DESCRIPTION, NAME))
    except (ValueError, RecursionError):
        about = None
    ours = isinstance(about, dict) and about.get("format") == FORMAT and isinstance(about.get("layers"), list)
    require(ours, str(folder / DESCRIPTION), f"must be of the format {FORMAT!r}", "another")
    found: dict[str, Any] = about
    return found


def run_hls4ml(folder: Path, events: NDArray[np.generic], step: float, *, time_limit: float) -> Arrays:
    """What each layer of the project gives for event counts [T, B, ...]: real values [T, B, N] by name, and NAME.mem.

    RuntimeError if it does not compile or run in `time_limit` seconds. What is in the folder becomes code: see
    `require_own`.
    """
    runtime = Hls4ml()
    with folder_aside() as aside:
        given, out = aside / "events.npz", aside / "out.npz"
        np.savez(given, x=np.moveaxis(np.asarray(events) * step, 0, 1))
        command: list[Any] = [runtime.python, folder.absolute() / SCRIPT, "--run", given, "--out", out]
        command += ["--project", aside / "project"]
        try:
            done = subprocess.run(command, cwd=aside, capture_output=True, text=True, timeout=time_limit)
        except subprocess.TimeoutExpired:
            raise RuntimeError(f"build.py did not end in {time_limit:g} s; time_limit gives it more") from None
        if done.returncode or not out.exists():
            errors = [line for line in done.stderr.splitlines() if "rror" in line]
            raise RuntimeError(f"build.py ended with {done.returncode}: {' '.join(errors[-3:])[:300] or 'no message'}")
        with np.load(out, allow_pickle=False) as arrays:
            return {name: np.moveaxis(arrays[name], 0, 1) for name in arrays.files}


def expected(network: IntegerNetwork, about: dict[str, Any], events: NDArray[np.generic]) -> Iterator[tuple[str, Any]]:
    """What the integer reference says that each layer of the project must give, [T, B, N], by its name there."""
    layers = {layer["name"]: layer for layer in about["layers"]}
    found = network.run(events, keep=[node.layer.name for node in network.nodes])
    steps = max(map(len, found.values()))  # one that is repeated is a call that is
    found = {name: np.repeat(values, steps // len(values), 0) for name, values in found.items()}
    nodes = {node.layer.name: node for node in network.nodes}
    window = about["steps"]
    for name, node in nodes.items():
        there, values = layers.get(name_there(name)), found[name]
        if there is None or there["kind"] == "flatten":  # which does nothing there
            continue
        if there["kind"] in ("dense", "conv2d"):
            follows = next((n.layer for n in network.nodes if name in n.inputs), None)
            bias: Any = 0.0
            if isinstance(follows, IntegerLIF) and follows.bias is not None:
                bias = follows.bias.codes(values.ndim - 1) * 2.0**-follows.spec.membrane.frac
            yield there["name"], _row(values * there["step"] + bias)
        elif there["kind"] == "readout":
            yield f"{there['name']}.mem", _cleared(_row(values), window)
            decided = decide(values, there["decision_rule"], there["class_threshold"])
            scale = 2.0 ** -there["frac"] if there["decision_rule"] == "binary_logit" else 1.0
            yield there["name"], decided[..., None] * scale
        elif isinstance(node.layer, IntegerLIF):
            yield there["name"], _row(values)
            current = found[node.inputs[0]]
            yield f"{there['name']}.mem", _cleared(_row(node.layer.trace(current)["mem"]), window)
        else:
            yield there["name"], _row(values * there.get("step", 1.0))
    last = about["layers"][-1]
    if last["kind"] == "readout" and last["output_mode"] == "spike":
        totals = np.cumsum(found[network.nodes[-1].layer.name], 0)
        yield last["name"], decide(totals, last["decision_rule"], last["class_threshold"])[..., None]


def _row(values: NDArray[Any]) -> NDArray[Any]:
    """Values [T, B, ...] as [T, B, N], images with their channels last, as there."""
    values = np.moveaxis(values, 2, -1) if values.ndim == 5 else values
    return values.reshape(*values.shape[:2], -1)


def _cleared(mem: NDArray[Any], window: int | None) -> NDArray[Any]:
    """Membranes that the read-out's window clears."""
    if window is None:
        return mem
    mem = mem.copy()
    mem[window - 1 :: window] = 0
    return mem


def check(folder: Path, events: NDArray[np.generic], *, time_limit: float = 600.0) -> Outcome:
    """Run the project for event counts [T, B, ...] and count what is not as the integer reference says.

    ValueError for a folder whose script or layers are not those that are written for its network.
    """
    runtime = Hls4ml()
    about, network = described(folder), load_network(folder / NETWORK)
    require_own(folder, about, network)
    facts: dict[str, Any] = {"runtime": NAME, "version": runtime.version(), "file": folder.name, "dialect": NAME}
    facts |= {"form": about["io"], "samples": int(events.shape[1]), "oracle": "integer reference"}
    if reason := runtime.missing():
        return Outcome(**facts, status="missing", reason=reason)
    started = time.perf_counter()
    repeats = next((layer.steps for layer in network.layers if isinstance(layer, IntegerRepeat)), 1)
    given = np.repeat(np.asarray(events), repeats, 0)
    try:
        found = run_hls4ml(folder, given, network.inputs[0].signal.step, time_limit=time_limit)
    except (RuntimeError, OSError) as error:
        return Outcome(**facts, status="failed", reason=str(error))
    seconds = (time.perf_counter() - started) / events.shape[1]
    compared = nonzero = 0
    differing: dict[str, int] = {}
    for name, values in expected(network, about, events):
        there = found.get(name)
        wrong = values.size if there is None or there.shape != values.shape else int((there != values).sum())
        compared, nonzero = compared + values.size, nonzero + int(np.count_nonzero(values))
        differing |= {name: wrong} if wrong else {}
    total = sum(differing.values())
    where = ", ".join(f"{name}: {count}" for name, count in differing.items())
    counted: dict[str, Any] = {"compared": compared, "nonzero": nonzero, "different": total, "seconds": seconds}
    reason = f"{total} of {compared} values differ ({where})" if total else ""
    return Outcome(**facts, **counted, status="differs" if total else "agrees", reason=reason)
