"""The C files of `native/src/generated`: kernels of the shipped surrogates, and for the structures of the profiles."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile
from spikelut.quant.codegen import float_kernels, place_kernels
from spikelut.quant.codegen.back_kernels import back_functions
from spikelut.quant.codegen.chips import reckon_rules
from spikelut.quant.codegen.curves import curves_file
from spikelut.quant.codegen.kernels import record, step_functions
from spikelut.quant.codegen.structures import Structure, structure_of
from spikelut.quant.dynamics.adaptive.spec import AdaptationSpec
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.refractory.spec import RefractorySpec
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec, always_decays

HEAD = "/* Printed by `python -m spikelut.quant.codegen`; do not edit. */"


def files() -> dict[str, str]:
    """The files by name, with their text."""
    structures = shipped()
    return {
        "curves.c": f"{HEAD}\n{curves_file()}",
        "float_kernels.h": floats_file(),
        "integer_steps.c": steps_file(structures),
        "integer_backs.c": backs_file(structures),
        "places.h": places_file(),
        "reckon_rules.h": rules_file(),
    }


def shipped() -> list[Structure]:
    """The structures of all layers that the shipped profiles offer, each once."""
    found: dict[str, Structure] = {}
    of_each: dict[str, Structure] = {}
    for name in hw_profiles.names():
        profile = hw_profiles.load(name)
        for kind in (*layers(profile), *further_layers(profile)):
            made = structure_of(kind)
            assert made is not None  # numbers of profiles are whole, and in range
            found.setdefault(made[0].key, made[0])
            if _may_have_own(profile, kind):
                own = replace(made[0], own=True)
                of_each.setdefault(own.key, own)
    return [*found.values(), *of_each.values()]


def _may_have_own(profile: Profile, kind: Dynamics) -> bool:
    """Whether each neuron may have a decay or a threshold of its own."""
    groups = [(profile.readout_decay or profile.decay) if kind.reads_out else profile.decay]
    groups += [None if kind.synapse is None else profile.current_decay]
    own = any(group is not None and group.per_neuron for group in groups)
    return own or (not kind.reads_out and profile.threshold is not None and profile.threshold.per_neuron)


def layers(profile: Profile) -> Iterator[Dynamics]:
    """A layer of each structure on `profile`: with and without a synapse, spiking and reading out, all resets."""
    step, decay = profile.step, profile.decay
    if step is None or decay is None or step.order == "event-compare-reset":
        return
    readout = profile.readout_decay or decay
    for synapse in _synapses(profile):
        for beta in _betas(decay.kind, decay.max, decay.frac):
            for reset in step.resets:
                for spikes in sorted({1, step.output_spikes, step.max_spikes}):
                    yield dynamics_of(LIFSpec.from_profile(profile, beta, 1.0, reset, max_spikes=spikes), synapse)
        for beta in _betas(readout.kind, readout.max, readout.frac):
            yield dynamics_of(LIFSpec.from_profile(profile, beta, None, None), synapse)


def further_layers(profile: Profile) -> Iterator[Dynamics]:
    """The same of kinds with further parts."""
    if profile.refractory is not None:
        period = RefractorySpec.from_profile(profile, 1, "codegen")
        yield from (dynamics_of(**kind.parts, refractory=period) for kind in layers(profile) if not kind.reads_out)
    if profile.adaptation is None:
        return
    adaptation = AdaptationSpec.from_profile(profile, 0.5, 0.5, 0.5, "codegen")
    spec = adaptation.membrane(profile, LIFSpec.from_profile(profile, 0.5, 1.0, None))
    for synapse in _synapses(profile):
        yield dynamics_of(spec, synapse, adaptation=adaptation)


def _synapses(profile: Profile) -> list[SynapseSpec | None]:
    """Without a synaptic current and with one, as far as the chip has them."""
    synapses: list[SynapseSpec | None] = [] if always_decays(profile) else [None]
    if profile.current_decay is not None:
        synapses.append(SynapseSpec.from_profile(profile, 0.5, "codegen"))
    return synapses


def _betas(kind: str, most: int, frac: int) -> list[float]:
    """A factor below one, and where the chip has them one above."""
    return [0.9, most * 2.0**-frac] if kind == "multiply" and most > 2**frac else [0.9]


def steps_file(structures: Iterable[Structure]) -> str:
    """`integer_steps.c`: a function for each structure, and the table of them."""
    made = list(structures)
    parts = [f'{HEAD}\n#include "../step.h"\n']
    parts += [step_functions(f"step{i}", structure) for i, structure in enumerate(made)]
    rows = [_row(f"step{i}", structure) for i, structure in enumerate(made)]
    parts.append("\n".join(["const StepKernel step_kernels[] = {", *rows, "};\n"]))
    parts.append("const int32_t step_kernel_count = sizeof step_kernels / sizeof *step_kernels;\n")
    return "\n".join(parts)


def backs_file(structures: Iterable[Structure]) -> str:
    """`integer_backs.c`: functions for each way back, and the table of them."""
    made = {structure.back_key: structure for structure in structures}
    parts = [f'{HEAD}\n#include "../step.h"\n']
    parts += [back_functions(f"back{i}", back) for i, back in enumerate(made.values())]
    names = ["", "_flags", "_bias", "_flags_bias"]
    rows = [
        f'    {{"{key}", {int(back.kind.reads_out)}, {{{", ".join(f"back{i}{n}" for n in names)}}}, '
        f"{{{_to_spikes(f'back{i}_spikes', back)}}}}},"
        for i, (key, back) in enumerate(made.items())
    ]
    parts.append("\n".join(["const BackKernel back_kernels[] = {", *rows, "};\n"]))
    parts.append("const int32_t back_kernel_count = sizeof back_kernels / sizeof *back_kernels;\n")
    return "\n".join(parts)


def _to_spikes(name: str, back: Structure) -> str:
    return f"{name}, {name}_flags" if back.kind.notes else "NULL, NULL"


def floats_file() -> str:
    """`float_kernels.h`: a function for each kind of step and way back, and the lists of them."""
    made = dict(float_kernels.functions())
    parts = [f'{HEAD}\n#include "../float_lif.h"\n', *made.values()]
    for kind in ("Step", "Back"):
        names = [f"    {name}," for name in made if name.startswith(f"float_{kind.lower()}")]
        parts.append("\n".join([f"static Float{kind} *const float_{kind.lower()}s[] = {{", *names, "};\n"]))
    return "\n".join(parts)


def places_file() -> str:
    """`places.h`: a function for each kind of table, and the lists of them."""
    made = dict(place_kernels.functions())
    parts = [f'{HEAD}\n#include "../table.h"\n', *made.values()]
    for kind in ("cells", "segments"):
        names = [f"    DO({name})" for name in made if name.startswith(kind)]
        parts.append(" \\\n".join([f"#define ALL_{kind.upper()}(DO)", *names]) + "\n")
    return "\n".join(parts)


def rules_file() -> str:
    """`reckon_rules.h`: a function for each of ReckOn's rules."""
    return "\n".join([f'{HEAD}\n#include "../common.h"\n', *reckon_rules.functions()])


def _row(name: str, structure: Structure) -> str:
    """What `StepKernel` has of it."""
    states = structure.kind.states
    limits = [[state.register.min_code for state in states], [state.register.max_code for state in states]]
    texts = [", ".join("INT32_MIN" if n == -(2**31) else str(n) for n in ends) for ends in limits]
    cut = f"{name}_cut" if record(structure).passes else "NULL"
    counts = f"{len(states)}, {len(structure.names)}"
    about = f"{int(structure.kind.spec.wide)}, {counts}, {{{texts[0]}}}, {{{texts[1]}}}"
    return f'    {{"{structure.key}",\n     {name}, {cut}, {about}}},'
