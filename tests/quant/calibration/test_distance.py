"""How far spike trains are from others."""

import torch

from spikelut.quant.calibration.distance import Distance

SAMPLES = torch.arange(2)


def spikes(steps: list[int], length: int = 40) -> torch.Tensor:
    """A neuron that spikes in these steps, in two samples."""
    out = torch.zeros(length, 2, 1)
    out[steps] = 1.0
    return out


def test_it_is_nothing_for_the_same_and_one_for_silence() -> None:
    distance = Distance(spikes([3, 10, 20]), spikes=True)
    assert float(distance(spikes([3, 10, 20]), SAMPLES)) == 0
    assert float(distance(spikes([]), SAMPLES)) == 1


def test_spikes_a_little_late_are_nearer_than_spikes_left_out() -> None:
    distance = Distance(spikes([3, 10, 20]), spikes=True)
    late, missing = float(distance(spikes([4, 11, 21]), SAMPLES)), float(distance(spikes([3, 20]), SAMPLES))
    later = float(distance(spikes([8, 15, 25]), SAMPLES))
    assert 0 < late < later
    assert late < missing < 1


def test_membranes_are_compared_by_their_squares_and_neurons_apart() -> None:
    target = torch.randn(5, 2, 3, generator=torch.Generator().manual_seed(0))
    distance = Distance(target, spikes=False)
    out = target.clone()
    out[:, :, 1] *= 1.5
    each = distance.each(out, SAMPLES)
    assert each[0] == each[2] == 0
    assert torch.allclose(each.mean(), distance(out, SAMPLES))
    wanted = (out - target).square().mean() / target.square().mean()
    assert torch.allclose(distance(out, SAMPLES), wanted)
    assert abs(distance.differing(out, SAMPLES) - float(wanted) ** 0.5) < 1e-6
    assert float(Distance(torch.zeros(5, 2, 3), spikes=True)(torch.zeros(5, 2, 3), SAMPLES)) == 0
