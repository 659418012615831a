"""The network of this folder in hls4ml: python build.py --help. Needs hls4ml with its spiking neurons, snnTorch, g++.

What is here: network.json, the layers with the fixed-point type of everything in them; weights.npz, their constants.
"""

import argparse
import contextlib
import ctypes
import json
import multiprocessing
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

HERE = Path(__file__).parent


class Network(nn.Module):
    """One time step of the network; hls4ml keeps the membranes."""

    def __init__(self, layers: list[dict[str, Any]], arrays: Any) -> None:
        super().__init__()
        self.plan = [layer for layer in layers if layer["kind"] != "input"]
        for layer in self.plan:
            if layer["kind"] != "view":
                setattr(self, layer["name"], made(layer, arrays))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """What the last layer gives for inputs [1, ...]."""
        for layer in self.plan:
            x = x.view(-1, *layer["shape"]) if layer["kind"] == "view" else getattr(self, layer["name"])(x)
        return x


def made(layer: dict[str, Any], arrays: Any) -> Any:
    """The module of a layer."""
    kind, name = layer["kind"], layer["name"]
    constant = {key: torch.tensor(arrays[f"{name}.{key}"]) for key in ("weight", "bias", "beta", "threshold")
                if f"{name}.{key}" in arrays}  # fmt: skip
    if kind in ("dense", "conv2d"):
        outputs, inputs, *kernel = constant["weight"].shape
        where: Any = {key: tuple(layer[key]) for key in ("stride", "padding")} if kernel else {}
        size: Any = tuple(kernel)
        module: Any = nn.Conv2d(inputs, outputs, size, **where) if kernel else nn.Linear(inputs, outputs)
        module.weight.data, module.bias.data = constant["weight"], constant["bias"]
        return module
    if kind == "leaky":
        import snntorch

        return snntorch.Leaky(**constant, reset_mechanism=layer["reset"])
    if kind == "readout":
        from hls4ml.contrib.snntorch import SNNReadout

        keys = ("window_size", "decision_rule", "output_mode", "class_threshold")
        return SNNReadout(layer["classes"], **{key: layer[key] for key in keys}, beta=layer.get("beta", 1.0))
    pools = {"avgpool": nn.AvgPool2d, "maxpool": nn.MaxPool2d}
    if kind in pools:
        return pools[kind](tuple(layer["kernel"]), tuple(layer["stride"]))
    return nn.Flatten()


def converted(project: Path, trace: bool, part: str | None) -> Any:
    """The model in hls4ml, with the types of network.json."""
    import hls4ml

    about = json.loads((HERE / "network.json").read_text(encoding="utf-8"))
    layers = about["layers"]
    with np.load(HERE / "weights.npz", allow_pickle=False) as arrays:
        model = Network(layers, arrays).eval()
    shape = tuple(layers[0]["shape"])
    config = hls4ml.utils.config_from_pytorch_model(
        model, shape, granularity="name", backend="Vitis", default_precision="ap_fixed<16,6>",
        channels_last_conversion="internal",  # also turns weights [out, in] as the library has them
    )  # fmt: skip
    for layer in layers:
        entry = config["LayerName"].setdefault(layer["name"], {})
        entry.setdefault("Precision", {}).update(layer.get("precision", {}))
        entry["Trace"] = trace
    return hls4ml.converters.convert_from_pytorch_model(
        model, output_dir=str(project), project_name="network", backend="Vitis", io_type=about["io"],
        hls_config=config, **({"part": part} if part else {}),
    )  # fmt: skip


class Traced(ctypes.Structure):
    """What a compiled project hands out of a layer."""

    _fields_ = (("name", ctypes.c_char_p), ("data", ctypes.c_void_p))


