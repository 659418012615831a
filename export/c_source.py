"""An exported file as C99 source with a self-test."""

import math
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require, require_int
from spikelut._files import write_whole
from spikelut.export._c_model import C_TYPES, c_model
from spikelut.export.c_header import C_KEYWORDS
from spikelut.export.load_model import load_model
from spikelut.export.runtimes import (
    PACKED,
    Case,
    Description,
    describe,
    fixed_shapes,
    is_network,
    network_case,
    peer_case,
    random_events,
)
from spikelut.quant.integer import IntegerNetwork
from spikelut.quant.integer_layers import IntegerRepeat

DIALECTS = ("integer", "flat")
SEED = 0


def to_c(
    path: str | os.PathLike[str],
    folder: str | os.PathLike[str],
    name: str,
    *,
    network: IntegerNetwork | None = None,
    steps: int = 8,
) -> list[Path]:
    """Write the ONNX file `path`, of the dialect integer or flat, as C99 to `folder`, and return the files.

    - `NAME.c`: the function `NAME` for one sample; it allocates nothing, and needs memcpy and, in flat, <math.h>.
    - `NAME.h`: its prototype, with the order, types and shapes of inputs and outputs.
    - `NAME_test.c`: a program that gives it recorded events, `steps` time steps unless the file has a fixed number, and
      returns 0 if every value is that of the integer reference of `network`, or without one of onnxruntime.

    Compile with `cc -std=c99 NAME.c NAME_test.c -lm`. Needs emx-onnx-cgen, which does the work. Files appear whole or
    not at all.

    Raises ValueError for another dialect, weights stored in four bits, a file or network that does not fit, and a name
    that is no C identifier; OSError if a file cannot be read or written.
    """
    identifier = re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) is not None and name not in (*C_KEYWORDS, "main")
    require(identifier, "to_c", "name must be a C identifier", name)
    require_int("to_c", "steps", steps, 1, 1024)
    source, target = Path(path), Path(folder)
    model = load_model(source)
    file = describe(model)
    require(
        file.dialect in DIALECTS and is_network(file), "to_c", f"dialect must be {' or '.join(DIALECTS)}", file.dialect
    )
    require(PACKED not in file.operators, "to_c", "weights must be stored in 8 or 16 bits", "four")
    case = _case(source, file, network, steps)
    calls = _calls(case)
    made = c_model(fixed_shapes(model, {key: value.shape for key, value in calls[0].items()}), name, heap=False)
    files = {
        target / f"{name}.h": _header(name, source.name, case, made.prototype, calls[0]),
        target / f"{name}.c": f'#include "{name}.h"\n\n{made.source}\n',
        target / f"{name}_test.c": _test(name, case, calls),
    }
    target.mkdir(parents=True, exist_ok=True)
    for written, content in files.items():
        write_whole(written, content)
    return list(files)


def _case(path: Path, file: Description, network: IntegerNetwork | None, steps: int) -> Case:
    """Random events for one sample, and what they must give."""
    largest = 1 if network is None else network.largest_input
    repeats = network is not None and any(isinstance(layer, IntegerRepeat) for layer in network.layers)
    events = random_events(file, 1, largest, SEED, repeats=repeats, steps=steps)
    return peer_case(path, 1, SEED, events) if network is None else network_case(path, events, network)


def _calls(case: Case) -> list[dict[str, NDArray[Any]]]:
    """The inputs of each call; states are zero in all, and come from the call before in all but the first."""
    events = case.inputs["input"]
    if not case.file.states:
        return [{"input": events}]
    return [{"input": now, **case.file.at_rest(now)} for now in np.repeat(events, case.repeated, 0)]


def _comment(text: str) -> str:
    """`text` for a comment, which it cannot end."""
    return re.sub(r"[^ -~]|\*/", "?", text)


