"""The C of the way back through a time step of a row of neurons; see `native/src/step.h` for what calls it."""

from dataclasses import dataclass
from itertools import product

from spikelut.quant.codegen.c_writer import write
from spikelut.quant.codegen.expression import Expression, Recording
from spikelut.quant.codegen.structures import CURRENT, MEMBRANE, SYNAPSE
from spikelut.quant.dynamics.current import synapse_backward
from spikelut.quant.dynamics.lif import lif_backward
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec


@dataclass(frozen=True, eq=False)
class BackStructure:
    """What of a layer its derivative depends on, apart from decay factors."""

    spec: LIFSpec
    synapse: SynapseSpec | None

    @property
    def key(self) -> str:
        """What tells it from others, in words."""
        spec, synapse = self.spec, self.synapse
        if spec.threshold is None:
            words = ["read-out"]
        else:
            words = [f"reset {'to zero' if spec.reset == 'zero' else 'by subtraction'}"]
        words += ["leaks first" if spec.leak_first else "leaks last", *["relaxes"] * (spec.leak.kind == "relax")]
        if synapse is not None:
            words += ["synapse", "input first" if synapse.input_first else "synapse leaks first"]
        return ", ".join(words)


def functions(name: str, structure: BackStructure) -> str:
    """The C functions of a step back, with a comment of what it is: without and with flags, without and with a bias."""
    made = [
        _function(f"{name}{'_flags' * flags}{'_bias' * bias}", structure, flags, bias)
        for flags, bias in product((False, True), repeat=2)
    ]
    return f"/* {structure.key} */\n" + "\n".join(made)


def _function(name: str, structure: BackStructure, flags: bool, bias: bool) -> str:
    spec, synapse, home = structure.spec, structure.synapse, Recording("kernels")

    def passes(register: int) -> Expression | bool:
        if not flags:
            return True
        return (home.input("flags[i]", 0, 7) >> (register.bit_length() - 1)) & 1 == 0

    beta = home.real_input("numbers->beta", "scalar", shared=True)
    mem, output, spikes = (home.real_input(name) for name in ("mem[i]", "output[i]", "spikes[i]"))
    back = lif_backward(spec, beta, mem, output, spikes, passes(MEMBRANE), passes(CURRENT))
    stores = [("mem[i]", back.mem)]
    current = back.current
    if synapse is not None:
        alpha = home.real_input("numbers->alpha", "scalar", shared=True)
        syn, current = synapse_backward(synapse, alpha, home.real_input("syn[i]"), current, passes(SYNAPSE))
        stores.append(("syn[i]", syn))
    stores.append(("current[i]", current))
    if bias:
        stores.append(("bias[i]", home.real_input("bias[i]") + back.bias))
    made = write(home, [result for _, result in stores])
    texts = zip(stores, made.texts, strict=True)
    lines = [
        f"CLONES static void {name}(BACK_ARGUMENTS)",
        "{",
        *(f"    {line}" for line in made.shared),
        "    for (int64_t i = 0; i < n; i++) {",
        *(f"        {line}" for line in made.lines),
        *(f"        {to} = {text};" for (to, _), text in texts),
        "    }",
        "}",
    ]
    return "\n".join(lines) + "\n"
