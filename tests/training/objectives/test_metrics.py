"""Accuracy, confusion, firing rates and their distance; torchmetrics' metrics in the place of ours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan
from spikelut.training import Accuracy, ConfusionMatrix, FiringRates, SpikeDataset, evaluate, rate_distance


def batches() -> list[tuple[Tensor, Tensor]]:
    generator = torch.Generator().manual_seed(3)
    sizes = (7, 5, 1)
    scores = [torch.randint(0, 3, (n, 4), generator=generator).float() for n in sizes]  # many are equal
    return [(s, torch.randint(0, 4, (len(s),), generator=generator)) for s in scores]


def test_accuracy_and_confusion_over_batches() -> None:
    accuracy, matrix = Accuracy(), ConfusionMatrix()
    expected, right = np.zeros((4, 4), int), 0
    for scores, y in batches():
        accuracy.update(scores, y)
        matrix.update(scores, y)
        for row, label in zip(scores.tolist(), y.tolist(), strict=True):
            expected[label, row.index(max(row))] += 1
            right += row.index(max(row)) == label
    assert matrix.compute().tolist() == expected.tolist()
    assert accuracy.compute() == right / 13
    assert 0 < right < 13
    matrix.reset()
    matrix.update(torch.eye(2), torch.tensor([0, 1]))
    assert matrix.compute().tolist() == [[1, 0], [0, 1]]


class Fixed(nn.Module):
    """Gives its input."""

    def forward(self, x: Tensor) -> Tensor:
        return x


def test_metrics_of_torchmetrics_in_the_place_of_ours() -> None:
    torchmetrics = pytest.importorskip("torchmetrics", reason="torchmetrics is not installed")
    generator = torch.Generator().manual_seed(1)
    # No two scores of a sample are equal: torchmetrics has no rule for these.
    x = torch.rand(40, 6, 3, generator=generator) < torch.rand(40, 1, 3, generator=generator)
    x[:, 0], x[:, 1] = torch.tensor([True, False, False]), torch.tensor([True, True, False])
    counts = x.sum(1)
    kept = (counts[:, 0] != counts[:, 1]) & (counts[:, 1] != counts[:, 2]) & (counts[:, 0] != counts[:, 2])
    data = SpikeDataset(x[kept], torch.arange(int(kept.sum())) % 3)
    theirs = torchmetrics.classification
    metrics = {
        "accuracy": theirs.MulticlassAccuracy(3, average="micro"),
        "ours": Accuracy(),
        "confusion": theirs.MulticlassConfusionMatrix(3),
        "our confusion": ConfusionMatrix(),
        "recall": theirs.MulticlassRecall(3),
    }
    found = evaluate(Fixed(), data, metrics=metrics, batch_size=4)
    assert found.metrics["accuracy"] == pytest.approx(found.metrics["ours"], rel=1e-6)
    assert found.metrics["ours"] == found.accuracy
    assert torch.equal(found.metrics["confusion"], found.metrics["our confusion"])
    assert found.metrics["confusion"].count_nonzero() > 4
    matrix = found.metrics["confusion"]
    assert found.metrics["recall"] == pytest.approx(float((matrix.diag() / matrix.sum(1)).mean()), rel=1e-6)


@pytest.mark.parametrize("kind", [torch.tensor, np.array], ids=["tensors", "arrays"])
def test_rates_silent_and_busy_neurons(kind: Callable[[Any], Any]) -> None:
    rates = FiringRates()
    first = [[[1, 0, 1, 0], [1, 0, 2, 0]], [[1, 0, 0, 0], [1, 0, 1, 1]]]  # [T, B, N], 2 steps of 2 samples
    rates.update({"a": kind(first)})
    found = rates.compute()["a"]
    assert found.rates.tolist() == [1, 0, 1, 0.25]
    assert (found.rate, found.dead, found.saturated) == (0.5625, 0.25, 0.25)
    rates.update({"a": kind([[[1, 0, 0, 0]], [[0, 1, 0, 0]]])}, kind([[True], [False]]))
    found = rates.compute()["a"]
    assert found.rates.tolist() == [1, 0, 0.8, 0.2]  # 5 steps count
    assert (found.dead, found.saturated) == (0.25, 0.25)
    rates.update({"a": kind([[[0, 1, 0, 0]]])})
    assert (rates.compute()["a"].dead, rates.compute()["a"].saturated) == (0, 0)
    rates.reset()
    assert rates.compute() == {}


def test_padded_steps_are_not_counted_whatever_they_hold() -> None:
    spikes = (torch.rand(5, 3, 2, 4) < 0.5).float()
    mask = torch.arange(5)[:, None] < torch.tensor([5, 1, 3])
    found = []
    for filling in (0.0, 1.0, float("nan"), -1.0):
        rates = FiringRates()
        rates.update({"1": torch.where(mask[..., None, None], spikes, filling)}, mask)
        found.append(rates.compute()["1"].rates)
    expected = [sum(spikes[:n, i].sum(0) for i, n in enumerate((5, 1, 3))).flatten() / 9]  # type: ignore[union-attr]
    for one in found:
        np.testing.assert_allclose(one, expected[0], rtol=1e-6)  # spikes / 9 in float32
    assert found[0].any()


def test_torch_layers_and_the_integer_network_have_the_same_rates() -> None:
    profile = hw_profiles.load("loihi2")
    torch.manual_seed(0)
    model = nn.Sequential(
        quant.QuantLinear(6, 8, profile=profile),
        quant.LIF(profile, Arctan(), threshold=0.25),
        quant.QuantLinear(8, 3, profile=profile),
        quant.LIF(profile, Arctan(), threshold=0.25),
    )
    x = (torch.rand(12, 5, 6) < 0.7).float()
    ours, integers = FiringRates(), FiringRates()
    ours.update(quant.spike_trains(model, x))
    integers.update(quant.integer(model).run(x.numpy()))
    for one, other in zip(ours.compute().values(), integers.compute().values(), strict=True):
        assert one.rates.tolist() == other.rates.tolist()
        assert one.rates.any()


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 2**16))
def test_the_distance_is_the_integral_between_the_distributions(n: int, m: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = random.integers(0, 9, n) / 8, random.integers(0, 9, m) / 8
    # Rates on a grid of 1/8: the integral is a sum over its cells.
    between = [abs((a <= r).mean() - (b <= r).mean()) / 8 for r in np.arange(8) / 8]
    assert rate_distance(a, b) == pytest.approx(sum(between), abs=1e-12)
    assert rate_distance(a, a) == 0
    if n == m:
        assert rate_distance(a, b) == pytest.approx(np.abs(np.sort(a) - np.sort(b)).mean(), abs=1e-12)


def updated(metric: Any, *given: Any) -> Any:
    metric.update(*given)
    return metric


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ConfusionMatrix().update(torch.zeros(3), torch.zeros(3)), r"ConfusionMatrix: scores must be \[B, K\]"),
        (lambda: ConfusionMatrix().update(torch.zeros(3, 2), torch.zeros(2)), r"ConfusionMatrix: y must be \[3\]"),
        (lambda: Accuracy().update(torch.zeros(1, 2), torch.tensor([2])), r"y must be in 0..1, got \[2\]"),
        (lambda: Accuracy().update(torch.zeros(1, 2), torch.tensor([-1])), r"y must be in 0..1, got \[-1\]"),
        (lambda: Accuracy().compute(), "ConfusionMatrix: must have had a batch"),
        (
            lambda: updated(ConfusionMatrix(), torch.zeros(1, 2), torch.tensor([0])).update(
                torch.zeros(1, 3), torch.tensor([0])
            ),
            "scores must be of 2 classes, as before, got 3",
        ),
        (lambda: FiringRates().update({"1": torch.zeros(3)}), r"FiringRates: layer '1': spikes must be \[T, B, ...\]"),
        (
            lambda: FiringRates().update({"1": -torch.ones(3, 1, 2)}),
            "spikes must be counts, 0 or more, without read-outs, got -1.0",
        ),
        (
            lambda: FiringRates().update({"1": torch.zeros(3, 1, 2)}, torch.ones(1, 3, dtype=torch.bool)),
            r"mask must be bool \[3, 1\], with a step that counts",
        ),
        (
            lambda: updated(FiringRates(), {"1": torch.zeros(3, 1, 2)}).update({"1": torch.zeros(3, 1, 4)}),
            "layer '1': must have 2 neurons, as before, got 4",
        ),
        (lambda: rate_distance([], [0.1]), r"rate_distance: rates must be numbers \[N\]"),
        (lambda: rate_distance([0.1], [float("nan")]), r"rate_distance: others must be numbers \[N\]"),
        (lambda: rate_distance([0.1], [[0.2]]), r"rate_distance: others must be numbers \[N\], got \(1, 1\)"),
    ],
)
def test_what_is_wrong_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
