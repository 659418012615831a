"""The C of the way back through a time step of a row of neurons; see `native/src/step.h` for what calls it."""

from dataclasses import dataclass
from itertools import product
from typing import Any

from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.codegen.kernels import at
from spikelut.quant.codegen.structures import Structure
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.leak import Leak


@dataclass(frozen=True)
class _KnownLeak(Leak):
    """A leak whose decay factor is an input."""

    factor: Any = None

    @property
    def beta(self) -> Any:
        return self.factor

    @classmethod
    def of(cls, leak: Leak, factor: Expression) -> "_KnownLeak":
        return cls(leak.kind, leak.amount, leak.frac, leak.rounding, leak.register, leak.minimum_step, factor)


def back_functions(name: str, structure: Structure) -> str:
    """The C functions of a step back, with a comment of what it is: without and with flags, without and with a bias.

    Of a kind whose states rise with its spikes also those that find the gradient of the spikes, without and with flags.
    """
    made = [
        _function(f"{name}{'_flags' * flags}{'_bias' * bias}", structure, flags, bias)
        for bias, flags in product((False, True), repeat=2)
    ]
    if structure.kind.notes:
        made += [_to_spikes(f"{name}_spikes{'_flags' * flags}", structure, flags) for flags in (False, True)]
    return f"/* {structure.back_key} */\n" + "\n".join(made)


def _to_spikes(name: str, structure: Structure, flags: bool) -> str:
    home = Recording("kernels")
    kind = _with_factors(structure, home)
    grads = tuple(home.real_input(at("grads", k)) for k in range(len(kind.states)))
    codes = home.input("noted[i]", -(2**31), 2**31 - 1)
    noted = (ExpressionOps.real(codes) * home.real_input("numbers->step", shared=True),)
    more = kind.to_spikes(grads, noted, _passes(home, kind, flags))
    made = write(home, [home.real_input("output[i]") + more])
    lines = [
        f"CLONES static void {name}(TO_SPIKES_ARGUMENTS)",
        "{",
        *(f"    {line}" for line in made.shared),
        "    for (int64_t i = 0; i < n; i++) {",
        *(f"        {line}" for line in made.lines),
        f"        given[i] = {made.texts[0]};",
        "    }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _passes(home: Recording, kind: Dynamics, flags: bool) -> tuple[Any, ...]:
    registers = range(len(kind.registers))
    most = (1 << len(registers)) - 1
    return tuple((home.input("flags[i]", 0, most) >> r) & 1 == 0 if flags else True for r in registers)


def _function(name: str, structure: Structure, flags: bool, bias: bool) -> str:
    home = Recording("kernels")
    kind = _with_factors(structure, home)
    passes = _passes(home, kind, flags)
    grads = tuple(home.real_input(at("grads", k)) for k in range(len(kind.states)))
    output, spikes = home.real_input("output[i]"), home.real_input("spikes[i]")
    back = kind.backward(grads, None if kind.reads_out else output, output, spikes, passes)
    stores = [(at("grads", k), grad) for k, grad in enumerate(back.states)]
    stores.append(("current[i]", back.arriving))
    if bias:
        stores.append(("bias[i]", home.real_input("bias[i]") + back.bias))
    made = write(home, [result for _, result in stores])
    lines = [
        f"CLONES static void {name}(BACK_ARGUMENTS)",
        "{",
        *(f"    {line}" for line in made.shared),
        "    for (int64_t i = 0; i < n; i++) {",
        *(f"        {line}" for line in made.lines),
        *(f"        {to} = {text};" for (to, _), text in zip(stores, made.texts, strict=True)),
        "    }",
        "}",
    ]
    return "\n".join(lines) + "\n"


def _with_factors(structure: Structure, home: Recording) -> Dynamics:
    """The kind with inputs for its decay factors."""
    names, leaks = structure.names, structure.kind.leaks

    def real(name: str) -> Expression:
        k = names.index(name)
        if structure.own:
            return home.real_input(at("own", k))
        return home.real_input(f"numbers->betas[{k}]", "scalar", shared=True)

    # Of numbers that are no leak's amount the real value is given, as that of a code is 1 here.
    kind = structure.kind.mapped(lambda name, value: value if name in leaks or name == "threshold" else real(name))
    return kind.with_leaks(lambda name, leak: _KnownLeak.of(leak, real(name)))
