"""`spikelut import`: a network that another library trained, as the integers of a run folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from spikelut import hw_profiles
from spikelut.cli.data.npz import read_npz
from spikelut.cli.deploy.verify_inputs import events_of
from spikelut.cli.shared.console import columns, terminal
from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.cli.train.run_folder import NETWORK, RECORD, SAMPLES, WEIGHTS, run_folder
from spikelut.export import from_lava, from_nir, lava_transform, save_network, write_whole
from spikelut.quant import IntegerLIF, IntegerNetwork, integer

MOST_SAMPLES = 65536
LAVA = ("num_layers", "input_shape", "largest_input")
FLOATS = ("profile", "data", "weight_bits", "calibrate", "substitute", "page")
NIR = (*FLOATS, "dt", "decay", "reset")
"""Options of the one kind of file and of the other, and those that only networks in floats need."""


@dataclass(frozen=True)
class ImportOptions:
    """The options of the command, as given."""

    source: Path
    out: Path
    layer_delays: bool
    num_layers: int | None
    input_shape: str | None
    largest_input: int | None
    profile: str | None
    data: Path | None
    weight_bits: str | None
    calibrate: str | None
    substitute: bool | None
    page: Path | None
    dt: float | None
    decay: str | None
    reset: str | None
    json: bool


def import_command(options: ImportOptions) -> int:
    """Write the folder and say what is in it; 0, or UserError for wrong input."""
    with user_errors():
        kinds = {".net": _lava, ".nir": _nir}
        kind = options.source.suffix
        if kind not in kinds:
            raise ValueError(f"source must be a file of lava-dl (.net) or NIR (.nir), got {options.source.name!r}")
        others = [key for key in (NIR if kind == ".net" else LAVA) if getattr(options, key) is not None]
        others += ["no_layer_delays"] if kind == ".nir" and not options.layer_delays else []
        if others:
            named = ", ".join("--" + key.replace("_", "-") for key in others)
            raise ValueError(f"options must be those of {kind} files, got {named}")
        # What is left of a run of another network would be taken for this one's.
        left = [name for name in (WEIGHTS, SAMPLES) if (options.out / name).exists()]
        if left:
            raise UserError(f"out: {options.out} must not be the folder of another run, with {left[0]} in it")
        network, about = kinds[kind](options)
        record = {"imported": {"file": options.source.name, **about}, "network": _shown(network)}
        known = len(network.inputs) == 1 and network.inputs[0].signal.known
        record |= {"data": {"inputs": list(network.inputs[0].shape)}} if known else {}
        with run_folder(options.out, (RECORD, NETWORK)) as folder:
            save_network(network, folder / NETWORK)
            write_whole(folder / RECORD, json.dumps(record, indent=2) + "\n")
    if options.json:
        print(json.dumps(record))
    else:
        _print(network, about, options.out)
    return 0


def _lava(options: ImportOptions) -> tuple[IntegerNetwork, dict[str, Any]]:
    """A network of lava-dl, and how an image becomes its input."""
    shape = None if options.input_shape is None else parse_shape(options.input_shape)
    given: dict[str, Any] = {"num_layers": options.num_layers, "largest_input": options.largest_input}
    network = from_lava(options.source, layer_delays=options.layer_delays, input_shape=shape, **given)
    about: dict[str, Any] = {"from": "lava-dl", "layer_delays": options.layer_delays}
    if network.inputs[0].least < 0:  # neurons take it
        weight, bias = lava_transform(options.source)
        about |= {"transform": {"weight": weight, "bias": bias}}
    return network, about


def _nir(options: ImportOptions) -> tuple[IntegerNetwork, dict[str, Any]]:
    """A network of `to_nir`, or one in floats, converted."""
    stated = {key: value for key in ("dt", "decay", "reset") if (value := getattr(options, key)) is not None}
    model = from_nir(options.source, **stated)
    about: dict[str, Any] = {"from": "NIR", **stated}
    if any(hasattr(module, "profile") for module in model.modules()):
        given = [key for key in FLOATS if getattr(options, key) is not None]
        if given:
            raise ValueError(f"{options.source.name} must be in floats to be converted, got integers on a chip")
        return integer(model), about
    if options.profile is None or options.data is None:
        message = "is in floats, so --profile and --data, events that set the scales, must be given"
        raise ValueError(f"{options.source.name} {message}")
    from spikelut.quant import convert

    profile = hw_profiles.load(options.profile)
    events = torch.from_numpy(events_of(options.data, MOST_SAMPLES)).float()
    largest = max(1, int(events.max()))
    bits, labels = weight_bits_of(options.weight_bits), None
    if isinstance(bits, str) and "accuracy" in bits:
        found = read_npz(options.data, ("y",))["y"]
        labels = torch.from_numpy(found[: events.shape[1]].astype("int64"))
    how: dict[str, Any] = {"calibrate": options.calibrate or "nearest", "substitute": bool(options.substitute)}
    converted = convert(model, profile, events, weight_bits=bits, largest_input=largest, labels=labels, **how)
    if options.page is not None:
        converted.to_html(options.page)
        about["page"] = str(options.page)
    about |= {key: value for key, value in how.items() if value not in ("nearest", False)}
    told = {"conversion": str(converted).splitlines(), "layers": converted.rows()}
    return integer(converted.model), about | told | {"steps": [asdict(step) for step in converted.steps]}


def weight_bits_of(text: str | None) -> int | str | None:
    """A number of bits, or what `convert` is to find; ValueError for a number that no weights have."""
    if text is None or text.startswith("auto"):
        return text
    if not (text.isdecimal() and text.isascii() and len(text) < 4 and 2 <= int(text) <= 16):
        raise ValueError(f"weight-bits must be in 2..16, or as auto:3.5, got {text!r}")
    return int(text)


def parse_shape(text: str) -> tuple[int, ...]:
    """Channels, height and width, written `3x66x200`."""
    parts = text.lower().split("x")
    if len(parts) != 3 or not all(p.isdecimal() and p.isascii() and 0 < len(p) < 6 and int(p) for p in parts):
        raise ValueError(f"input_shape must be channels x height x width, as 3x66x200, got {text!r}")
    return tuple(int(p) for p in parts)


def _shown(network: IntegerNetwork) -> dict[str, Any]:
    """What a record says of a network."""
    layers = [
        {"name": layer.name, "kind": _kind(layer), "shape": list(network.signals[layer.name].shape)}
        for layer in network.layers
    ]
    inputs = [
        {"name": one.name, "shape": list(one.shape), "least": one.least, "largest": one.largest}
        for one in network.inputs
    ]
    return {"profile": network.profile.name, "layers": layers, "inputs": inputs}


def _kind(layer: Any) -> str:
    if not isinstance(layer, IntegerLIF):
        return type(layer).__name__.removeprefix("Integer")
    if "graded" in layer.others:
        return str(layer.others["graded"].kind)
    return "LI" if layer.reads_out else "LIF" if layer.synapse is None else "CubaLIF"


def _print(network: IntegerNetwork, about: dict[str, Any], out: Path) -> None:
    console = terminal()
    for name in (NETWORK, RECORD):
        console.print(f"wrote {out / name} ({(out / name).stat().st_size:,} bytes)", soft_wrap=True)
    table = columns(("layer", "kind", "shape"))
    for one in network.inputs:
        table.add_row(one.name, f"{one.least}..{one.largest}", " x ".join(map(str, one.shape)))
    for layer in _shown(network)["layers"]:
        table.add_row(layer["name"], layer["kind"], " x ".join(map(str, layer["shape"])))
    console.print(table)
    for line in about.get("conversion", ()):
        console.print(line, soft_wrap=True)
    if "page" in about:
        console.print(f"wrote {about['page']}", soft_wrap=True)
    if "transform" in about:
        weight, bias = about["transform"].values()
        console.print(f"input: {weight} * x + {bias} of an image x in -1..1, cut to whole numbers")
    console.print(f"next: spikelut export {out} --dialect integer --out {out}/model.onnx", soft_wrap=True)
