"""`convert(..., weight_bits="auto:3.5")`: bits of each layer that meet a mean, or a bound of answers."""

import math
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
import torch
from float_networks import LOIHI, SPIKE, events, seeded
from torch import Tensor, nn

from spikelut import quant
from spikelut.quant.conversion.widths.allocation import Unit, front
from spikelut.quant.conversion.widths.asked import Asked, asked_of
from spikelut.quant.conversion.widths.search import Outcome, Search


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("auto:3.5", Asked("mean", 3.5)),
        ("auto: 4", Asked("mean", 4.0)),
        ("auto:agreement>=0.98", Asked("agreement", 0.98)),
        ("auto:accuracy >= 90%", Asked("accuracy", 0.9)),
    ],
)
def test_forms_that_are_read(text: str, wanted: Asked) -> None:
    assert asked_of(text) == wanted


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4", "weight_bits must be a number of bits, bits by names of layers, or 'auto:3.5' for a mean"),
        ("auto", "or 'auto:accuracy>=0.9', got 'auto'"),
        ("auto:loss<=0.9", "got 'auto:loss<=0.9'"),
        ("auto:nan", "got 'auto:nan'"),
        ("auto:1.5", "must have a mean of 2 bits or more, got 'auto:1.5'"),
        ("auto:50%", "must have a mean of 2 bits or more, got 'auto:50%'"),
        ("auto:agreement>=98", "must have a share of 1 at most, got 'auto:agreement>=98'"),
    ],
)
def test_forms_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"^convert: ") as error:
        asked_of(text)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


UNITS = [Unit("a", 10, (2, 3, 4, 8)), Unit("b", 35, (2, 3, 4, 5)), Unit("c", 7, (2, 4, 6))]
HARMS = {
    "a": {2: 0.9, 3: 0.5, 4: 0.2, 8: 0.0},
    "b": {2: 0.8, 3: 0.3, 4: 0.25, 5: 0.01},
    "c": {2: math.inf, 4: 0.4, 6: 0.1},
}


def test_the_front_is_that_of_all_allocations() -> None:
    every = [
        (
            sum(u.weights * w for u, w in zip(UNITS, widths, strict=True)),
            sum(HARMS[u.name][w] ** 2 for u, w in zip(UNITS, widths, strict=True)),
        )
        for widths in product(*(u.widths for u in UNITS))
    ]
    found = front(UNITS, HARMS)
    assert len(found) > 8
    for size, harm in every:
        best = min(h for s, h in every if s <= size)
        ours = [one.harm for one in found if one.size <= size]
        if math.isfinite(harm):
            assert min(ours) == pytest.approx(best, abs=1e-12)  # the same terms in another order
    assert all(one.widths[2] > 2 for one in found)


def tried(bits: Mapping[str, int]) -> Outcome:
    """Independent errors, and answers that stay with few of them."""
    distance = math.sqrt(sum(HARMS[name][width] ** 2 for name, width in bits.items()))
    return Outcome(distance, max(0.0, 1 - distance), max(0.0, 0.9 - distance))


@pytest.mark.parametrize("mean", [2.5, 3.0, 3.7, 5.0, 8.0])
def test_a_mean_is_met_with_the_least_harm(mean: float) -> None:
    found = Search(UNITS, tried).run(Asked("mean", mean))
    weights = sum(u.weights for u in UNITS)
    allowed = [
        tried(dict(zip("abc", widths, strict=True))).distance
        for widths in product(*(u.widths for u in UNITS))
        if sum(u.weights * w for u, w in zip(UNITS, widths, strict=True)) <= mean * weights
    ]
    assert found.mean <= mean
    assert found.mean == sum(u.weights * found.bits[u.name] for u in UNITS) / weights
    assert found.outcome.distance == pytest.approx(min(allowed))


@pytest.mark.parametrize("bound", ["agreement", "accuracy"])
def test_a_bound_is_met_with_the_fewest_bits(bound: Any) -> None:
    asked = Asked(bound, 0.6 if bound == "agreement" else 0.5)
    found = Search(UNITS, tried).run(asked)
    assert found.outcome.share(asked) >= asked.value
    sizes = [
        sum(u.weights * w for u, w in zip(UNITS, widths, strict=True))
        for widths in product(*(u.widths for u in UNITS))
        if tried(dict(zip("abc", widths, strict=True))).share(asked) >= asked.value
    ]
    assert found.mean * 52 == min(sizes)
    with pytest.raises(ValueError, match=r"must be at most what all bits of the chip reach, 0\.\d+, got 0.95"):
        Search(UNITS, tried).run(Asked(bound, 0.95))


def test_what_does_little_harm_together_is_not_taken_where_even_bits_do_less() -> None:
    """Errors that do not add up as squares: the same bits everywhere are better than what was expected to be best."""
    harms = {"a": {2: 0.1, 3: 0.09, 4: 0.05, 5: 0.0}, "b": {2: 0.5, 3: 0.3, 4: 0.1, 5: 0.0}}
    units = [Unit("a", 10, (2, 3, 4, 5)), Unit("b", 10, (2, 3, 4, 5))]

    def trial(bits: Mapping[str, int]) -> Outcome:
        if bits == {"a": 2, "b": 4}:
            return Outcome(9.0)
        return Outcome(sum(harms[name][width] for name, width in bits.items()))

    found = Search(units, trial).run(Asked("mean", 3.0))
    assert found.bits == {"a": 3, "b": 3}