class Compiled:
    """A project that g++ compiled, called step by step; its membranes are static variables of its functions."""

    def __init__(self, model: Any, layers: list[dict[str, Any]]) -> None:
        model.config.trace_output = True
        model.compile()
        self.folder = Path(model.config.get_output_dir()).absolute() / "firmware"
        self.library = max(self.folder.glob("*.so"), key=lambda path: path.stat().st_mtime)
        self.code = ctypes.CDLL(str(self.library))
        self.outputs = [int(np.prod(v.shape)) for v in model.get_output_variables()]
        shown = [layer for layer in model.get_layers() if layer.get_attr("function_cpp", None)]
        shown = [layer for layer in shown if layer.get_attr("trace", False)]
        self.sizes = {layer.name: int(np.prod(layer.get_output_variable().shape)) for layer in shown}
        self.membranes = self.find_membranes({layer.index: layer.name for layer in model.get_layers()}, layers)

    def find_membranes(self, names: dict[int, str], layers: list[dict[str, Any]]) -> dict[str, np.ndarray]:
        """The raw numbers of each layer, where they lie."""
        counts = {layer["name"]: int(np.prod(layer.get("shape", [layer.get("classes")]))) for layer in layers
                  if "frac" in layer}  # fmt: skip
        table = subprocess.run(["nm", "-D", "-S", self.library], capture_output=True, text=True, check=True).stdout
        pattern = r" ([0-9a-f]+) \w (_ZZN4nnet\d+(?:lif_neuron|if_neuron|snn_readout)I.*?\d+config(\d+)E.*3mem)$"
        found = {}
        for size, symbol, index in re.findall(pattern, table, re.MULTILINE):
            name = names[int(index)]
            if name in counts:
                content: Any = (ctypes.c_char * int(size, 16)).in_dll(self.code, symbol)
                found[name] = np.frombuffer(content, f"<i{int(size, 16) // counts[name]}")
        return found

    def run(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """What each layer gives for the steps [T, ...] of a sample, and its membranes after each, as NAME.mem."""
        os.chdir(self.folder)  # it reads its weights from there
        self.code.allocate_trace_storage(ctypes.c_size_t(ctypes.sizeof(ctypes.c_double)))
        traced = (Traced * len(self.sizes))()
        rows: dict[str, list[np.ndarray]] = {}
        for step in np.ascontiguousarray(x, np.float64):
            given = [step, *(np.zeros(size) for size in self.outputs)]
            self.code.network_double(*(ctypes.c_void_p(array.ctypes.data) for array in given))
            self.code.collect_trace_output(traced)
            for entry in traced:
                name = entry.name.decode()
                data = ctypes.cast(entry.data, ctypes.POINTER(ctypes.c_double))
                rows.setdefault(name, []).append(np.ctypeslib.as_array(data, (self.sizes[name],)).copy())
            for name, raw in self.membranes.items():
                rows.setdefault(f"{name}.mem", []).append(raw.astype(np.int64))
        return {name: np.stack(values) for name, values in rows.items()}


def run(model: Any, layers: list[dict[str, Any]], x: np.ndarray) -> dict[str, np.ndarray]:
    """What every layer gave for samples x [N, T, ...] of real values, images with their channels last: [N, T, ...]."""
    compiled, context, parts = Compiled(model, layers), multiprocessing.get_context("fork"), []
    for sample in x:  # each in a process of its own, so that it begins at rest
        receive, send = context.Pipe(duplex=False)
        process = context.Process(target=lambda s=sample, pipe=send: pipe.send(compiled.run(s)))
        process.start()
        send.close()
        parts.append(receive.recv())
        process.join()
    return {name: np.stack([part[name] for part in parts]) for name in parts[0]}


def main() -> None:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--project", type=Path, default=HERE / "project", help="folder of the hls4ml project")
    parser.add_argument("--part", help="the FPGA, as xcu50-fsvh2104-2-e")
    parser.add_argument("--run", type=Path, metavar="NPZ", help="run samples x [N, T, ...] of real values with g++")
    parser.add_argument("--out", type=Path, metavar="NPZ", help="where what the layers gave is written")
    given = parser.parse_args()
    layers = json.loads((HERE / "network.json").read_text(encoding="utf-8"))["layers"]
    with contextlib.redirect_stdout(sys.stderr):
        model = converted(given.project, given.run is not None, given.part)
        if given.run is None:
            model.write()
        else:
            with np.load(given.run, allow_pickle=False) as arrays:
                x = arrays["x"]
            out = given.out.absolute()
            found: Any = run(model, layers, np.moveaxis(x, 2, -1) if x.ndim == 5 else x)
            np.savez(out, **found)
    print(f"wrote {given.out if given.run else given.project}")


if __name__ == "__main__":
    main()
