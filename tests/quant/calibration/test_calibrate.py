"""`quant.convert(..., calibrate=...)`: what is chosen by the spikes that come of it."""

from typing import Any

import pytest
import torch
from float_networks import LOIHI, SPIKE, dense, events, exact, lively, seeded
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant import Calibration

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
def test_calibrated_networks_are_nearer_and_deploy_bit_for_bit(name: str) -> None:
    make, profile, shape = CASES[name]
    model, x = make(), events(*shape)
    bits = min(3, profile.weight.bits)
    nearest = quant.convert(model, profile, x, weight_bits=bits)
    found = exact(model, profile, x, weight_bits=bits, calibrate=QUICK)
    kept = [step for step in found.steps if step.name != "nearest" and not any("taken back" in c for c in step.changes)]
    assert kept
    assert sum(distances(found)) < sum(distances(nearest))
    assert not any(hasattr(m, "raw_threshold") and m.raw_threshold is not None for m in found.model.modules())
