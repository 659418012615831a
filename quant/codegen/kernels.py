"""The C of one time step of a row of neurons, for each structure; see `native/src/step.h` for what calls it."""

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, ExpressionOps, Recording
from spikelut.quant.codegen.structures import CURRENT, MEMBRANE, MOST_SPIKES, SYNAPSE, Structure
from spikelut.quant.dynamics.current import synapse_step
from spikelut.quant.dynamics.lif import lif_step
from spikelut.quant.dynamics.spec import MAX_CURRENT, MAX_WIDE


@dataclass(frozen=True)
class RecordedStep:
    """A time step: what it leaves in `mem` and `syn`, what comes out, and x; None where there is none."""

    recording: Recording
    mem: Expression
    syn: Expression | None
    out: Expression
    x: Expression | None
    blocked: dict[int, Expression]
    """Bits of the flags, with where their registers were cut."""

    @property
    def flags(self) -> Expression:
        """All of them in one number."""
        return sum((where * bit for bit, where in self.blocked.items()), self.recording.constant(0))

    @property
    def cut(self) -> Expression:
        """Whether any register was."""
        return reduce(or_, self.blocked.values())


def record(structure: Structure) -> RecordedStep:
    """A time step of a neuron of `structure`, from a real current to a spike, or the real membrane of a read-out."""
    spec, synapse, home = structure.spec, structure.synapse, Recording("kernels")
    most = MAX_WIDE if spec.wide else MAX_CURRENT
    amount = _number(home, "amount", structure.amounts)
    spec = replace(spec, leak=replace(spec.leak, amount=amount))
    if spec.threshold is not None:
        spec = replace(spec, threshold=_number(home, "threshold", structure.thresholds))
    if spec.max_spikes > 1:
        spec = replace(spec, max_spikes=_number(home, "most", (2, MOST_SPIKES)))
    real = home.real_input("current[i]") * home.real_input("numbers->scale", shared=True)
    arriving = ExpressionOps.whole(ExpressionOps.clip(ExpressionOps.round(real), -most, most))
    syn, syn_passes = None, None
    if synapse is not None:
        decay = _number(home, "decay", structure.decays)
        synapse = replace(synapse, leak=replace(synapse.leak, amount=decay))
        held = home.input("syn[i]", synapse.register.min_code, synapse.register.max_code)
        syn, syn_passes = synapse_step(ExpressionOps, synapse, held, arriving)
        arriving = syn
    mem = home.input("mem[i]", spec.membrane.min_code, spec.membrane.max_code)
    step = lif_step(ExpressionOps, spec, mem, arriving, home.input("bias[i]", -most, most))
    registers = ((MEMBRANE, step.mem_passes), (CURRENT, step.current_passes), (SYNAPSE, syn_passes))
    blocked = {bit: ~passes for bit, passes in registers if isinstance(passes, Expression) and not passes.is_constant}
    if step.x is None:
        out = ExpressionOps.real(step.mem) * home.real_input("numbers->step", shared=True)
    else:
        out = ExpressionOps.real(step.spikes)
    return RecordedStep(home, step.mem, syn, out, step.x, blocked)


def _number(home: Recording, name: str, limits: tuple[int, int]) -> Any:
    """A number that the kernel is given, or the one that it can be."""
    low, high = limits
    return low if low == high else home.input(f"numbers->{name}", low, high, shared=True)


def step_functions(name: str, structure: Structure) -> str:
    """The C functions of that step, with a comment of what it is: `name`, and, where a register can be cut, `name_cut`.

    The first only says whether any was cut anywhere; the other writes down where. It costs as much again.
    """
    step = record(structure)
    texts = [f"/* {structure.key} */\n{_function(name, structure, step, False)}"]
    if step.blocked:
        texts.append(_function(f"{name}_cut", structure, step, True))
    return "\n".join(texts)


def _function(name: str, structure: Structure, step: RecordedStep, notes: bool) -> str:
    codes = "int64_t" if structure.spec.wide else "int32_t"
    stores = [("next_mem[i]", "", step.mem), ("out[i]", "", step.out)]
    if step.syn is not None:
        stores.append(("next_syn[i]", "", step.syn))
    if step.x is not None:
        stores.append(("x[i]", "", step.x))
    if step.blocked and notes:
        stores.append(("flags[i]", "(uint8_t)", step.flags))
    results = [result for _, _, result in stores]
    made = write(step.recording, [*results, step.cut] if step.blocked else results, quotients="float")
    body = [*made.lines, *(f"{to} = {cast}{text};" for (to, cast, _), text in zip(stores, made.texts, strict=False))]
    lines = [
        f"CLONES static int {name}(STEP_ARGUMENTS)",
        "{",
        f"    const {codes} *restrict bias = biases;",
        *([f"    {codes} *restrict x = xs;"] if step.x is not None else []),
        *(f"    {line}" for line in made.shared),
        *(["    int32_t cut = 0;"] if step.blocked else []),
        "    for (int64_t i = 0; i < n; i++) {",
        *(f"        {line}" for line in body),
        *([f"        cut |= {made.texts[-1]};"] if step.blocked else []),
        "    }",
        f"    return {'cut' if step.blocked else '0'};",
        "}",
    ]
    return "\n".join(lines) + "\n"
