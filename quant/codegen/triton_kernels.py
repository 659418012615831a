"""The Triton of a time step of neurons, forward and back; `backends.triton.kernels` has the kernels that call it.

Each function here gives the text of a Triton function `hook`. It is made for one layer: registers, thresholds and decay
factors are built in.
"""

from typing import Any, NamedTuple

import numpy as np

from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps, codes_of, largest_code, value_of
from spikelut.quant.codegen.operators import fits32
from spikelut.quant.codegen.triton_writer import TritonText, write
from spikelut.quant.dynamics.float_lif import FloatLIFDynamics
from spikelut.quant.dynamics.kind import Dynamics, StepResult
from spikelut.quant.dynamics.spec import LIFSpec
from spikelut.quant.tables.table import Table

_WHO = "Triton kernels"


class _IntegerOps(ExpressionOps):
    """For codes: limits that float32 does not hold are compared as integers, for float64 is slow on most GPUs."""

    @staticmethod
    def clip(x: Expression, low: Any, high: Any) -> Expression:
        if x.op != "whole" or all(int(np.float32(end)) == end for end in (low, high)):
            return ExpressionOps.clip(x, low, high)
        least, most = x.home.constant(low), x.home.constant(high)
        raised = x.home.made("maximum", (x, least), "int", max(x.low, low), max(x.high, low))
        return x.home.made("minimum", (raised, most), "int", min(raised.low, high), min(raised.high, high))


class BackFunction(NamedTuple):
    """A text, and the numbers that its function is given as a tuple; whether it depends on where there were spikes."""

    text: str
    numbers: tuple[float, ...]
    reads_spikes: bool


def enter_function(spec: LIFSpec) -> str:
    """From a `real` value to a code of the membrane, or of the current behind it."""
    code = codes_of(Recording(_WHO).real_input("real"), spec.membrane.frac, spec.wide)
    return _text("real", write([(code, _stored(spec))], shape_of="real"))


def leave_function(spec: LIFSpec) -> str:
    """From such `codes` to real values."""
    most = largest_code(spec.wide)
    value = value_of(Recording(_WHO).input("codes", -most, most), spec.membrane)
    return _text("codes", write([(value, "tl.float32")], shape_of="codes"))


def integer_step_function(kind: Dynamics, table: Table | None, read: str, bias: bool, at_rest: bool) -> str:
    """From a tuple of `states`, the `real` input and a `bias` in codes to states, output, where the surrogate is read,
    and flags of the registers that saturated, a bit for each; what the kind notes comes last.

    - `table`: whose places are read; None: the membrane above threshold is. `read`: the type of either.
    - `at_rest`: the first states are zero, and so all others in their registers; else they are where `enter_function`
      brings them.
    """
    home, spec, most = Recording(_WHO), kind.spec, largest_code(kind.spec.wide)
    registers = [state.register for state in kind.states]
    limits = [(r.min_code, r.max_code) if at_rest else (-most, most) for r in registers]
    states = tuple(_code(home, f"states[{i}]", *ends, spec) for i, ends in enumerate(limits))
    arriving = codes_of(home.real_input("real"), kind.arriving_frac, spec.wide)
    done = kind.step(_IntegerOps, states, arriving, _code(home, "bias", -most, most, spec) if bias else 0)
    stopped: Any = home.constant(0)
    for register, passes in enumerate(done.passes):
        if passes is not True:
            stopped = stopped + ~passes * (1 << register)
    given = kind.output
    out = value_of(done.mem, spec.membrane) if given.kind == "membranes" else ExpressionOps.real(done.spikes)
    out = out if given.kind == "membranes" or given.step == 1 else out * given.step
    where = done.mem if done.x is None else done.x if table is None else table.place_by(ExpressionOps, done.x)
    return _step(done, out, where, stopped, _stored(spec), read, noted=done.noted)


def float_step_function(kind: FloatLIFDynamics, table: Table | None, read: str, bias: bool) -> str:
    """The same of neurons in floats, whose bias is real; no register saturates. Interpolated tables give the code."""
    home = Recording(_WHO)
    states = tuple(home.real_input(f"states[{i}]") for i in range(len(kind.states)))
    done = kind.step(ExpressionOps, states, home.real_input("real"), home.real_input("bias") if bias else None)
    where = done.mem if done.x is None else done.x
    if table is not None and done.x is not None:
        where = _code_in(table, where)
        where = where if table.place_dtype is None else table.place_by(ExpressionOps, where)
    out = done.mem if kind.reads_out else done.spikes
    # NaN is not refused here. As in torch it stays NaN where it is limited.
    return _step(done, out, where, home.constant(0), "tl.float32", read, keeps_nan=True)


