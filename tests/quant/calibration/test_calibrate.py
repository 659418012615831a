"""`quant.convert(..., calibrate=...)`: what is chosen by the spikes that come of it."""

from pathlib import Path
from typing import Any

import pytest
import torch
from float_networks import LOIHI, SPIKE, dense, events, exact, lively, seeded
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.quant import Calibration
from spikelut.quant.conversion import calibrated
from spikelut.quant.conversion.making import scaled

QUICK = Calibration(iterations=24, progress=False)
GENERIC, XYLO = hw_profiles.load("generic8"), hw_profiles.load("xylo")


def uneven(model: Any) -> Any:
    """Weights of which some rows are many times larger, and thresholds with them, so that one clip suits few."""
    rows = torch.exp2(torch.linspace(-2, 2, len(model[0].weight)))[:, None]
    with torch.no_grad():
        model[0].weight.mul_(rows)
    return model


def recurrent(**neuron: Any) -> nn.Sequential:
    return nn.Sequential(
        seeded(nn.Linear(12, 16, bias=False), 0.5, 1),
        seeded(quant.FloatRecurrent(quant.FloatLIF(SPIKE, **neuron), 16), 0.3, 5),
        seeded(nn.Linear(16, 4, bias=False), 0.5, 2),
        quant.FloatLIF(SPIKE, **neuron),
    ).eval()


