"""The C of the way back through a time step of a row of neurons; see `native/src/step.h` for what calls it."""

from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.kernels import at
from spikelut.quant.codegen.structures import Structure
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of
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
    """The C functions of a step back, with a comment of what it is: without and with flags, without and with a bias."""
    made = [
        _function(f"{name}{'_flags' * flags}{'_bias' * bias}", structure, flags, bias)
        for bias, flags in product((False, True), repeat=2)
    ]
    return f"/* {structure.back_key} */\n" + "\n".join(made)


def _function(name: str, structure: Structure, flags: bool, bias: bool) -> str:
    home = Recording("kernels")
    kind = _with_factors(structure, home)
    registers = range(len(kind.registers))
    most = (1 << len(registers)) - 1
    passes = tuple((home.input("flags[i]", 0, most) >> r) & 1 == 0 if flags else True for r in registers)
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
    kind = structure.kind

    def known(leak: Leak, k: int) -> Leak:
        if structure.own:
            return _KnownLeak.of(leak, home.real_input(at("own", k)))
        return _KnownLeak.of(leak, home.real_input(f"numbers->betas[{k}]", "scalar", shared=True))

    spec, synapse = kind.spec, kind.synapse
    synapse = synapse and replace(synapse, leak=known(synapse.leak, 1))
    return dynamics_of(replace(spec, leak=known(spec.leak, 0)), synapse)
