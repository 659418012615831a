"""The header and the source of a network in C."""

import re
from itertools import chain
from typing import Any

import numpy as np

from spikelut.export.c.layers import call_of, function_of
from spikelut.export.c.names import comment
from spikelut.export.c.plan import Constant, Member, Plan
from spikelut.quant.network.layers import IntegerRepeat

WIDTH = 120


def header(plan: Plan) -> str:
    """`NAME.h`, for C99 and newer and for C++."""
    name, macro = plan.name, plan.name.upper()
    refuses = f"An input above {macro}_LARGEST_INPUT is refused: 1 is returned and nothing has changed."
    lines = [
        f"/* {name}: a spiking network in the integers of profile {comment(plan.network.profile.name)}, by spikelut.",
        " *",
        f" *     static {name}_state state;",
        f" *     {name}_reset(&state);",
        f" *     {name}_step(&state, input, output);  // for every time step",
        " *",
        *(f" * {line}" if line else " *" for line in _ports(plan)),
        " *",
        " * All memory is in the state, so that networks, and states of one network, do not disturb each other:",
        " * threads need a state each. Nothing is allocated. */",
        f"#ifndef SPIKELUT_{name}_H",
        f"#define SPIKELUT_{name}_H",
        "",
        "#include <stdint.h>",
        "",
        f"#define {macro}_INPUTS {plan.given.count}",
        f"#define {macro}_LARGEST_INPUT {plan.given.largest}",
        f"#define {macro}_OUTPUTS {plan.out.count}",
        f"#define {macro}_SCRATCH_BYTES {plan.scratch} /* of the state: no step needs them from the one before */",
        "",
        "#ifdef __cplusplus",
        'extern "C" {',
        "#endif",
        "",
        f"typedef struct {name}_state {{",
        *(f"    {_member(member)}" for member in plan.members),
        f"}} {name}_state;",
        "",
        "/* All states to rest; before the first step of an input. */",
        f"void {name}_reset({name}_state *state);",
        "",
        f"/* One time step. Returns 0. {refuses if _checked(plan) else 'Every input is taken.'} */",
        f"int {name}_step({name}_state *state, const {plan.given.c_type} *input, {plan.out.c_type} *output);",
        "",
        "#ifdef __cplusplus",
        "}",
        "#endif",
        "",
        f"#endif /* SPIKELUT_{name}_H */",
        "",
    ]
    return "\n".join(lines)


def _checked(plan: Plan) -> bool:
    """Whether the type of an input holds more than the network takes."""
    return plan.given.largest != np.iinfo(plan.given.c_type.removesuffix("_t")).max


def _ports(plan: Plan) -> list[str]:
    """What goes in and comes out."""
    layer, network = plan.last.layer, plan.network
    shape, out = (" x ".join(map(str, signal.shape)) for signal in (plan.given, plan.out))
    worth = f", each worth {network.input_step:g}" if network.input_step != 1 else ""
    repeats = any(isinstance(part, IntegerRepeat) for part in network.layers)
    again = ["The same input is given in every step."] if repeats else []
    if layer.reads_out:
        what = f"membranes of the read-out {comment(repr(layer.name))}, in codes worth {layer.spec.membrane.step:g}"
    else:
        what = f"spikes of layer {comment(repr(layer.name))}, 0..{layer.spec.max_spikes}"
    return [f"input: event counts [{shape}], 0..{network.largest_input}{worth}.", *again, f"output: {what} [{out}]."]


def _member(member: Member) -> str:
    kind = "scratch: " if member.scratch else ""
    return f"{member.c_type} {member.name}[{member.count}]; /* {kind}{comment(member.about)} */"


def source(plan: Plan) -> str:
    """`NAME.c`."""
    name, macro = plan.name, plan.name.upper()
    check = [
        f"    for (int32_t i = 0; i < {macro}_INPUTS; ++i) {{",
        f"        if (input[i] > {macro}_LARGEST_INPUT) {{",
        "            return 1;",
        "        }",
        "    }",
    ]
    functions = list(chain.from_iterable(function_of(plan, part) for part in plan.parts))
    # Where weights are zero, for instance, nothing depends on their shifts.
    read = set(re.findall(r"\w+", "\n".join(functions)))
    constants = [constant for constant in plan.constants if constant.name in read]
    lines = [
        f"/* {name}, see {name}.h. Written by spikelut; C99 and newer, C++. */",
        f'#include "{name}.h"',
        "",
        "#include <string.h>",
        "",
        "/* Numbers are shifted right as two's complement; where a compiler does not, this is an array of size -1. */",
        f"typedef char {name}_needs_arithmetic_shifts[(-1 >> 1) == -1 ? 1 : -1];",
        "",
        *chain.from_iterable([constant_array(constant), ""] for constant in constants),
        *functions,
        f"void {name}_reset({name}_state *state)",
        "{",
        "    memset(state, 0, sizeof *state);",
        "}",
        "",
        f"int {name}_step({name}_state *state, const {plan.given.c_type} *input, {plan.out.c_type} *output)",
        "{",
        *(check if _checked(plan) else []),
        *(f"    {call_of(plan, part)}" for part in plan.parts),
        "    return 0;",
        "}",
        "",
    ]
    return "\n".join(lines)


def constant_array(constant: Constant) -> str:
    """Its definition, in as few lines as it takes."""
    sizes = "".join(f"[{n}]" for n in constant.values.shape)
    body = _joined(_rows(constant.values.tolist(), "    "))
    return f"static const {constant.c_type} {constant.name}{sizes} = {{\n{body}\n}};"


def _rows(values: list[Any], indent: str) -> list[str]:
    """Numbers, or rows of these in braces, without the commas between lines."""
    if isinstance(values[0], list):
        rows = [_rows(part, indent + "    ") for part in values]
        # A row in braces takes a line, if it fits.
        return [
            f"{indent}{{{row[0].strip()}}}" if len(row) == 1 else f"{indent}{{\n{_joined(row)}\n{indent}}}"
            for row in rows
        ]
    lines, line = [], ""
    for text in map(str, values):
        if line and len(indent) + len(line) + len(text) + 4 > WIDTH:
            lines.append(indent + line)
            line = ""
        line += f", {text}" if line else text
    return [*lines, indent + line]


def _joined(lines: list[str]) -> str:
    return ",\n".join(lines)
