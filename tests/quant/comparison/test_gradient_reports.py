"""Comparisons of gradients as plain data, frames and figures; wrong input."""

import json
import math
import sys
from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
import torch
from gradient_networks import batches, linear, loss, sequential
from torch import Tensor, nn

from spikelut import quant
from spikelut.quant.comparison.gradient_measures import MEASURES
from spikelut.quant.comparison.gradients import compare_gradients
from spikelut.quant.comparison.swap_slopes import shifted, shifted_surrogate
from spikelut.surrogates import Surrogate


def frozen() -> nn.Module:
    return linear().requires_grad_(False)


DATA = batches(5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: compare_gradients(nn.Linear(2, 2), DATA, loss), "model must hold a LUTSurrogate, got 'Linear'"),
        (lambda: compare_gradients(frozen(), DATA, loss), "model must have parameters that want a gradient"),
        (lambda: compare_gradients(linear(), [], loss), "batches must not be empty, got 'none'"),
        (
            lambda: compare_gradients(linear(), [(DATA[0][0][:, :0], DATA[0][1][:0])], loss),
            r"batch 0 must hold samples, got \(6, 0, 5\)",
        ),
        (lambda: compare_gradients(linear(), DATA, lambda out, y: out), r"loss must give a scalar, got torch.Size"),
        (
            lambda: compare_gradients(linear(), DATA, cast(Any, lambda out, y: 1.0)),
            "loss must give a scalar, got 'float'",
        ),
        (
            lambda: compare_gradients(linear(), DATA, lambda out, y: out.sum() * math.nan),
            "the loss with the table must be finite, got nan",
        ),
        (
            lambda: compare_gradients(linear(), DATA, lambda out, y: out.sum().detach()),
            "loss must depend on the model's weights, got 'a constant'",
        ),
        (
            lambda: compare_gradients(linear(), DATA, lambda out, y: torch.ones((), requires_grad=True) * 2),
            "loss must depend on the model's weights, got 'a loss that does not'",
        ),
        (
            lambda: compare_gradients(linear(), DATA, lambda out, y: (out.sum() - out.sum().detach()).sqrt()),
            r"the gradient of 0\.weight with the table must be finite, got 'NaN or infinity'",
        ),
        (lambda: compare_gradients(linear(), DATA, loss, control=0), "control must not be 0"),
        (lambda: compare_gradients(linear(), DATA, loss, control=256), r"control must be an integer in -255\.\.255"),
        (
            lambda: shifted(cast(Any, linear()[1]).table, cast(Any, 1.5)),
            r"shifted: cells must be an integer in -255\.\.255, got 1\.5",
        ),
    ],
)
def test_wrong_input_is_told(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_wrong_types_are_told() -> None:
    with pytest.raises(TypeError, match=r"model must be a torch\.nn\.Module, got function"):
        compare_gradients(loss, DATA, loss)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="batches must hold pairs of input and target, got Tensor"):
        compare_gradients(linear(), torch.ones(3, 2), loss)


def test_plain_data() -> None:
    model = sequential("reckon")
    found = compare_gradients(model, batches(5), loss, control=1)
    data = json.loads(json.dumps(found.as_dict(), allow_nan=False))
    assert data["cells"] == 1
    assert [layer["layer"] for layer in data["control"]] == [layer.layer for layer in found.layers]
    assert data["layers"][0]["mean"]["cosine"] == pytest.approx(sum(found.layers[0].cosine) / 2, rel=1e-12)
    assert sum(data["tables"][0]["counts"]) == data["tables"][0]["reads"] == 2 * 6 * 4 * 8
    rows = found.rows()
    assert len(rows) == 2 * 2 * len(found.layers)
    assert rows[1] == {
        "gradient": "table",
        "layer": "0",
        "batch": 1,
        "cosine": found.layers[0].cosine[1],
        "norm_ratio": found.layers[0].norm_ratio[1],
        "sign_agreement": found.layers[0].sign_agreement[1],
    }
    none = compare_gradients(model, batches(5), loss, count_reads=False)
    assert (none.tables, none.control, none.cells) == ([], [], None)
    assert none.layers == found.layers


def test_an_infinite_ratio_is_none_in_plain_data() -> None:
    # The curve is zero where this table still holds its last entry.
    model = linear(-100.0)
    model[1] = shifted_surrogate(cast(quant.LUTSurrogate, model[1]), 128)
    cast(quant.LUTSurrogate, model[1]).analytic = Zero()
    found = compare_gradients(model, DATA, loss)
    assert found.layers[0].norm_ratio[0] == math.inf
    assert found.as_dict()["layers"][0]["norm_ratio"][0] is None
    assert found.as_dict()["layers"][0]["mean"]["norm_ratio"] is None


class Zero(Surrogate):
    """No gradient at all."""

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)


def test_a_frame() -> None:
    pandas = pytest.importorskip("pandas")
    found = compare_gradients(sequential("reckon"), batches(5), loss, control=1)
    frame = found.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["gradient", "layer", "batch", *MEASURES]
    assert frame.to_dict("records") == found.rows()


@pytest.mark.parametrize(("package", "method"), [("pandas", "to_frame"), ("matplotlib.axes", "plot")])
def test_packages_that_are_missing_are_named(package: str, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compare_gradients(linear(), DATA, loss)
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules, "spikelut.quant.comparison.gradient_plot", raising=False)
    with pytest.raises(ImportError, match=f"{method}: {package.partition('.')[0]} is needed; run: pip install"):
        getattr(found, method)()


@pytest.mark.parametrize("control", [None, 2])
def test_a_figure(control: int | None) -> None:
    found = compare_gradients(sequential("reckon"), batches(5), loss, control=control)
    figure = found.plot()
    above, below = figure.axes[:3], figure.axes[3:]
    assert len(below) == len(found.tables) == 2
    names = [layer.layer for layer in found.layers]
    for axes, measure in zip(above, MEASURES, strict=True):
        assert [label.get_text() for label in axes.get_xticklabels()] == names
        heights = [bar.get_height() for bar in axes.patches]  # type: ignore[attr-defined]
        assert heights == [layer.mean()[measure] for layer in found.layers + found.control]
    figure.savefig("/dev/null", format="svg")


def test_a_figure_shows_the_lookups_within_the_range() -> None:
    found = compare_gradients(linear(1.0), batches(5), loss)
    (use,) = found.tables
    assert 0.1 < use.clamped < 1
    (shares,) = (patch.get_data().values for patch in found.plot().axes[3].patches)  # type: ignore[attr-defined]
    assert shares == pytest.approx(use.inside[np.argsort(use.entry_x, kind="stable")] / use.reads, abs=1e-15)
