"""The figure of the surrogates."""

import pytest

from spikelut import surrogates
from spikelut.surrogates import Arctan, Surrogate

pytest.importorskip("matplotlib", reason="figures need matplotlib")


def test_a_panel_for_each_with_spike_primitive_and_derivative() -> None:
    curves = [cls() for cls in surrogates.ALL]
    figure = surrogates.plot(*curves)
    panels = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title().split("\n")[0] for axes in panels] == [cls.__name__ for cls in surrogates.ALL]
    for axes, curve in zip(panels, curves, strict=True):
        labels = {line.get_label(): line for line in axes.get_lines()}
        assert set(labels) == {"spike H(x)", "primitive", "derivative"}
        import torch

        x = torch.as_tensor(labels["derivative"].get_xdata())
        assert torch.equal(torch.as_tensor(labels["derivative"].get_ydata()), curve.surrogate_grad(x))


def test_a_curve_without_a_primitive_is_drawn_without() -> None:
    class Flat(Surrogate):
        def surrogate_grad(self, x):  # type: ignore[no-untyped-def]
            return x * 0 + 1

    lines = surrogates.plot(Flat(), low=-1, high=2).axes[0].get_lines()
    assert [line.get_label() for line in lines] == ["spike H(x)", "derivative"]


def test_wrong_input() -> None:
    with pytest.raises(ValueError, match="plot: give one surrogate or more"):
        surrogates.plot()
    with pytest.raises(ValueError, match="plot: low must be below high"):
        surrogates.plot(Arctan(), low=1, high=1)
