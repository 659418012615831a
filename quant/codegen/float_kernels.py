"""The C of a time step of float neurons, and of the way back; `native/src/float_lif.c` runs these functions on rows."""

from collections.abc import Iterator
from itertools import product

from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.codegen.kernels import at
from spikelut.quant.dynamics.float_lif import FloatLIFDynamics

KINDS = ("read-out", "subtract", "zero")
"""What happens to the membrane, in the order that `float_lif.c` counts in."""

STEP, BACK = "FLOAT_STEP_ARGUMENTS", "FLOAT_BACK_ARGUMENTS"


def functions() -> Iterator[tuple[str, str]]:
    """Names and texts of steps, then of ways back: without and with a current, by kind, without and with a bias."""
    for current, kind, bias in product((False, True), KINDS, (False, True)):
        name = "_".join(["float_step", kind.replace("-", "_"), *["current"] * current, *["bias"] * bias])
        yield name, _step(name, current, kind, bias)
    for current, kind, bias in product((False, True), KINDS, (False, True)):
        name = "_".join(["float_back", kind.replace("-", "_"), *["current"] * current, *["bias"] * bias])
        yield name, _back(name, current, kind, bias)


def _neurons(home: Recording, current: bool, kind: str) -> FloatLIFDynamics:
    """Neurons whose numbers are inputs."""

    def number(name: str) -> Expression:
        return home.real_input(f"spec->{name}", shared=True)

    reads_out = kind == "read-out"
    return FloatLIFDynamics(
        beta=number("beta"),
        threshold=None if reads_out else number("threshold"),
        drop=number("drop") if kind == "subtract" else None,
        alpha=number("alpha") if current else None,
    )


def _step(name: str, current: bool, kind: str, bias: bool) -> str:
    home = Recording("kernels")
    neurons = _neurons(home, current, kind)
    states = tuple(home.real_input(at("states", k)) for k in range(len(neurons.states)))
    added = home.real_input("bias[i]") if bias else None
    step = neurons.step(ExpressionOps, states, home.real_input("current[i]"), added)
    stores = [(at("states", k), state) for k, state in enumerate(step.states)]
    stores.append(("out[i]", step.mem if step.spikes is None else step.spikes))
    if step.x is not None:
        stores.append(("x[i]", step.x))
    return _function(name, STEP, home, stores)


def _back(name: str, current: bool, kind: str, bias: bool) -> str:
    home = Recording("kernels")
    neurons = _neurons(home, current, kind)
    grads = tuple(home.real_input(at("grads", k)) for k in range(len(neurons.states)))
    output = home.real_input("output[i]")
    back = neurons.backward(grads, None if neurons.reads_out else output, output, home.real_input("spikes[i]"))
    stores = [(at("grads", k), grad) for k, grad in enumerate(back.states)]
    stores.append(("current[i]", back.arriving))
    if bias:
        stores.append(("bias[i]", home.real_input("bias[i]") + back.bias))
    return _function(name, BACK, home, stores)


def _function(name: str, arguments: str, home: Recording, stores: list[tuple[str, Expression]]) -> str:
    made = write(home, [result for _, result in stores])
    lines = [
        f"CLONES static void {name}({arguments})",
        "{",
        *(f"    {line}" for line in made.shared),
        "    for (int64_t i = 0; i < n; i++) {",
        *(f"        {line}" for line in made.lines),
        *(f"        {to} = {text};" for (to, _), text in zip(stores, made.texts, strict=True)),
        "    }",
        "}",
    ]
    return "\n".join(lines) + "\n"
