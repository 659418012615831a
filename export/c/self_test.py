"""The self-test of a network in C: every layer and every state after every step is that of the integer reference."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export.c.arrays import Constant
from spikelut.export.c.files import constant_array
from spikelut.export.c.names import comment
from spikelut.export.c.plan import Plan
from spikelut.quant.network.reference import reference_states
from spikelut.quant.network.stimuli import Stimuli

CHECK = """
static int32_t sample, step;
static long compared, nonzero, different;

static void check(const char *what, int32_t place, int32_t found, int32_t expected)
{
    ++compared;
    nonzero += expected != 0;
    if (found != expected && ++different == 1) {
        printf("@: sample %ld, step %ld: %s[%ld] is %ld, must be %ld\\n", (long)sample, (long)step, what,
               (long)place, (long)found, (long)expected);
    }
}
"""


def self_test(plan: Plan, stimuli: Stimuli) -> str:
    """`NAME_test.c`: a program that returns 0 if all values that the steps leave are those expected."""
    name = plan.name
    states = reference_states(plan.network, stimuli.events)
    steps = max(len(array) for array in states.values())
    checks, arrays, given, count = [], [], [], 0
    for one, values in zip(plan.network.inputs, plan.inputs.values(), strict=True):
        events = _samples(events_of(stimuli, one.name))
        what, count = values.text.replace("input", "events", 1), len(events)
        arrays.append(_array(what, events))
        given.append(f"{what}[sample][{'0' if one.steps == 1 else 'step'}]")
    for what, text, key, size in _compared(plan):
        expected = _samples(states[key])
        arrays.append(_array(f"expected_{what}", expected))
        at = "step" if expected.shape[1] == steps else "0"
        checks.append(f"for (int32_t i = 0; i < {size}; ++i) {{")
        checks.append(f'    check("{what}", i, (int32_t){text}[i], expected_{what}[sample][{at}][i]);')
        checks.append("}")
    outputs = list(plan.outputs.values())
    called = ", ".join(["&state", *given, *(values.text for values in outputs)])
    lines = [
        f"/* Self-test of {name}: returns 0 if, after each of {steps} steps of {count} inputs, every layer and",
        " * every state is that of the integer reference.",
        *(f" * {line}" for line in _reached(stimuli)),
        " */",
        "#include <stdio.h>",
        "",
        f'#include "{name}.h"',
        "",
        *arrays,
        "",
        f"static {name}_state state;",
        *(f"static {values.c_type} {values.text}[{values.count}];" for values in outputs),
        CHECK.replace("@", name),
        "int main(void)",
        "{",
        f"    for (sample = 0; sample < {count}; ++sample) {{",
        f"        {name}_reset(&state);",
        f"        for (step = 0; step < {steps}; ++step) {{",
        f"            different += {name}_step({called});",
        *(f"            {line}" for line in checks),
        "        }",
        "    }",
        *(f"    {line}" for line in _silent(name, stimuli)),
        f'    printf("{name}: %ld values compared, %ld nonzero, %ld different\\n", compared, nonzero, different);',
        "    return different != 0;",
        "}",
        "",
    ]
    return "\n".join(lines)


def events_of(stimuli: Stimuli, name: str) -> NDArray[Any]:
    """The events of an input [T, B, ...]."""
    events: NDArray[Any] = stimuli.events[name] if isinstance(stimuli.events, dict) else stimuli.events
    return events


def _samples(values: NDArray[Any]) -> NDArray[Any]:
    """Of [T, B, ...] each sample's steps, [B, T, n]."""
    return np.moveaxis(values, 1, 0).reshape(values.shape[1], len(values), -1)


def _compared(plan: Plan) -> Iterator[tuple[str, str, str, int]]:
    """What is compared: its name, C for its array, its name in the reference, and its size."""
    for member in plan.members:
        if member.key:
            yield member.name, f"state.{member.name}", member.key, member.count
    for name, values in plan.outputs.items():
        yield values.text, values.text, plan.network.named(name), values.count


def _reached(stimuli: Stimuli) -> Iterator[str]:
    """What the inputs reach."""
    for layer, share in stimuli.spiking.items():
        yield comment(f"layer {layer!r}: {share:.1%} of its neurons spike" + (" (silent)" if share == 0 else ""))
    for layer, share in stimuli.exercised.items():
        yield comment(f"weights {layer!r}: {share:.1%} of those that are not zero come to be seen")


def _silent(name: str, stimuli: Stimuli) -> Iterator[str]:
    """Says which layers the comparison tells little of."""
    for layer in stimuli.silent:
        yield f'printf("{name}: layer %s stays silent\\n", {json.dumps(comment(layer))});'


def _array(name: str, values: NDArray[Any]) -> str:
    return constant_array(Constant(name, values))