def test_more_bits_do_not_count_as_worse() -> None:
    """What a layer is off by comes with noise: a width is never thought to harm less than a wider one."""
    harms = {2: 0.5, 3: 0.1, 4: 0.3, 5: 0.0}
    found = Search([Unit("a", 10, (2, 3, 4, 5))], lambda bits: Outcome(harms[bits["a"]])).run(Asked("mean", 5.0))
    assert found.sensitivity == {"a": {2: 0.5, 3: 0.3, 4: 0.3, 5: 0.0}}


@pytest.fixture(scope="module")
def floats() -> nn.Sequential:
    hidden = quant.FloatRecurrent(quant.FloatLIF(SPIKE, beta=0.9, reset="zero"), 10)
    layers = seeded(nn.Linear(12, 10), 0.4, 1), seeded(hidden, 0.3, 2), seeded(nn.Linear(10, 4), 0.4, 3)
    return nn.Sequential(*layers, quant.FloatLIF(None, beta=0.9)).eval()


@pytest.fixture(scope="module")
def x() -> Tensor:
    return events(12, 40, 12)


def off_by(floats: nn.Module, x: Tensor, bits: Mapping[str, int]) -> float:
    """What the sums of a read-out over time are off by."""
    found = quant.convert(floats, LOIHI, x, weight_bits=bits)
    with torch.no_grad():
        out, before = found.model(x).double().sum(0) / found.layers[-1].scale, floats(x).double().sum(0)
    return float(((out - before).square().mean() / before.square().mean()).sqrt())


def test_layers_get_bits_of_their_own(floats: nn.Sequential, x: Tensor) -> None:
    found = quant.convert(floats, LOIHI, x, weight_bits="auto:3.5")
    weights = {"0": 120, "1": 100, "2": 40}
    model: Any = found.model
    bits = {"0": model[0].weight_bits, "1": model[1].linear.weight_bits, "2": model[2].weight_bits}
    mean = sum(weights[name] * bits[name] for name in weights) / 260
    assert 2.5 < mean <= 3.5
    assert len(set(bits.values())) > 1
    assert [layer.bits for layer in found.layers] == [(bits["0"], bits["1"]), (bits["2"],)]
    top = dict.fromkeys(weights, 8)
    for name, sensitivity in zip(
        ("0", "1", "2"), (*found.layers[0].sensitivity, *found.layers[1].sensitivity), strict=True
    ):
        # As the layer alone has them, or, as fewer bits never count as better, a wider one.
        alone = max(off_by(floats, x, {**top, name: width}) for width in range(bits[name], 9))
        assert sensitivity == pytest.approx(alone, rel=1e-9)
    assert off_by(floats, x, bits) < off_by(floats, x, dict.fromkeys(weights, 3))
    text = str(found)
    assert f"auto:3.5: {mean:.3g} bits on average" in text
    assert f"1: {bits['1']} bits; the output is off with this layer alone at 2: " in text
    again = quant.convert(floats, LOIHI, x, weight_bits="auto:3.5")
    assert all(
        torch.equal(a, b) for a, b in zip(model.state_dict().values(), again.model.state_dict().values(), strict=True)
    )


def test_answers_stay(floats: nn.Sequential, x: Tensor) -> None:
    found = quant.convert(floats, LOIHI, x, weight_bits="auto:agreement>=0.9")
    with torch.no_grad():
        theirs, ours = (model(x).sum(0).argmax(1) for model in (floats, found.model))
    assert float((theirs == ours).double().mean()) >= 0.9
    assert max(bits for layer in found.layers for bits in layer.bits) < 8
    labels = theirs.clone()
    labels[:4] = (labels[:4] + 1) % 4  # of which the float network is right in nine of ten
    known = quant.convert(floats, LOIHI, x, weight_bits="auto:accuracy>=0.85", labels=labels)
    with torch.no_grad():
        assert float((known.model(x).sum(0).argmax(1) == labels).double().mean()) >= 0.85
    with pytest.raises(
        ValueError, match=r"auto:accuracy>=...' must be at most what all bits of the chip reach, 0\.\d+"
    ):
        quant.convert(floats, LOIHI, x, weight_bits="auto:accuracy>=0.99", labels=labels)


def test_labels_that_do_not_fit(floats: nn.Sequential, x: Tensor) -> None:
    with pytest.raises(
        ValueError, match=r"^convert: weight_bits='auto:accuracy>=...' needs labels, one class for each"
    ):
        quant.convert(floats, LOIHI, x, weight_bits="auto:accuracy>=0.9")
    with pytest.raises(
        ValueError, match=r"^convert: labels must be integers \[40\], a class for each sample, got \[3\]"
    ):
        quant.convert(floats, LOIHI, x, weight_bits="auto:accuracy>=0.9", labels=torch.arange(3))
    with pytest.raises(ValueError, match=r"^convert: labels are for weight_bits='auto:accuracy>=...' alone"):
        quant.convert(floats, LOIHI, x, weight_bits=4, labels=torch.arange(40))
