"""The runtime `c`: emx-onnx-cgen turns the model into C, the C compiler makes a program of it."""

import math
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper

from spikelut._aside import folder_aside
from spikelut.export.c.emx import C_TYPES, c_model
from spikelut.export.runtimes._runtime import Arrays, Run, Runtime, module_version

NAME = "spikelut_model"
FLAGS = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-O1", "-fwrapv")


class CProgram(Runtime):
    """A program that reads the inputs from its standard input and writes the outputs; a crash stays its own."""

    name = "c"
    static = True

    def missing(self) -> str:
        if not module_version("emx-onnx-cgen"):
            return "emx-onnx-cgen is not installed"
        return "" if shutil.which("gcc") else "gcc is not installed"

    def version(self) -> str:
        return module_version("emx-onnx-cgen")

    def start(self, model: onnx.ModelProto, stack: ExitStack) -> Run:
        made = c_model(model, NAME, heap=True)
        inputs, outputs = _ports(model.graph.input), _ports(model.graph.output)
        folder = stack.enter_context(folder_aside())
        (folder / "model.c").write_text(made.source, encoding="utf-8")
        (folder / "main.c").write_text(_main(made.prototype, inputs, outputs), encoding="utf-8")
        command = ["gcc", *FLAGS, "-o", "model", "model.c", "main.c", "-lm"]
        _checked(subprocess.run(command, cwd=folder, capture_output=True, timeout=self.patience))

        def run(arrays: Arrays) -> dict[str, NDArray[Any]]:
            given = b"".join(np.ascontiguousarray(arrays[name], dtype).tobytes() for name, dtype, _ in inputs)
            done = subprocess.run([folder / "model"], input=given, capture_output=True, timeout=self.patience)
            _checked(done)
            return _split(done.stdout, outputs)

        return run


Port = tuple[str, "np.dtype[Any]", tuple[int, ...]]


def _ports(values: Any) -> list[Port]:
    """Name, type and shape of inputs or outputs."""
    found = []
    for value in values:
        kind = value.type.tensor_type
        shape = tuple(dim.dim_value for dim in kind.shape.dim)
        found.append((value.name, np.dtype(helper.tensor_dtype_to_np_dtype(kind.elem_type)), shape))
    return found


def _checked(done: "subprocess.CompletedProcess[bytes]") -> None:
    if done.returncode:
        last = " ".join(done.stderr.decode(errors="replace").split())[:300]
        raise RuntimeError(f"{Path(done.args[0]).name} ended with {done.returncode}: {last or 'no message'}")


def _main(prototype: str, inputs: list[Port], outputs: list[Port]) -> str:
    """A `main` that calls the model once."""
    lines = ["#include <stdbool.h>", "#include <stdint.h>", "#include <stdio.h>", f"{prototype};"]
    for kind, ports in (("in", inputs), ("out", outputs)):
        lines += [
            f"static {C_TYPES[dtype.name]} {kind}{i}[{max(1, math.prod(shape))}];"
            for i, (_, dtype, shape) in enumerate(ports)
        ]
    lines.append("int main(void) {")
    for i in range(len(inputs)):
        lines.append(f"    if (fread(in{i}, sizeof in{i}, 1, stdin) != 1) return 2;")
    names = [f"(void *)in{i}" for i in range(len(inputs))] + [f"(void *)out{i}" for i in range(len(outputs))]
    lines.append(f"    {NAME}({', '.join(names)});")
    for i in range(len(outputs)):
        lines.append(f"    if (fwrite(out{i}, sizeof out{i}, 1, stdout) != 1) return 3;")
    return "\n".join([*lines, "    return 0;", "}", ""])


def _split(content: bytes, outputs: list[Port]) -> dict[str, NDArray[Any]]:
    arrays, at = {}, 0
    for name, dtype, shape in outputs:
        count = math.prod(shape)
        arrays[name] = np.frombuffer(content, dtype, count, at).reshape(shape)
        at += count * dtype.itemsize
    return arrays
