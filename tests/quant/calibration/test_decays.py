"""Decay codes beside those that a chip has nearest, chosen by the spikes that they give."""

from typing import Any

import numpy as np
import pytest
import torch
from float_networks import LOIHI, SPIKE, dense, events, exact, seeded
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.quant import Calibration
from spikelut.quant.calibration import engine
from spikelut.quant.calibration.decays import Place, beside, choose_decays
from spikelut.quant.dynamics.leak import Leak

GENERIC, XYLO = hw_profiles.load("generic8"), hw_profiles.load("xylo")
OFF: dict[str, Any] = {
    **dict.fromkeys(("equalization", "scales", "threshold_correction", "bias_correction", "decays"), False),
    "rounding": "nearest",
    "progress": False,
}
ALONE = Calibration(**{**OFF, "decays": True})


def network(beta: Any, alpha: Any, reset: str = "subtract") -> nn.Sequential:
    """Sixteen neurons with biases, and a read-out."""
    model = nn.Sequential(
        seeded(nn.Linear(12, 16), 0.4, 1),
        quant.FloatLIF(SPIKE, beta=beta, alpha=alpha, reset=reset),
        seeded(nn.Linear(16, 4, bias=False), 0.5, 2),
        quant.FloatLIF(None, beta=0.75, alpha=0.5),
    )
    return model.eval()


CASES: dict[str, tuple[Any, Any]] = {
    "each neuron": (lambda: network(torch.linspace(0.6, 0.9, 16).double(), 0.4, "zero"), GENERIC),
    "one for the layer": (lambda: network(0.82, 0.66), XYLO),
}


def step_of(found: quant.Conversion) -> quant.ConversionStep:
    (step,) = (step for step in found.steps if step.name == "decays")
    return step


@pytest.mark.parametrize("name", CASES)
def test_other_codes_bring_a_layer_nearer(name: str) -> None:
    make, profile = CASES[name]
    x = events(20, 40, 12)
    plain = quant.convert(make(), profile, x, calibrate=Calibration(**OFF))
    found = exact(make(), profile, x, calibrate=ALONE)
    step, before, after = step_of(found), plain.model[1], found.model[1]
    assert step.after < step.before == pytest.approx(plain.layers[0].differing)  # float sums in another order
    assert found.layers[0].differing == pytest.approx(step.after)
    moved = [after.spec.leak.amount - before.spec.leak.amount]
    moved += [after.synapse.leak.amount - before.synapse.leak.amount]
    assert any(np.any(one) for one in moved)
    assert all(np.all(np.abs(one) <= 1) for one in moved)
    assert isinstance(after.spec.leak.amount, int) is (profile is XYLO)
    assert isinstance(quant.integer(found.model).layers[1].spec.leak.amount, int) is (profile is XYLO)  # type: ignore[union-attr]


def test_what_a_chip_has_is_not_searched() -> None:
    x = events(20, 40, 12)
    for model, profile in ((network(0.875, 0.5), XYLO), (dense(), LOIHI)):
        found = quant.convert(model, profile, x, calibrate=ALONE)
        assert not [step for step in found.steps if step.name == "decays"]
    off = quant.convert(network(0.82, 0.66), XYLO, x, calibrate=Calibration(**OFF))
    assert {step.name for step in off.steps} == {"nearest"}


def test_codes_that_are_no_nearer_are_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    x = events(20, 40, 12)

    def spoiled(unit: Any, tick: Any) -> tuple[str, ...]:
        said = choose_decays(unit, tick)
        for _, neuron in unit.spiking():
            neuron.bias = nn.Parameter(torch.full_like(neuron.bias, 30.0))
        return said

    monkeypatch.setattr(engine, "choose_decays", spoiled)
    plain = quant.convert(network(0.82, 0.66), XYLO, x, calibrate=Calibration(**OFF))
    found = quant.convert(network(0.82, 0.66), XYLO, x, calibrate=ALONE)
    assert step_of(found).changes[0].startswith("taken back: distance")
    assert found.model[1].spec == plain.model[1].spec
    assert found.model[1].synapse == plain.model[1].synapse
    assert torch.equal(found.model[1].bias, plain.model[1].bias)


def test_what_is_left_after_other_codes_is_what_thresholds_make_up_for() -> None:
    x = events(20, 40, 12)
    found = quant.convert(
        network(0.82, 0.66), XYLO, x, calibrate=Calibration(**{**OFF, "decays": True, "threshold_correction": True})
    )
    said = [change for step in found.steps if step.name == "threshold_correction" for change in step.changes]
    there = found.model[1]
    wanted = f"makes up for beta 0.82 -> {there.beta:g}", f"makes up for alpha 0.66 -> {there.alpha:g}"
    assert set(wanted) <= set(said) or "taken back" in said[0]


def test_gains_are_the_sums_that_an_event_leaves() -> None:
    register, own = GENERIC.membrane_format, np.array([2, 3])
    decay = GENERIC.decay
    assert decay is not None
    leak = Leak("shift", own, 0, "floor", register)
    codes = beside(leak, decay, 2)
    assert codes.tolist() == [[2, 3], [1, 2], [3, 4]]
    sums = [0.75 ** np.arange(400), 0.875 ** np.arange(400), 0.9375 ** np.arange(400)]
    totals = [one.sum() for one in sums]
    place = Place("beta", leak, codes)
    assert place.gain(codes[2]) == pytest.approx([totals[1] / totals[0], totals[2] / totals[1]])
    first = Place("alpha", leak, codes, input_first=True)
    late = [one.sum() - 1 for one in sums]  # the input itself has decayed once
    assert first.gain(codes[2]) == pytest.approx([late[1] / late[0], late[2] / late[1]])
    assert Place("beta", leak, codes, relaxes=True).gain(codes[2]).tolist() == [1.0, 1.0]


def test_codes_stay_in_reach_and_keep_something() -> None:
    register, decay = XYLO.membrane_format, XYLO.decay
    assert decay is not None
    for own, wanted in ((0, [[0]]), (1, [[1], [2]]), (decay.max, [[decay.max], [decay.max - 1]])):
        assert beside(Leak("shift", own, 0, "floor", register), decay, 1).tolist() == wanted
    reckon = hw_profiles.load("reckon").decay
    assert reckon is not None
    lowest = Leak("multiply", reckon.min, reckon.frac, "floor", register)
    assert beside(lowest, reckon, 1).tolist() == [[reckon.min], [reckon.min + 1]]


def test_thresholds_and_biases_make_up_for_the_gain_of_other_codes() -> None:
    x = events(20, 40, 12)
    plain = quant.convert(network(0.82, 0.66), XYLO, x, calibrate=Calibration(**OFF)).model[1]
    found = quant.convert(network(0.82, 0.66), XYLO, x, calibrate=ALONE).model[1]
    assert (plain.beta, plain.alpha, found.beta, found.alpha) == (0.875, 0.75, 0.9375, 0.875)
    # Of an event 2 times as much stays in the membrane, and of the current, in which it decays first, 7 / 3.
    assert found.threshold / plain.threshold == pytest.approx(14 / 3, rel=1e-3)
    assert (found.bias / plain.bias).tolist() == pytest.approx([7 / 3] * 16, rel=1e-3)