def _header(name: str, source: str, case: Case, prototype: str, call: dict[str, NDArray[Any]]) -> str:
    guard, file = f"SPIKELUT_{name.upper()}_H", case.file
    sizes = {key: value.shape for key, value in call.items()}
    lines = [f"/* {_comment(source)}: dialect {_comment(file.dialect)}, form {_comment(file.form)}."]
    for port in file.inputs:
        fed = ", zero before the first call" if port in file.states else ""
        lines.append(f" * in  {_comment(port.name)}: {C_TYPES[port.dtype.name]} {list(sizes[port.name])}{fed}")
    for port in file.outputs:
        fed = "" if port in file.results else ", to be given to the next call"
        lines.append(f" * out {_comment(port.name)}: {C_TYPES[port.dtype.name]}{fed}")
    return "\n".join(
        [
            *lines,
            " */",
            f"#ifndef {guard}",
            f"#define {guard}",
            "",
            "#include <stdbool.h>",
            "#include <stdint.h>",
            "",
            f"{prototype};",
            "",
            f"#endif /* {guard} */",
            "",
        ]
    )


def _test(name: str, case: Case, calls: list[dict[str, NDArray[Any]]]) -> str:
    """A program that makes the calls one after the other and counts what is not as expected."""
    file, count = case.file, len(calls)
    states = {port.name: i for i, port in enumerate(file.states)}
    lines = [
        f"/* Self-test: returns 0 if every value that {name} gives is that of the {_comment(case.oracle)}. */",
        "#include <math.h>",
        "#include <stdio.h>",
        "#include <string.h>",
        "",
        f'#include "{name}.h"',
        "",
        _array(f"events[{count}][{calls[0]['input'].size}]", np.stack([call["input"].ravel() for call in calls])),
    ]
    lines += [_zeros(f"state{i}", calls[0][key]) for key, i in states.items()]
    arguments = [f"(void *)state{states[p.name]}" if p.name in states else "(void *)events[call]" for p in file.inputs]
    body, after = [], []
    for i, port in enumerate(file.outputs):
        arguments.append(f"(void *)out{i}")
        if port in file.results:
            expected = case.expected[port.name].reshape(count, -1).astype(port.dtype)
            size, slack = expected.shape[1], float(np.max(case.slack[port.name], initial=0))
            lines.append(_array(f"expected{i}[{count}][{size}]", expected))
            lines.append(f"static {C_TYPES[port.dtype.name]} out{i}[{size}];")
            differ = f"out{i}[i] != expected{i}[call][i]"
            if port.dtype.kind == "f":
                # Not "away > slack", which NaN would pass.
                differ = f"!(fabs((double)out{i}[i] - (double)expected{i}[call][i]) <= {slack!r})"
            body += [f"        for (int i = 0; i < {size}; ++i) different += {differ};", f"        compared += {size};"]
        else:
            state = states[port.name.removesuffix(".next")]
            lines.append(_zeros(f"out{i}", calls[0][port.name.removesuffix(".next")]))
            after.append(f"        memcpy(state{state}, out{i}, sizeof state{state});")
    lines += [
        "",
        "int main(void) {",
        "    long compared = 0, different = 0;",
        f"    for (int call = 0; call < {count}; ++call) {{",
        f"        {name}({', '.join(arguments)});",
        *body,
        *after,
        "    }",
        f'    printf("{name}: %ld values compared, %ld different\\n", compared, different);',
        "    return different != 0;",
        "}",
        "",
    ]
    return "\n".join(lines)


def _zeros(name: str, like: NDArray[Any]) -> str:
    return f"static {C_TYPES[like.dtype.name]} {name}[{max(1, math.prod(like.shape))}];"


def _array(declarator: str, values: NDArray[Any]) -> str:
    """A constant array [calls][values]; floats are written so that they come back the same."""
    real = values.dtype.kind == "f"
    rows = [", ".join(f"{float(v)!r}f" if real else str(int(v)) for v in row) for row in values]
    body = ",\n".join(f"    {{{row}}}" for row in rows)
    return f"static const {C_TYPES[values.dtype.name]} {declarator} = {{\n{body}}};"
