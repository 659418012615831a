"""`spikelut export`: a trained network as a file for others to run."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from torch import nn

from spikelut._files import read_file, read_text
from spikelut.cli.deploy.verify_inputs import kept_samples
from spikelut.cli.shared.console import columns, terminal
from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.cli.train.run_folder import NETWORK, RECORD, WEIGHTS
from spikelut.export import load, load_network, to_c, to_onnx, to_verilog
from spikelut.export.c.network_source import DIALECTS as C_DIALECTS
from spikelut.export.c.network_source import c_name
from spikelut.export.onnx_graph.file import Dialect, model_facts
from spikelut.export.verilog.names import verilog_name
from spikelut.quant import GraphModule, IntegerNetwork, IntegerRepeat, NetworkInput, from_integer, integer

KEPT = 4
"""Samples of a run that the self-test in C takes, beside those that are searched for; and those of a test bench."""
Shape = tuple[int, ...] | dict[str, tuple[int, ...]]
DIALECTS = (*get_args(Dialect), "train-step", "nir", "hls4ml")


@dataclass(frozen=True)
class ExportOptions:
    """The options of the command, as given."""

    source: Path
    out: Path | None
    dialect: str
    form: str | None
    steps: int | None
    batch: int | None
    size: str | None
    hidden_spikes: bool
    packed: bool
    spike_node: str
    learning_rate: float | None
    c: Path | None
    verilog: Path | None
    decision_rule: str | None
    json: bool


@dataclass(frozen=True)
class Source:
    """What is exported: the integers, and of a run its settings and real weights."""

    network: IntegerNetwork
    record: dict[str, Any]
    weights: Path | None

    def module(self) -> nn.Sequential | GraphModule:
        """Layers that train, from the real weights where the run has kept them."""
        model = from_integer(self.network)
        if self.weights is not None:
            from safetensors import SafetensorError
            from safetensors.torch import load

            try:
                model.load_state_dict(load(read_file(self.weights, "export")))
            except (SafetensorError, RuntimeError):
                raise UserError(f"{self.weights} must be the weights of the network beside it") from None
        return model


def export_command(options: ExportOptions) -> int:
    """Write the files and say what they are; 0, or UserError for wrong input."""
    with user_errors():
        if options.dialect not in DIALECTS:
            raise ValueError(f"dialect must be one of {', '.join(DIALECTS)}, got {options.dialect!r}")
        if options.c is not None and options.dialect not in C_DIALECTS:
            raise ValueError(f"c needs the dialect {' or '.join(C_DIALECTS)}, got {options.dialect!r}")
        if options.decision_rule is not None and options.dialect != "hls4ml":
            raise ValueError(f"decision-rule needs the target hls4ml, got {options.dialect!r}")
        source = read_source(options.source)
        if options.dialect == "hls4ml":
            return _hls4ml(options, source)
        files, model = _verilog(options, source), None
        if options.out is None:
            return _say(options, files, None)
        shape = _shape(options, source)
        size = None if options.c is None else _image_size(options, source)
        files.append(options.out)
        model = _write(options, source, shape)
        if options.c is not None:
            name = c_name(options.out.name.partition(".")[0])
            kept = kept_samples(options.source, source.network, None, KEPT) if options.source.is_dir() else None
            files += to_c(source.network, options.c, name, size=size, events=kept)
        return _say(options, files, model)


def _say(options: ExportOptions, files: list[Path], model: Any) -> int:
    """What was written."""
    if options.json:
        print(json.dumps({"files": [str(f) for f in files], **(model_facts(model) if model else {})}))
    else:
        _print(files, model)
    return 0


def _verilog(options: ExportOptions, source: Source) -> list[Path]:
    """The Verilog that is asked for; its bench takes samples that the run has kept."""
    if options.verilog is None:
        return []
    stem = options.out.name.partition(".")[0] if options.out is not None else options.source.absolute().stem
    kept = kept_samples(options.source, source.network, None, KEPT) if options.source.is_dir() else None
    name, size = verilog_name(stem), _image_size(options, source)
    return to_verilog(source.network, options.verilog, name, size=size, steps=options.steps, events=kept)


def read_source(path: Path) -> Source:
    """A run folder, a saved integer network, or an .onnx file of the dialect functions."""
    if path.is_dir():
        if not (path / NETWORK).exists():
            raise UserError(f"{path} must be the folder of a run, with {NETWORK} in it")
        record = path / RECORD
        weights = path / WEIGHTS
        try:
            found = json.loads(read_text(record, "export")) if record.exists() else {}
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or not all(isinstance(found.get(k, {}), dict) for k in ("network", "data")):
            raise UserError(f"{record} must be the record of a run, in JSON")
        return Source(load_network(path / NETWORK), found, weights if weights.exists() else None)
    if path.suffix == ".onnx":
        return Source(integer(load(path)), {}, None)
    return Source(load_network(path), {}, None)


def _shape(options: ExportOptions, source: Source) -> Shape:
    """An example's shape [T, B, ...], of several inputs by name: what the options say, else what the run had."""
    network = source.network
    repeats = any(isinstance(layer, IntegerRepeat) for layer in network.layers)
    # An input that the network repeats has one step.
    steps = 1 if repeats else options.steps or source.record.get("network", {}).get("steps", 1)
    batch = options.batch or 1
    shapes = {one.name: (one.steps or steps, batch, *_sizes(options, source, one)) for one in network.inputs}
    return shapes if len(shapes) > 1 else next(iter(shapes.values()))


