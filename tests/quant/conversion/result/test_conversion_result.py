"""What a conversion says of itself: numbers that are counted again here, a table, a frame, figures, a page."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from float_networks import LOIHI, SPIKE, events, seeded
from torch import Tensor, nn

from spikelut import quant, training
from spikelut.quant import Conversion, ConversionStep


@pytest.fixture(scope="module")
def floats() -> nn.Sequential:
    """Recurrent neurons, spiking ones, one of which always spikes and one never, and a read-out."""
    hidden = quant.FloatRecurrent(quant.FloatLIF(SPIKE, beta=0.9, reset="zero"), 10)
    layers = seeded(nn.Linear(12, 10), 0.4, 1), seeded(hidden, 0.3, 2), seeded(nn.Linear(10, 6), 0.4, 3)
    last = seeded(nn.Linear(6, 3), 0.4, 4)
    spiking = quant.FloatLIF(SPIKE, beta=0.8, reset="zero")
    model = nn.Sequential(*layers, spiking, last, quant.FloatLIF(None, beta=0.9))
    with torch.no_grad():
        layers[2].weight[0], layers[2].bias[0] = 0.0, 1.5
        layers[2].weight[1], layers[2].bias[1] = -0.1, 0.0
        layers[2].bias[2:] = 0.4  # spikes now and then, in every sample
    return model.eval()


@pytest.fixture(scope="module")
def x() -> Tensor:
    return events(15, 16, 12)


@pytest.fixture(scope="module")
def found(floats: nn.Sequential, x: Tensor) -> Conversion:
    return quant.convert(floats, LOIHI, x, weight_bits={"0": 3, "1": 2, "2": 4, "4": 8})


def test_what_differs_is_counted(found: Conversion, floats: nn.Sequential, x: Tensor) -> None:
    with torch.no_grad():
        before, after = floats[:4](x), found.model[:4](x)
    layer = found.layers[1]
    differs = (before != after).flatten(2).any(2)
    assert layer.spikes_compared == before.numel()
    assert layer.spikes_different == int((before != after).sum()) > 20
    assert layer.spikes == (int(before.sum()), int(after.sum()))
    assert min(layer.spikes) > 100
    step = int(differs.any(1).nonzero()[0])
    assert (layer.first_difference, layer.first_sample) == (step, int(differs[step].nonzero()[0]))
    samples = {r.first_sample for r in found.layers}
    assert samples - {0, None}  # one at least is not the first of all
    rates = [spikes.double().mean((0, 1)).numpy() for spikes in (before, after)]
    assert np.allclose(found.rates["3"], rates, rtol=0, atol=1e-12)  # two ways of dividing by the steps
    assert layer.rate_distance == pytest.approx(training.rate_distance(*rates), abs=1e-12)
    assert layer.rate_distance > 0
    assert [layer.dead_before, layer.dead] == [float((rate == 0).mean()) for rate in rates]
    assert [layer.busy_before, layer.busy] == [float((rate == 1).mean()) for rate in rates]
    assert 0 < layer.dead_before < 1
    assert 0 < layer.busy_before < float((before.amax(0).amin(0) == 1).double().mean())
    read_out = found.layers[2]
    assert (read_out.spikes_compared, read_out.spikes, read_out.rate_distance) == (0, (0, 0), 0.0)
    assert "5" not in found.rates


def test_recurrent_weights_are_among_the_errors(found: Conversion, floats: nn.Sequential) -> None:
    layer, model = found.layers[0], found.model
    assert layer.bits == (3, 2)
    hidden: Any = floats[1]
    linear: Any = floats[0]
    wanted = [linear.weight.double() * layer.scale, hidden.linear.weight.double() * layer.scale]
    made = [model[0].quant_weight().value.double(), model[1].linear.quant_weight().value.double()]
    wrong = sum(float((a - b).detach().square().sum()) for a, b in zip(made, wanted, strict=True))
    whole = sum(float(a.detach().square().sum()) for a in wanted)
    assert layer.weight_error == pytest.approx((wrong / whole) ** 0.5, rel=1e-6)  # weights are float32
    alone = float((made[0] - wanted[0]).detach().square().sum() / wanted[0].detach().square().sum()) ** 0.5
    assert layer.weight_error > 1.2 * alone


def test_the_table_says_it_all(found: Conversion) -> None:
    text, layer = str(found), found.layers[1]
    assert f"{layer.differing:.2%} ({layer.spikes_different:,} of {layer.spikes_compared:,})" in text
    assert f"{layer.rate_distance:.3g}" in text
    assert f"{layer.first_difference}, {layer.first_sample}" in text
    assert f"{found.layers[2].membrane_error:.2%} of membranes" in text
    rows = found.rows()
    assert [row["neurons"] for row in rows] == ["1", "3", "5"]
    assert rows[0]["beta_before"], rows[0]["beta"] == found.layers[0].beta
    assert rows[2]["threshold"] is rows[2]["threshold_before"] is None
    assert "3 + 2" in text


def test_steps_that_were_taken_are_told(found: Conversion) -> None:
    assert "step" not in str(found).splitlines()[-2]
    more = ConversionStep("spikes", "3", 0.25, 0.125, 1.5, ("<b>up</b>",)), ConversionStep("all", "", 0.5, 0.25, 2.0)
    steps = (ConversionStep("nearest", "3", 0.0, 0.25, 0.5), *more)
    lines = str(replace(found, steps=steps)).splitlines()
    assert "3: nearest 25.00% -> spikes 12.50% differ" in lines
    assert "all: all 25.00% differ" in lines
    assert "3 steps in 4 s" in lines


def test_the_page_stands_alone(found: Conversion, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    pytest.importorskip("matplotlib")
    step = ConversionStep("spikes", "3", 0.25, 0.125, 1.5, ("<b>up</b>",))
    replace(found, steps=(*found.steps, step)).to_html(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "<b>up</b>" not in page
    assert "spikes, 3: &lt;b&gt;up&lt;/b&gt;" in page
    for layer in found.layers[:2]:
        assert f"{layer.spikes_different:,} of {layer.spikes_compared:,}" in page
    assert 'src="http' not in page
    figure = found.plot()
    left, right = figure.axes
    assert [np.size(line.get_xdata()) for line in right.lines] == [10, 6, 2]
    assert len(left.lines) == 3


def test_a_frame_has_a_row_for_each_layer(found: Conversion, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", type("Pandas", (), {"DataFrame": list}))
    frame: Any = found.to_frame()
    assert frame == found.rows()
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ModuleNotFoundError, match=r"^Conversion.to_frame: pandas is needed; run: pip install pandas$"):
        found.to_frame()
