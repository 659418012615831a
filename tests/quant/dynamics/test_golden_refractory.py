"""Refractory periods against nengo-loihi's emulator, bit for bit; see golden/README.md."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from golden_vectors import Ints, different, numbered

from spikelut import hw_profiles
from spikelut.quant.arithmetic.array_ops import NumpyOps, TorchOps
from spikelut.quant.dynamics.kind import Dynamics
from spikelut.quant.dynamics.kinds import dynamics_of
from spikelut.quant.dynamics.refractory.spec import RefractorySpec
from spikelut.quant.dynamics.refractory.specification import refractory_steps
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec

pytestmark = pytest.mark.golden

FILE, UNIT = "nengo_loihi_refractory", 64
PROFILE = hw_profiles.load("loihi2")
NAMES = {"mem": "v", "wait": "ref_count", "syn": "u", "spikes": "spikes"}


def kind_of(c: dict[str, Ints]) -> Dynamics:
    """The kind of a configuration on the profile, with its integers."""
    spec, synapse = LIFSpec.from_profile(PROFILE, 0.5, 1.0, None), SynapseSpec.from_profile(PROFILE, 0.5, "golden")
    spec = replace(spec, threshold=int(c["vth"]), leak=replace(spec.leak, amount=4096 - int(c["decay_v"])))
    synapse = replace(synapse, leak=replace(synapse.leak, amount=4095 - int(c["decay_u"])))
    return dynamics_of(
        spec, synapse, refractory=RefractorySpec.from_profile(PROFILE, int(c["refract_delay"]) - 1, "golden")
    )


def by_ops(ops: Any, kind: Dynamics, c: dict[str, Ints]) -> dict[str, Ints]:
    def of(x: Any) -> Any:
        return torch.as_tensor(x) if ops is TorchOps else x

    states = tuple(of(np.zeros_like(c["bias"])) for _ in kind.states)
    names, rows = [*(state.name for state in kind.states), "spikes"], []
    for arriving in UNIT * c["input"]:
        step = kind.step(ops, states, of(arriving), of(c["bias"]))
        states = step.states
        rows.append([np.asarray(x) for x in (*states, step.spikes)])
    return {name: np.stack([row[i] for row in rows]) for i, name in enumerate(names)}


def by_specification(kind: Dynamics, c: dict[str, Ints]) -> dict[str, Ints]:
    period = kind.parts.get("refractory") or RefractorySpec(0, PROFILE.membrane_format)
    sums = (UNIT * c["input"]).T.tolist()
    made = [
        refractory_steps(kind.spec, period, kind.synapse, *given)
        for given in zip(sums, c["bias"].tolist(), strict=True)
    ]
    return {name: np.array([[getattr(step, name) for step in steps] for steps in made]).T for name in NAMES}


WAYS: dict[str, Callable[[Dynamics, dict[str, Ints]], dict[str, Ints]]] = {
    "numpy": lambda *given: by_ops(NumpyOps, *given),
    "torch": lambda *given: by_ops(TorchOps, *given),
    "specification": by_specification,
}


@pytest.mark.parametrize("way", WAYS)
def test_every_configuration(way: str) -> None:
    waited = 0
    for c in numbered(FILE, "n_configs", "c"):
        kind = kind_of(c)
        found = (
            by_specification(kind, c)
            if way == "specification"
            else by_ops({"numpy": NumpyOps, "torch": TorchOps}[way], kind, c)
        )
        for name in found:
            assert different(FILE, found[name], c[NAMES[name]]) == 0, name
        waited += int((c["ref_count"] > 0).sum())
    assert waited > 0