def _sizes(options: ExportOptions, source: Source, one: NetworkInput) -> tuple[int, ...]:
    """What follows time and batch in an input."""
    if one.signal.known:
        return one.shape
    size = _known_size(options, source)
    if size is not None:
        return (*one.shape[:1], *size)
    if options.form in (None, "scan") and options.dialect not in ("arith", "qonnx", "train-step"):
        return tuple(n if isinstance(n, int) else 1 for n in one.shape)  # height and width are free
    raise ValueError("size must be given for images, as 28x28")


def _known_size(options: ExportOptions, source: Source) -> tuple[int, int] | None:
    """Height and width of images that the options say, or else the run had."""
    if options.size is not None:
        return parse_size(options.size)
    known = source.record.get("data", {}).get("inputs", [])
    return (known[1], known[2]) if len(known) == 3 else None


def _image_size(options: ExportOptions, source: Source) -> tuple[int, int] | None:
    """That of a network of images that leaves it open; None for others."""
    if all(one.signal.known for one in source.network.inputs):
        return None
    size = _known_size(options, source)
    if size is None:
        raise ValueError("size must be given for images, as 28x28")
    return size


def parse_size(text: str) -> tuple[int, int]:
    """Height and width, written `28x28`."""
    parts = text.lower().split("x")
    if len(parts) != 2 or not all(p.isdecimal() and p.isascii() and 0 < len(p) < 6 and int(p) for p in parts):
        raise ValueError(f"size must be height x width, as 28x28, got {text!r}")
    return int(parts[0]), int(parts[1])


def _write(options: ExportOptions, source: Source, shape: Shape) -> Any:
    """Write the file of a dialect; its model, if it is an ONNX file."""
    assert options.out is not None  # the caller's case
    if options.dialect == "nir":
        from spikelut.export.nir.file import to_nir

        to_nir(from_integer(source.network), options.out)
        return None
    if options.dialect == "train-step":
        from spikelut.export.train_step.write import to_train_step

        free = options.batch is None
        return to_train_step(
            source.module(), shape, options.out, learning_rate=options.learning_rate, dynamic_batch=free
        )
    chosen: dict[str, Any] = {"form": options.form, "packed": options.packed, "spike_node": options.spike_node}
    dialect: Any = options.dialect
    return to_onnx(source.network, shape, options.out, dialect, hidden_spikes=options.hidden_spikes, **chosen)


def _hls4ml(options: ExportOptions, source: Source) -> int:
    """The folder that hls4ml reads; rows decide after the steps that are given, or that the run had."""
    from spikelut.export.hls4ml.write import to_hls4ml

    steps = options.steps
    images = len(source.network.inputs[0].shape) == 3
    if steps is None and not images:
        steps = source.record.get("network", {}).get("steps")
    rule: Any = options.decision_rule
    size = _image_size(options, source)
    if options.out is None:
        raise ValueError("out must be given, the folder of hls4ml")
    files = to_hls4ml(source.network, options.out, steps=steps, size=size, decision_rule=rule)
    return _say(options, files, None)


def _print(files: list[Path], model: Any) -> None:
    console = terminal()
    for file in files:
        console.print(f"wrote {file} ({file.stat().st_size:,} bytes)", soft_wrap=True)
    if model is None:
        return
    table = columns(("", "name", "type"))
    facts = model_facts(model)
    opsets = ", ".join(f"{domain} {version}" for domain, version in facts["opsets"].items())
    table.add_row("needs", f"opset {opsets}", f"IR version {facts['ir_version']}")
    for kind in ("inputs", "outputs"):
        for name, text in facts[kind].items():
            table.add_row(kind[:-1], name, text)
    console.print(table)