class Branches(nn.Module):
    """Two layers whose currents meet, and a residual."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(12, 10), nn.Linear(10, 10)
        self.lif = quant.FloatLIF(SPIKE, beta=0.75, reset="zero")
        self.skip = nn.Linear(12, 10)
        self.last = quant.FloatLIF(SPIKE, beta=0.75, reset="zero")
        self.out, self.read = nn.Linear(10, 3), quant.FloatLIF(None, beta=0.75)

    def forward(self, x: Tensor) -> Any:
        """[T, B, 12] to [T, B, 3]."""
        return self.read(self.out(self.last(self.second(self.lif(self.first(x))) + self.skip(x))))


def convolutions() -> nn.Sequential:
    return nn.Sequential(
        quant.TimeDistributed(nn.Conv2d(2, 4, 3, padding=1, bias=False)),
        quant.FloatLIF(SPIKE, beta=0.75),
        quant.TimeDistributed(nn.AvgPool2d(2)),
        nn.Flatten(2),
        nn.Linear(36, 5),
        quant.FloatLIF(None, beta=0.75),
    )


def distances(found: quant.Conversion) -> list[float]:
    return [layer.membrane_error or layer.differing for layer in found.layers]


CASES: dict[str, tuple[Any, Any, Any]] = {
    "dense": (dense, LOIHI, (15, 40, 12)),
    "recurrent": (lambda: recurrent(beta=0.9, alpha=0.7, reset="zero"), LOIHI, (15, 40, 12)),
    "coarse decays": (lambda: recurrent(beta=0.85, alpha=0.7, reset="subtract"), XYLO, (15, 40, 12)),
    "branches": (lambda: lively(Branches(), 2.0, 0.1), GENERIC, (15, 40, 12)),
    "convolution": (lambda: lively(convolutions(), 2.0, 0.1), GENERIC, (6, 40, 2, 6, 6)),
    "no bias, one threshold": (
        lambda: dense(bias=False, beta=0.875, reset="zero"),
        hw_profiles.load("reckon"),
        (15, 40, 12),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_calibrated_networks_are_nearer_and_deploy_bit_for_bit(name: str, tmp_path: Path) -> None:
    make, profile, shape = CASES[name]
    model, x = make(), events(*shape)
    bits = min(3, profile.weight.bits)
    nearest = quant.convert(model, profile, x, weight_bits=bits)
    found = exact(model, profile, x, weight_bits=bits, calibrate=QUICK)
    kept = [step for step in found.steps if step.name != "nearest" and not any("taken back" in c for c in step.changes)]
    assert kept
    assert sum(distances(found)) < sum(distances(nearest))
    network, codes = quant.integer(found.model), x[:, :4].numpy()
    export.to_onnx(network, x[:, :4], tmp_path / "model.onnx", "integer", hidden_spikes=True)
    given = export.run_onnx(tmp_path / "model.onnx", codes)
    count = export.count_differences({key: value for key, value in network.run(codes).items() if key in given}, given)
    assert count.different == 0
    assert count.nonzero > 0.02 * count.compared  # a read-out alone gives next to no zeros, spikes of 16 neurons some
    assert not any(hasattr(m, "raw_threshold") and m.raw_threshold is not None for m in found.model.modules())


def test_a_calibration_is_repeated_by_its_seed_alone() -> None:
    model, x = dense(), events(15, 40, 12)
    first, again = (quant.convert(model, LOIHI, x, weight_bits=3, calibrate=QUICK) for _ in range(2))
    for a, b in zip(first.model.state_dict().values(), again.model.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    assert [(s.name, s.before, s.after) for s in first.steps] == [(s.name, s.before, s.after) for s in again.steps]


def test_by_default_weights_are_rounded_to_nearest() -> None:
    model, x = dense(), events(15, 40, 12)
    plain, named = quant.convert(model, LOIHI, x), quant.convert(model, LOIHI, x, calibrate="nearest")
    for a, b in zip(plain.model.state_dict().values(), named.model.state_dict().values(), strict=True):
        assert torch.equal(a, b)
    assert {step.name for step in plain.steps} == {"nearest"}


STEPS: dict[str, dict[str, Any]] = {
    "equalization": {"equalization": True},
    "scales": {"scales": True},
    "threshold_correction": {"threshold_correction": True},
    "bias_correction": {"bias_correction": True},
    "rounding": {"rounding": "learned"},
}
OFF: dict[str, Any] = {**dict.fromkeys(list(STEPS)[:4], False), "rounding": "nearest"}


@pytest.mark.parametrize("name", STEPS)
def test_each_step_alone_brings_a_layer_nearer(name: str) -> None:
    model, x = uneven(dense(reset="zero")), events(15, 60, 12)
    settings = Calibration(**{**OFF, **STEPS[name]}, iterations=60, progress=False)
    found = quant.convert(model, LOIHI, x, weight_bits=3, calibrate=settings)
    taken = [step for step in found.steps if step.name != "nearest"]
    assert {step.name for step in taken} == {name}
    assert not any("taken back" in change for change in taken[0].changes)
    assert taken[0].won > 0
    assert found.layers[0].differing == pytest.approx(taken[0].after)


def test_rounding_up_or_down_moves_no_weight_by_more_than_one_code() -> None:
    model, x = dense(), events(15, 40, 12)
    settings = Calibration(**{**OFF, "rounding": "up_or_down"}, iterations=60, progress=False)
    nearest = quant.convert(model, LOIHI, x, weight_bits=3)
    found = quant.convert(model, LOIHI, x, weight_bits=3, calibrate=settings)
    codes = [quant.integer(one.model).layers[0] for one in (nearest, found)]
    moved = codes[1].codes.astype(int) - codes[0].codes.astype(int)  # type: ignore[union-attr]  # weights
    assert codes[0].exponent == codes[1].exponent  # type: ignore[union-attr]
    assert 0 < (moved != 0).sum() < moved.size
    assert abs(moved).max() == 1
    # What is not between two codes is at the end of them, so none is farther than a whole code from its real value.
    scale = float(found.model[0].quant_weight().scale.detach())
    real = nearest.model[0].weight.detach().clamp(-4 * scale, 3 * scale)
    assert float((found.model[0].quant_weight().value.detach() - real).abs().max()) <= scale


def test_thresholds_of_neurons_carry_the_factors_of_rows() -> None:
    model, x = uneven(dense(reset="zero", bias=False)), events(15, 40, 12)
    settings = Calibration(**{**OFF, "equalization": True}, progress=False)
    found = exact(model, LOIHI, x, weight_bits=3, calibrate=settings)
    assert found.layers[0].threshold is not None
    # On the float network's scale they are what they were, but for 17 bits.
    assert isinstance(found.layers[0].threshold[1], tuple)
    assert found.layers[0].threshold[1] == pytest.approx([1.0] * 20, abs=1e-3)
    thresholds = found.model[1].threshold
    assert float(thresholds.max() / thresholds.min()) > 4
    plain = quant.convert(model, LOIHI, x, weight_bits=3)
    assert found.layers[0].weight_error < 0.75 * plain.layers[0].weight_error


def test_scales_of_channels_are_calibrated() -> None:
    model, x = uneven(dense(beta=0.75, reset="zero")), events(15, 40, 12)
    nearest = quant.convert(model, GENERIC, x, weight_bits=3, per_channel=True)
    found = exact(model, GENERIC, x, weight_bits=3, per_channel=True, calibrate=QUICK)
    assert sum(distances(found)) < 0.9 * sum(distances(nearest))
    channels: Any = [quant.integer(one.model).layers[0].channels for one in (nearest, found)]  # type: ignore[union-attr]
    assert all(len(each) == 20 and len(set(each)) > 2 for each in channels)
    assert channels[0] != channels[1]  # clipped elsewhere
    kept = {step.name for step in found.steps if step.layer and not any("taken back" in c for c in step.changes)}
    assert kept >= {"scales", "threshold_correction"}


def test_coarse_decays_are_told_with_what_makes_up_for_them() -> None:
    model, x = recurrent(beta=0.85, alpha=0.7, reset="subtract"), events(15, 40, 12)
    settings = Calibration(**{**OFF, "threshold_correction": True}, progress=False)
    found = quant.convert(model, XYLO, x, calibrate=settings)
    said = [change for step in found.steps if step.name == "threshold_correction" for change in step.changes]
    assert "makes up for beta 0.85 -> 0.875" in said
    assert "makes up for alpha 0.7 -> 0.75" in said


def test_silent_layers_are_left_and_said() -> None:
    model = dense(bias=False)
    found = quant.convert(model, LOIHI, torch.zeros(15, 40, 12), weight_bits=3, calibrate=QUICK)
    assert [step.name for step in found.steps] == ["nearest", "nearest", "skipped", "skipped"]
    assert "there is nothing to calibrate by" in found.steps[2].changes[0]
    plain = quant.convert(model, LOIHI, torch.zeros(15, 40, 12), weight_bits=3)
    assert torch.equal(found.model[0].weight, plain.model[0].weight)


def test_few_samples_are_enough_to_run() -> None:
    found = exact(dense(), LOIHI, events(15, 1, 12), weight_bits=3, calibrate=QUICK)
    assert any(step.name == "rounding" for step in found.steps)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (torch.zeros(0, 4, 12), r"convert: events must be \[T, B, ...\], not empty"),
        (torch.full((3, 4, 12), torch.nan), "convert: events must be finite"),
        (torch.zeros(3, 4, 11), "12"),
    ],
)
def test_wrong_calibration_data_is_one_clear_error(wrong: Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        quant.convert(dense(), LOIHI, wrong, calibrate=QUICK)


def test_arguments() -> None:
    with pytest.raises(ValueError, match="convert: calibrate must be nearest, spikes or a Calibration, got 'adaround'"):
        quant.convert(dense(), LOIHI, events(3, 4, 12), calibrate="adaround")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Calibration: rounding must be one of nearest, up_or_down, learned"):
        Calibration(rounding="up")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Calibration: iterations must be"):
        Calibration(iterations=0)


def test_all_layers_together_is_a_step_of_the_whole_network() -> None:
    settings = Calibration(**{**OFF, "rounding": "learned"}, end_to_end=True, iterations=24, progress=False)
    found = exact(dense(), LOIHI, events(15, 40, 12), weight_bits=3, calibrate=settings)
    last = found.steps[-1]
    assert (last.name, last.layer) == ("end_to_end", "")
    assert last.after <= last.before


def test_a_bar_is_shown_after_a_while(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("spikelut.quant.calibration.shown.AFTER", 0.0)
    x, settings = events(5, 4, 12), {**OFF, "scales": True}
    quant.convert(dense(), LOIHI, x, calibrate=Calibration(**settings, progress=True))
    assert "scales" in capsys.readouterr().err
    quant.convert(dense(), LOIHI, x, calibrate=Calibration(**settings, progress=False))
    assert capsys.readouterr().err == ""


def test_narrow_membranes_saturate_where_finer_codes_are_worth_more(monkeypatch: pytest.MonkeyPatch) -> None:
    narrow, x = GENERIC.with_grid(6).with_membrane(8), events(15, 60, 12)
    settings = Calibration(**{**OFF, "scales": True}, progress=False)
    model: Any = dense(beta=0.875, reset="zero")
    with torch.no_grad():
        model[0].weight[:, :1].sub_(3.0)  # one input brings membranes far below the threshold
    found = exact(model, narrow, x, calibrate=settings)
    tried = list[float]()

    def noted(*given: Any) -> None:
        tried.append(given[-1].reach)
        scaled.scaled(*given)

    monkeypatch.setattr(calibrated, "scaled", noted)
    quant.convert(model, GENERIC.with_membrane(14), x, calibrate=settings)  # as far, with 64 times the codes
    assert set(tried) == {1.0}
    monkeypatch.setattr(calibrated, "REACHES", (1.0,))
    whole = quant.convert(model, narrow, x, calibrate=settings)
    (step, *_), (held, *_) = ([one for one in each.steps if one.name == "scales"] for each in (found, whole))
    assert any("membranes saturate beyond" in change for change in step.changes)
    assert not any("membranes saturate" in change for change in held.changes)
    assert found.layers[0].scale > 2 * whole.layers[0].scale
    assert found.layers[0].differing < 0.7 * whole.layers[0].differing
