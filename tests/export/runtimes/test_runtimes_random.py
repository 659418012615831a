"""Integer graphs of random networks of every neuron kind and profile: all core runtimes give the reference's values."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lif_profiles import with_lif
from runtime_files import runtime
from sample_networks import CUBA, dense

from spikelut import export, hw_profiles, quant
from spikelut.export import runtimes
from spikelut.hw_profiles import Profile
from spikelut.quant.network.stimuli import stimuli

KINDS = [(p, False) for p in with_lif()] + [(p, True) for p in CUBA]
each_kind = pytest.mark.parametrize(("profile", "cuba"), KINDS, ids=lambda v: getattr(v, "name", "cuba" if v else ""))
SETTINGS: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


def differs(name: str, network: quant.IntegerNetwork, seed: int, form: Any, folder: Path) -> str:
    """What is wrong in a runtime with the file of a network, for random events; nothing if nothing is."""
    path = folder / "x.onnx"
    events = stimuli(network, samples=2, steps=3, seed=seed).events
    export.to_onnx(network, events.shape, path, "integer", form=form, hidden_spikes=True)
    made = runtimes.network_case(path, events, network)
    outcome = runtimes.check(runtime(name), made)
    if outcome.status == "not expected" and network.profile.membrane.bits > 30:
        return ""  # sums of 64 bits
    return "" if outcome.status == "agrees" else f"{name} {form}: {outcome.status}, {outcome.reason}"


@pytest.mark.parametrize("name", ["onnxruntime", "reference", "openvino"])
@settings(max_examples=12, **SETTINGS)
@given(
    kind=st.sampled_from(KINDS),
    form=st.sampled_from(["scan", "step", "unrolled"]),
    seed=st.integers(0, 10**6),
    gain=st.sampled_from([0.3, 2.0, 50.0]),
    bits=st.integers(0, 4),
)
# A product of 30 bits in the leak, whose remainder OpenVINO would make in float32.
@example(kind=(hw_profiles.load("reckon"), False), form="scan", seed=103238, gain=2.0, bits=2)
def test_any_network(
    name: str, kind: tuple[Profile, bool], form: str, seed: int, gain: float, bits: int, tmp_path: Path
) -> None:
    network = quant.integer(dense(*kind, seed, gain, 2.0**-bits))
    assert differs(name, network, seed, form, tmp_path) == ""


# Recurrent layers and read-outs are in test_runtimes; tract's optimiser and the compilers to C take long for more.
@each_kind
@pytest.mark.parametrize("name", ["tract", pytest.param("c", marks=pytest.mark.runtimes)])
def test_every_kind(name: str, profile: Profile, cuba: bool, tmp_path: Path) -> None:
    # What relaxes takes in a sixteenth of its input.
    gain = 24.0 if profile.decay is not None and profile.decay.kind == "relax" else 2.0
    network = quant.integer(dense(profile, cuba, 3, gain=gain)[:2])
    assert not stimuli(network, samples=2, steps=3, seed=3).silent
    assert differs(name, network, 3, "step", tmp_path) == ""


@settings(max_examples=3, **SETTINGS)
@given(kind=st.sampled_from(KINDS), seed=st.integers(0, 10**6), gain=st.sampled_from([0.3, 2.0, 50.0]))
def test_any_small_network_in_c(kind: tuple[Profile, bool], seed: int, gain: float, tmp_path: Path) -> None:
    network = quant.integer(dense(*kind, seed, gain)[:2])
    assert differs("c", network, seed, "step", tmp_path) == ""
