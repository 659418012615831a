"""The self-test of a network in C: every layer and every state after every step is that of the integer reference."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spikelut.export.c.files import constant_array
from spikelut.export.c.names import comment
from spikelut.export.c.plan import Constant, Plan
from spikelut.quant.network.layers import IntegerRepeat
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
    name, events = plan.name, stimuli.events
    states = reference_states(plan.network, events)
    steps = len(next(iter(states.values())))
    given = np.moveaxis(events, 1, 0).reshape(events.shape[1], len(events), -1)
    checks, arrays = [], [_array("events", given)]
    for what, text, key, count in _compared(plan):
        arrays.append(_array(f"expected_{what}", np.moveaxis(states[key], 1, 0).reshape(len(given), steps, -1)))
        checks.append(f"for (int32_t i = 0; i < {count}; ++i) {{")
        checks.append(f'    check("{what}", i, (int32_t){text}[i], expected_{what}[sample][step][i]);')
        checks.append("}")
    repeats = any(isinstance(layer, IntegerRepeat) for layer in plan.network.layers)
    lines = [
        f"/* Self-test of {name}: returns 0 if, after each of {steps} steps of {len(given)} inputs, every layer and",
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
        f"static {plan.out.c_type} output[{plan.out.count}];",
        CHECK.replace("@", name),
        "int main(void)",
        "{",
        f"    for (sample = 0; sample < {len(given)}; ++sample) {{",
        f"        {name}_reset(&state);",
        f"        for (step = 0; step < {steps}; ++step) {{",
        f"            different += {name}_step(&state, events[sample][{'0' if repeats else 'step'}], output);",
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


def _compared(plan: Plan) -> Iterator[tuple[str, str, str, int]]:
    """What is compared: its name, C for its array, its name in the reference, and its size."""
    for member in plan.members:
        if member.key:
            yield member.name, f"state.{member.name}", member.key, member.count
    layer = plan.last.layer
    kind = "membrane" if layer.reads_out else "spikes"
    yield "output", "output", f"{kind}.{layer.name}", plan.out.count


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
