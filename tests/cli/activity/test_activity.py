"""What a report says of spikes: measured on networks whose rates are known, and drawn where differences are seen."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spikelut import hw_profiles, quant
from spikelut.cli.activity.measure import Activity, distances, layer_activity, measure_activity
from spikelut.cli.train.loop import Split, accuracy
from spikelut.surrogates import Arctan
from spikelut.training import LayerActivity

pytest.importorskip("matplotlib", reason="the report has figures")

from spikelut.cli.activity.figures import (  # matplotlib is there
    activity_figures,
    draw_batches,
    draw_nearness,
    draw_nearness_over_time,
    lacking,
)

LOIHI = hw_profiles.load("loihi2")


def network(seed: int, floats: bool = False) -> nn.Sequential:
    torch.manual_seed(seed)
    if floats:
        return nn.Sequential(nn.Linear(6, 9), quant.FloatLIF(Arctan()), nn.Linear(9, 3), quant.FloatLIF(None))
    first = quant.QuantLinear(6, 9, profile=LOIHI)
    return nn.Sequential(
        first, quant.LIF(LOIHI, Arctan(), threshold=0.25), quant.QuantLinear(9, 3, profile=LOIHI), quant.LI(LOIHI)
    )


@pytest.fixture(scope="module")
def test_split() -> Split:
    """700 samples, some more than rates are measured on; of labels that are far from even."""
    generator = torch.Generator().manual_seed(0)
    spikes = (torch.rand(8, 700, 6, generator=generator) < 0.5).to(torch.uint8)
    return Split(spikes, torch.randint(0, 3, (700,), generator=generator).clamp(max=2))


@pytest.fixture(scope="module")
def measured(test_split: Split) -> Activity:
    table = network(1)
    return measure_activity(
        {"table": table, "float": network(2, floats=True)}, "table", quant.integer(table), test_split
    )


def test_rates_answers_and_synaptic_events(measured: Activity, test_split: Split) -> None:
    model = network(1).eval()
    assert measured.samples == 512
    # 512 of 700 from all over.
    picked = [x for x, _ in test_split.spread(8, 64)]
    assert sum(x.shape[1] for x in picked) == 512
    trains = torch.cat([quant.spike_trains(model, x)["1"] for x in picked], 1)
    found = measured.layers["table"]["1"]
    np.testing.assert_allclose(found.rates, trains.mean((0, 1)).numpy(), rtol=1e-6)  # float32 means
    assert found.dead == float((trains.sum((0, 1)) == 0).double().mean())
    assert list(measured.layers["table"]) == ["1"]  # the read-out has no spikes
    assert found.rate > 0
    assert measured.confusion.sum() == 700
    assert float(measured.confusion.trace()) / 700 == accuracy(model, test_split)
    assert measured.confusion.sum(1).tolist() == torch.bincount(test_split.labels, minlength=3).tolist()
    x, _ = next(test_split.spread(1, 64))
    assert measured.ran == 64
    assert measured.synaptic == quant.synaptic_events(quant.integer(model), x.numpy().astype(np.uint8))
    assert measured.synaptic["0"].operations > 0


def test_plain_data_for_the_record(measured: Activity) -> None:
    found = measured.as_dict()
    assert set(found) == {"activity", "rate_distance", "confusion", "synaptic_events"}
    one = measured.layers["float"]["1"]
    expected = {"rate": one.rate, "dead": one.dead, "saturated": one.saturated}
    assert found["activity"]["layers"]["float"] == {"1": expected}
    assert found["rate_distance"] == {"table": {"1": measured.distances["table"]["1"]}}
    assert found["synaptic_events"]["samples"] == 64
    assert set(found["synaptic_events"]["layers"]["2"]) == {"events", "synaptic", "nonzero", "operations"}


def test_inputs_that_are_worth_more_than_one_are_counts_again(test_split: Split) -> None:
    """As graded inputs are: a count of 3 stands for 0.75."""
    graded = Split(test_split.spikes * 3, test_split.labels, 0.25)
    torch.manual_seed(1)
    model = nn.Sequential(
        quant.QuantLinear(6, 9, profile=LOIHI, input_step=0.25, largest_input=3),
        quant.LIF(LOIHI, Arctan(), threshold=0.25),
        quant.QuantLinear(9, 3, profile=LOIHI),
        quant.LI(LOIHI),
    )
    found = measure_activity({"table": model}, "table", quant.integer(model), graded)
    assert int(found.shown.events.max()) == 3
    x, _ = next(test_split.spread(1, 64))
    assert found.synaptic["0"].events == int(x.sum()) * 3
    assert found.distances == {}


def of(*rates: float) -> LayerActivity:
    return LayerActivity(np.array(rates), 0.0, 0.0)


def test_distances_are_to_the_float_network_layer_by_layer() -> None:
    floats = {"1": of(0.1, 0.2), "3": of(0.5)}
    layers = {"table": {"0": of(0.2, 0.2), "2": of(0.4)}, "float": floats, "ptq": {"0": of(0.1, 0.2)}}
    found = distances(layers)
    assert set(found) == {"table"}  # the converted one has another number of layers here
    assert found["table"] == {"0": pytest.approx(0.05), "2": pytest.approx(0.1)}
    assert distances({"table": floats}) == {}


def test_samples_that_are_shown_are_of_several_classes(measured: Activity, test_split: Split) -> None:
    shown = measured.shown
    assert shown.labels == (0, 1, 2)
    for place, number in enumerate(shown.numbers):
        assert int(test_split.labels[number]) == place
        assert np.array_equal(shown.events[:, place], test_split.spikes[:, number].numpy())
    scores = network(1).eval()(torch.from_numpy(shown.events).float()).mean(0)
    assert shown.answers == tuple(scores.argmax(1).tolist())


def test_evaluation_is_without_dropout(test_split: Split) -> None:
    model = nn.Sequential(nn.Dropout(0.9), *network(1)).train()
    plain = layer_activity(network(1), test_split.spread(1, 64))["1"].rates
    assert layer_activity(model, test_split.spread(1, 64))["2"].rates.tolist() == plain.tolist()


def test_a_figure_for_each_sample_layer_and_the_answers(measured: Activity) -> None:
    found = activity_figures(measured, {"table": "table gradient", "float": "float network"})
    assert len(found["samples"]) == 3
    caption, drawn = found["samples"][1]
    number, answer = measured.shown.numbers[1], measured.shown.answers[1]
    assert caption == f"test sample {number}, class 1, answered {answer}"
    for text in ("input", "1: spikes", "1: membranes", "3: membranes"):
        assert f">{text}</text>" in drawn
    ((layer, rates),) = found["rates"]
    assert layer == "1"
    assert ">table gradient</text>" in rates
    assert ">float network</text>" in rates
    ((_, confusion),) = found["confusion"]
    for count in measured.confusion.flatten().tolist():
        assert not count or f">{count}</text>" in confusion


def test_a_float_network_alone_has_no_integers_to_be_shown(test_split: Split) -> None:
    found = measure_activity({"float": network(2, floats=True)}, "float", None, test_split)
    assert "synaptic_events" not in found.as_dict()
    assert activity_figures(found, {"float": "float network"})["samples"] == []


def axes() -> Any:
    from matplotlib.figure import Figure

    return Figure().subplots()


def test_cosines_of_0_999_and_0_9999_are_apart() -> None:
    drawn = axes()
    draw_nearness(drawn, {"a": [0.999, 0.9985], "b": [0.9999, 1.0]}, "1 − cosine similarity")
    low, high = drawn.get_ylim()
    assert drawn.get_yscale() == "log"
    assert (low, high) == (pytest.approx(1e-8), pytest.approx(1e-2))

    def place(value: float) -> float:
        return float(np.log(value / low) / np.log(high / low))

    assert place(lacking(0.999)) - place(lacking(0.9999)) > 0.15
    values = [value for line in drawn.get_lines() for value in line.get_ydata()]
    for cosine in (0.999, 0.9985, 0.9999):
        assert any(value == pytest.approx(1 - cosine) for value in values)
    over = axes()
    draw_nearness_over_time(over, [[0.99, None], [0.999, 1.0]], ["a", "b"])
    first, second = over.get_lines()
    np.testing.assert_allclose(first.get_ydata(), [0.01, 0.001])
    np.testing.assert_allclose(second.get_ydata(), [np.nan, 1e-8])
    assert over.get_yscale() == "log"


def test_ratios_are_drawn_in_the_range_where_they_differ() -> None:
    drawn = axes()
    draw_batches(drawn, {"a": [0.998, 1.001], "b": [1.002]}, "norm ratio")
    low, high = drawn.get_ylim()
    assert 0.99 < low < 0.998
    assert 1.002 < high < 1.01
    assert [text.get_text() for text in drawn.get_xticklabels()] == ["a", "b"]
    means = [line.get_ydata()[0] for line in drawn.get_lines() if len(set(line.get_xdata())) == 2]
    assert means == [pytest.approx(0.9995), pytest.approx(1.002)]