def back_function(kind: Dynamics | FloatLIFDynamics, stops: bool) -> BackFunction:
    """From a tuple of the gradients `grads` of the states after a step to those before it, of the input and the bias.

    - `given`: the gradient of the output, of spikes times the surrogate's slope. `spiked`: whether there was a spike.
    - `stopped`: the flags, if the function `stops`: where they say so nothing passes.
    """
    home = Recording(_WHO)
    grads = tuple(home.real_input(f"grads[{i}]") for i in range(len(kind.states)))
    given, spiked = home.real_input("given"), home.input("spiked", 0, 1, kind="truth")
    passes = _passes(home, kind, stops)
    back = kind.backward(grads, None if kind.reads_out else given, given, spiked, passes)
    results = [*back.states, back.arriving, back.bias]
    made = write([(result, "tl.float32") for result in results], shape_of="given", takes_numbers_out=True)
    text = _text("grads, given, spiked, stopped, numbers", made, len(grads))
    return BackFunction(text, tuple(made.numbers), any(part is spiked for part in home.needed(*results)))


def to_spikes_function(kind: Dynamics, stops: bool) -> BackFunction:
    """From the gradients `grads` of the states after a step, and that of what comes out, `given`, to the spikes'.

    Of a kind that notes something: `noted`, codes. `stopped` as in `back_function`.
    """
    home = Recording(_WHO)
    grads = tuple(home.real_input(f"grads[{i}]") for i in range(len(kind.states)))
    noted = (value_of(home.input("noted", -(2**31), 2**31 - 1), kind.spec.membrane),)
    total = home.real_input("given") + kind.to_spikes(grads, noted, _passes(home, kind, stops))
    made = write([(total, "tl.float32")], shape_of="given", takes_numbers_out=True)
    return BackFunction(_text("grads, given, noted, stopped, numbers", made), tuple(made.numbers), False)


def _passes(home: Recording, kind: Dynamics | FloatLIFDynamics, stops: bool) -> tuple[Any, ...]:
    """Where the registers of a step kept their values, by its flags."""
    if not stops:
        return (True,) * len(kind.registers)
    bits = (1 << r for r in range(len(kind.registers)))
    return tuple(home.input(f"(stopped & {bit}) == 0", 0, 1, kind="truth") for bit in bits)


def _step(
    done: StepResult,
    out: Expression,
    where: Expression,
    stopped: Expression,
    stored: str,
    read: str,
    keeps_nan: bool = False,
    noted: tuple[Expression, ...] = (),
) -> str:
    results = [*((state, stored) for state in done.states), (out, "tl.float32"), (where, read), (stopped, "tl.uint8")]
    results += [(codes, "tl.int32") for codes in noted]
    made = write(results, shape_of="real", keeps_nan=keeps_nan)
    return _text("states, real, bias", made, len(done.states))


def _text(arguments: str, made: TritonText, states: int = 0) -> str:
    """A function whose first results, as many as there are states, are a tuple in the tuple."""
    first = f"({', '.join(made.texts[:states])},), " if states else ""
    results = f"    return {first}{', '.join(made.texts[states:])}\n"
    return "\n".join([f"def hook({arguments}):", *(f"    {line}" for line in made.lines), results])


def _stored(spec: LIFSpec) -> str:
    """The type in which a kernel keeps codes from step to step."""
    return "tl.int64" if spec.wide else "tl.int32"


def _code(home: Recording, name: str, low: int, high: int, spec: LIFSpec) -> Expression:
    """A code that the kernel keeps."""
    return home.input(f"{name}.to(tl.int32)" if spec.wide and fits32(low, high) else name, low, high)


def _code_in(table: Table, x: Expression) -> Expression:
    """`table.encode_x`: the code of a real `x`, in float32; of NaN the lowest."""
    low, high = (int(np.float32(end)) for end in (table.first_code, table.last_code))
    code = ExpressionOps.whole(ExpressionOps.clip(ExpressionOps.round(x / table.state_step), low, high))
    return ExpressionOps.where(x == x, code, low)
