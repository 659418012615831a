"""The header and the source of a network in C."""

import re
from itertools import chain
from typing import Any

from spikelut.export.c.arrays import Constant, Member
from spikelut.export.c.layers import call_of, function_of
from spikelut.export.c.names import comment
from spikelut.export.c.plan import Plan
from spikelut.export.c.ports import Port, arguments, described, inputs_of, outputs_of

WIDTH = 120


def header(plan: Plan) -> str:
    """`NAME.h`, for C99 and newer and for C++."""
    name, macro = plan.name, plan.name.upper()
    called = ", ".join(["&state", *(v.text for v in (*plan.inputs.values(), *plan.outputs.values()))])
    inputs, outputs = inputs_of(plan), outputs_of(plan)
    lines = [
        f"/* {name}: a spiking network in the integers of {_profiles(plan)}, by spikelut.",
        " *",
        f" *     static {name}_state state;",
        f" *     {name}_reset(&state);",
        f" *     {name}_step({called});  // for every time step",
        " *",
        *(f" * {line}" if line else " *" for line in described(plan)),
        *([" * These arrays must not overlap."] if len(inputs) + len(outputs) > 2 else []),
        " *",
        " * All memory is in the state, so that networks, and states of one network, do not disturb each other:",
        " * threads need a state each. Nothing is allocated. */",
        f"#ifndef SPIKELUT_{name}_H",
        f"#define SPIKELUT_{name}_H",
        "",
        "#include <stdint.h>",
        "",
        *(f"#define {what} {_number(n)}" for port in (*inputs, *outputs) for what, n in port.sizes),
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
        f"/* One time step. Returns 0. {_refused(inputs)} */",
        f"int {name}_step({name}_state *state, {arguments(plan)});",
        "",
        "#ifdef __cplusplus",
        "}",
        "#endif",
        "",
        f"#endif /* SPIKELUT_{name}_H */",
        "",
    ]
    return "\n".join(lines)


def _profiles(plan: Plan) -> str:
    names = dict.fromkeys(comment(node.profile.name) for node in plan.network.nodes)
    return f"profile{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _number(n: int) -> str:
    return str(n) if n >= 0 else f"({n})"


def _refused(inputs: list[Port]) -> str:
    """What the step does not take."""
    limits = [limit for port in inputs for limit in _limits(port)]
    if not limits:
        return "Every input is taken."
    return f"An input {' or '.join(limits)} is refused: 1 is returned and nothing has changed."


def _limits(port: Port) -> list[str]:
    """The limits of an input that are compared with."""
    words = {"<": f"below {port.least}", ">": f"above {port.largest}"}
    return [words[condition.split()[1]] for condition in port.wrong]


def _member(member: Member) -> str:
    kind = "scratch: " if member.scratch else ""
    return f"{member.c_type} {member.name}[{member.count}]; /* {kind}{comment(member.about)} */"


def source(plan: Plan) -> str:
    """`NAME.c`."""
    name = plan.name
    check = [line for port in inputs_of(plan) if port.wrong for line in _check(port)]
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
        f"int {name}_step({name}_state *state, {arguments(plan)})",
        "{",
        *check,
        *(f"    {call_of(plan, part)}" for part in plan.parts),
        "    return 0;",
        "}",
        "",
    ]
    return "\n".join(lines)


def _check(port: Port) -> list[str]:
    """Returns 1 for an input that is not taken."""
    return [
        f"    for (int32_t i = 0; i < {port.size}; ++i) {{",
        f"        if ({' || '.join(port.wrong)}) {{",
        "            return 1;",
        "        }",
        "    }",
    ]


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
