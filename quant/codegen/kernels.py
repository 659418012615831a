"""The C of one time step of a row of neurons, for each structure; see `native/src/step.h` for what calls it."""

from dataclasses import dataclass, replace
from typing import Any

from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps, largest_code, nearest_codes
from spikelut.quant.codegen.structures import MOST_NUMBERS, MOST_SPIKES, Limits, Structure
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of


@dataclass(frozen=True)
class RecordedStep:
    """A time step: the states it leaves, what comes out, and x, which a read-out has none of."""

    recording: Recording
    states: tuple[Expression, ...]
    out: Expression
    x: Expression | None
    passes: dict[int, Expression]
    """Bits of the flags, with where their registers kept their values."""
    noted: tuple[Expression, ...] = ()

    @property
    def flags(self) -> Expression:
        """All of them in one number: the registers that were cut."""
        return sum((~kept * bit for bit, kept in self.passes.items()), self.recording.constant(0))

    @property
    def pairs(self) -> list[tuple[Expression, Expression]]:
        """The values of these registers before they were brought into them, and after."""
        assert all(kept.op == "equal" for kept in self.passes.values())  # as `dynamics.kind.kept` has it
        return [(kept.args[0], kept.args[1]) for kept in self.passes.values()]


def record(structure: Structure) -> RecordedStep:
    """A time step of a neuron of `structure`, from a real current to a spike, or the real membrane of a read-out."""
    home = Recording("kernels")
    kind = _with_numbers(structure, home)
    most = largest_code(kind.spec.wide)
    scale = home.real_input("numbers->scale", shared=True)
    arriving = nearest_codes(home.real_input("current[i]") * scale, kind.spec.wide)
    states = tuple(
        home.input(at("states", k), state.register.min_code, state.register.max_code)
        for k, state in enumerate(kind.states)
    )
    step = kind.step(ExpressionOps, states, arriving, home.input("bias[i]", -most, most))
    passes = {
        1 << k: passes
        for k, passes in enumerate(step.passes)
        if isinstance(passes, Expression) and not passes.is_constant
    }
    if step.x is None:
        out = ExpressionOps.real(step.mem) * home.real_input("numbers->step", shared=True)
    else:
        out = ExpressionOps.real(step.spikes)
    return RecordedStep(home, step.states, out, step.x, passes, step.noted)


def _with_numbers(structure: Structure, home: Recording) -> Dynamics:
    """The kind with inputs for its numbers."""
    kind, own = structure.kind, structure.own
    made = {
        name: _number(home, f"amounts[{k}]", limits, k if own else None)
        for k, (name, limits) in enumerate(zip(structure.names, structure.amounts, strict=True))
    }
    if not kind.reads_out:
        made["threshold"] = _number(home, "threshold", structure.thresholds, MOST_NUMBERS if own else None)
    if kind.spec.max_spikes > 1:
        spec = replace(kind.spec, max_spikes=_number(home, "most", (2, MOST_SPIKES)))
        kind = dynamics_of(**{**kind.parts, "spec": spec})
    return kind.mapped(lambda name, _: made[name])


def _number(home: Recording, name: str, limits: Limits, own: int | None = None) -> Any:
    """A number that the kernel is given, for the layer or in row `own` for each neuron, or the one that it can be."""
    low, high = limits
    if own is not None and low != high:
        return home.input(at("own", own), low, high)
    return low if low == high else home.input(f"numbers->{name}", low, high, shared=True)


def at(array: str, k: int) -> str:
    """C for state number `k` of neuron i: the states of a block lie one after the other."""
    return f"{array}[{['', 'BLOCK + '][k] if k < 2 else f'{k} * BLOCK + '}i]"


def step_functions(name: str, structure: Structure) -> str:
    """The C functions of that step, with a comment of what it is: `name`, and, where a register can be cut, `name_cut`.

    The first only says whether any was cut anywhere; the other writes down where. Both say whether currents are finite.
    """
    step = record(structure)
    texts = [f"/* {structure.key} */\n{_function(name, structure, step, False)}"]
    if step.passes:
        texts.append(_function(f"{name}_cut", structure, step, True))
    return "\n".join(texts)


def _function(name: str, structure: Structure, step: RecordedStep, notes: bool) -> str:
    codes = "int64_t" if structure.kind.spec.wide else "int32_t"
    stores = [(at("next", k), state) for k, state in enumerate(step.states)]
    stores.append(("out[i]", step.out))
    if step.x is not None:
        stores.append(("x[i]", step.x))
    stores += [("noted[i]", codes) for codes in step.noted]
    watched = [] if notes else [value for pair in step.pairs for value in pair]
    noted = [step.flags] if notes else []
    wanted = [*(value for _, value in stores), *watched, *noted]
    made = write(step.recording, wanted, quotients="float", unseen_limits=True)
    texts = iter(made.texts)
    body = [*made.lines, *(f"{to} = {next(texts)};" for to, _ in stores)]
    if notes:
        flags = next(texts)
        body += [f"flags[i] = (uint8_t){flags};", f"cut |= {flags};"]
    body += [f"cut |= {_differ(before, next(texts), next(texts))};" for before, _ in step.pairs if not notes]
    # The magnitude of a float and its bits are in the same order.
    body += ["const int32_t bits = float_bits(current[i]) & INT32_MAX;", "largest = bits > largest ? bits : largest;"]
    lines = [
        f"CLONES static int {name}(STEP_ARGUMENTS)",
        "{",
        f"    const {codes} *restrict bias = biases;",
        *([f"    {codes} *restrict x = xs;"] if step.x is not None else []),
        *(f"    {line}" for line in made.shared),
        "    int32_t largest = 0;",
        *(["    int32_t cut = 0;"] if step.passes else []),
        "    for (int64_t i = 0; i < n; i++) {",
        *(f"        {line}" for line in body),
        "    }",
        f"    return {'(cut ? CUT : 0) | ' * bool(step.passes)}(largest < INFINITE_BITS ? 0 : NOT_FINITE);",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _differ(value: Expression, before: str, after: str) -> str:
    """C that is not zero where two values differ: fewer operations than a comparison."""
    if value.kind == "float32":
        return f"float_bits({before}) ^ float_bits({after})"
    return f"{before} != {after}" if value.kind == "float64" or value.wide else f"{before} ^ {after}"
