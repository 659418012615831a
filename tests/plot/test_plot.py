"""The figures: what is drawn is what was given, of arrays, tensors, layers and networks."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

import spikelut.plot
from spikelut import hw_profiles, quant, training
from spikelut.surrogates import Arctan

pytest.importorskip("matplotlib", reason="figures need matplotlib")

LOIHI = hw_profiles.load("loihi2")
plot: Any = spikelut.plot  # what is drawn is asked for in more ways than matplotlib's types know


@pytest.fixture(autouse=True)
def closed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def dots(axes: Any) -> dict[tuple[int, int], float]:
    """The size of each dot by step and neuron."""
    (drawn,) = axes.collections
    places = np.asarray(drawn.get_offsets()).astype(int)
    sizes = np.broadcast_to(drawn.get_sizes(), len(places))
    return {(int(t), int(n)): float(s) for (t, n), s in zip(places, sizes, strict=True)}


def spikes(*shape: int, share: float = 0.3) -> torch.Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(1)) < share).float()


@pytest.mark.parametrize(
    "form",
    [
        lambda x: x,
        lambda x: x.bool(),
        lambda x: x.bfloat16().requires_grad_(),
        lambda x: x.numpy().astype(np.uint8),
        lambda x: (
            quant.LIF(LOIHI, Arctan()).sequence(x)._replace(out=x)
        ),  # what a layer gives, of which spikes are first
    ],
    ids=["tensor", "bool", "half precision with gradients", "array", "layer's output"],
)
def test_a_dot_for_each_spike_of_the_sample(form: Callable[[Any], Any]) -> None:
    x = spikes(9, 3, 2, 4)
    axes = plot.raster(form(x), sample=2, title="a $title$")
    assert set(dots(axes)) == {tuple(place) for place in x[:, 2].reshape(9, 8).nonzero().tolist()}
    assert len(dots(axes)) > 10
    assert (axes.get_xlim(), axes.get_ylim()) == ((-0.5, 8.5), (-0.5, 7.5))
    assert axes.get_title() == r"a \$title\$"
    alone = plot.raster(x[:, 2].reshape(9, 8), sample=None)
    assert dots(alone) == dots(axes)


def test_graded_spikes_have_dots_by_size_and_sign() -> None:
    x = torch.tensor([[[1.0, -4.0, 0.0, 2.0]]])
    axes = plot.raster(x)
    found = dots(axes)
    assert set(found) == {(0, 0), (0, 1), (0, 3)}
    assert found[0, 1] == pytest.approx(2 * found[0, 0])
    assert found[0, 0] < found[0, 3] < found[0, 1]
    red, blue = (np.asarray(axes.collections[0].get_facecolors()[k]) for k in (1, 0))
    assert red[0] > red[2]
    assert blue[0] < blue[2]


def test_many_spikes_become_a_picture() -> None:
    few, many = plot.raster(spikes(20, 1, 50)), plot.raster(spikes(100, 1, 200))
    assert [axes.collections[0].get_rasterized() for axes in (few, many)] == [False, True]


def test_layers_one_below_the_other() -> None:
    layers: dict[str, Any] = {"1": spikes(6, 2, 5), "3": spikes(6, 2, 3).numpy()}
    figure = plot.rasters(layers, sample=1)
    assert [axes.get_title() for axes in figure.axes] == ["1", "3"]
    for axes, given in zip(figure.axes, layers.values(), strict=True):
        assert len(dots(axes)) == int(given[:, 1].sum()) > 0
    assert [axes.get_xlabel() for axes in figure.axes] == ["", "step"]


def lines(axes: Any) -> dict[str, Any]:
    return {line.get_label(): line for line in axes.get_lines() if not line.get_label().startswith("_")}


def test_membranes_thresholds_and_where_they_spiked() -> None:
    mem, fired = torch.randn(12, 2, 6), spikes(12, 2, 6)
    axes = plot.membranes(mem, threshold=0.75, spikes=fired, sample=1, neurons=[4, 0])
    drawn = lines(axes)
    assert list(drawn) == ["neuron 4", "neuron 0", "threshold"]
    np.testing.assert_array_equal(drawn["neuron 4"].get_ydata(), mem[:, 1, 4].double().numpy())
    assert set(np.asarray(drawn["threshold"].get_ydata())) == {0.75}
    marks = [line for line in axes.get_lines() if line.get_marker() == "|"]
    assert [mark.get_xdata().tolist() for mark in marks] == [
        fired[:, 1, n].nonzero().flatten().tolist() for n in (4, 0)
    ]
    assert all(set(mark.get_ydata()) == {0.75} and len(mark.get_xdata()) > 1 for mark in marks)


def test_thresholds_of_neurons_and_of_steps() -> None:
    mem, fired = np.zeros((4, 1, 3)), np.ones((4, 1, 3))
    each = plot.membranes(mem, threshold=[1.0, 2.0, 3.0], neurons=[1, 2])
    assert set(lines(each)["threshold of 2"].get_ydata()) == {3.0}
    moving = np.arange(12.0).reshape(4, 3)
    axes = plot.membranes(mem, threshold=moving, spikes=fired, neurons=[1])
    assert lines(axes)["threshold of 1"].get_ydata().tolist() == [1, 4, 7, 10]
    (mark,) = [line for line in axes.get_lines() if line.get_marker() == "|"]
    assert mark.get_ydata().tolist() == [1, 4, 7, 10]


def test_the_neurons_that_spike_most_then_those_that_rise_highest() -> None:
    mem, fired = np.zeros((5, 1, 7)), np.zeros((5, 1, 7))
    mem[2, 0] = [0, 9, 1, 2, 8, 3, 0]
    fired[:3, 0, 6], fired[0, 0, 0] = 1, 1
    assert list(lines(plot.membranes(mem, spikes=fired))) == [f"neuron {n}" for n in (0, 1, 4, 6)]
    assert list(lines(plot.membranes(mem))) == [f"neuron {n}" for n in (1, 3, 4, 5)]


def test_rates_share_their_bins() -> None:
    rates = {"float": np.array([0.0, 0.1, 0.1, 1.2]), "4 bits": torch.tensor([0.05, 0.4])}
    axes = plot.firing_rates(rates, title="layer 1")
    steps = [patch.get_data() for patch in axes.patches]
    assert [int(step.values.sum()) for step in steps] == [4, 4, 2, 2]  # filled, then a line, of each
    for step in steps:
        assert (step.edges[0], step.edges[-1]) == (0, 1.2)
    assert steps[0].values[0] == 1
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["float", "4 bits"]
    measured = training.FiringRates()
    measured.update({"1": spikes(5, 4, 3)})
    one = plot.firing_rates(measured.compute()["1"])
    assert one.patches[0].get_data().values.sum() == 3
    assert one.get_legend() is None
    assert plot.firing_rates(np.zeros(4)).patches[0].get_data().values[0] == 4


def test_confusion_counts_and_shares() -> None:
    matrix = training.ConfusionMatrix()
    matrix.update(torch.tensor([[2.0, 1], [0, 1], [3, 0], [0, 3], [4, 3]]), torch.tensor([0, 1, 1, 1, 1]))
    axes = plot.confusion(matrix.compute(), names=["cat", "dog"])
    texts = {tuple(map(int, text.get_position())): text.get_text() for text in axes.texts}
    assert texts == {(0, 0): "1", (0, 1): "2", (1, 1): "2"}  # at column, row
    alpha = np.asarray(axes.images[0].get_array())[..., 3]
    np.testing.assert_allclose(alpha, np.array([[0.6, 0], [0.6 * 0.5**0.5, 0.6 * 0.5**0.5]]), atol=1 / 255)
    assert [text.get_text() for text in axes.get_xticklabels()] == ["cat", "dog"]
    assert not plot.confusion(np.eye(30, dtype=int)).texts


def deployed(*layers: nn.Module) -> quant.IntegerNetwork:
    torch.manual_seed(0)
    return quant.integer(nn.Sequential(*layers))


def test_a_network_in_real_units_on_one_sample() -> None:
    network = deployed(
        quant.QuantLinear(6, 9, profile=LOIHI),
        quant.LIF(LOIHI, Arctan(), threshold=0.25),
        quant.QuantLinear(9, 3, profile=LOIHI),
        quant.LI(LOIHI),
    )
    x = spikes(12, 3, 6, share=0.6)
    figure = plot.network(network, x, sample=2)
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert [axes.get_title() for axes in shown] == ["input", "1: spikes", "1: membranes", "3: membranes"]
    found = network.run(x.numpy())
    assert len(dots(shown[0])) == int(x[:, 2].sum())
    assert len(dots(shown[1])) == int(found["1"][:, 2].sum()) > 0
    assert set(np.asarray(lines(shown[2])["threshold"].get_ydata())) == {0.25}
    names = lines(shown[3])
    assert list(names) == ["neuron 0", "neuron 1", "neuron 2"]
    np.testing.assert_allclose(names["neuron 1"].get_ydata(), found["3"][:, 2, 1] * LOIHI.state_step)
    by_name = plot.network(network, {"input": x.numpy()}, sample=2)
    assert dots(by_name.axes[0]) == dots(shown[0])


def test_thresholds_that_adapt_and_of_channels() -> None:
    adaptive = deployed(quant.QuantLinear(6, 4, profile=LOIHI), quant.AdaptiveLIF(LOIHI, Arctan(), threshold=0.1))
    axes = plot.network(adaptive, spikes(20, 1, 6, share=0.7)).axes[3]
    rising = [line.get_ydata() for name, line in lines(axes).items() if name.startswith("threshold of")]
    assert any(np.ptp(line) > 0 for line in rising)
    assert all(line.min() >= 0.1 - 2**-12 for line in rising)
    thresholds = [0.25, 0.5]
    channels = deployed(
        quant.QuantConv2d(1, 2, 3, profile=LOIHI), quant.LIF(LOIHI, Arctan(), threshold=torch.tensor(thresholds))
    )
    axes = plot.network(channels, spikes(5, 1, 1, 4, 4)).axes[3]
    by_neuron = {int(name.split()[-1]): line.get_ydata()[0] for name, line in lines(axes).items() if "of" in name}
    assert by_neuron
    assert all(level == thresholds[n // 4] for n, level in by_neuron.items())  # 2 x 2 neurons a channel


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: plot.raster(torch.zeros(4)), r"raster: it must be numbers \[T, B, ...\]"),
        (lambda: plot.raster(torch.zeros(4, 2, 3), sample=2), "raster: sample must be an integer in 0..1, got 2"),
        (lambda: plot.raster(np.array(["a"]), sample=None), "raster: it must be numbers"),
        (lambda: plot.rasters({}), "rasters: layers must be what layers give, by name"),
        (lambda: plot.rasters(torch.zeros(3, 1, 2)), "rasters: layers must be what layers give"),
        (lambda: plot.membranes(torch.zeros(4, 1, 3), neurons=[3]), r"membranes: neurons must be in 0..2, got \[3\]"),
        (lambda: plot.membranes(torch.zeros(4, 1, 3), neurons=[]), "membranes: neurons must be in 0..2"),
        (lambda: plot.membranes(torch.zeros(4, 1, 3), threshold=[1.0, 2]), r"threshold must be a number, \[3\] or"),
        (lambda: plot.membranes(torch.zeros(4, 1, 3), spikes=torch.zeros(4, 1, 2)), "spikes must be as many"),
        (lambda: plot.firing_rates([-0.5]), r"firing_rates: rates must be numbers \[N\], 0 or more"),
        (lambda: plot.firing_rates({"a": [0.5], "b": [[0.5]]}), "firing_rates: rates of b must be numbers"),
        (lambda: plot.firing_rates({}), "firing_rates: there must be rates"),
        (lambda: plot.confusion([[1, 2]]), r"confusion: matrix must be counts \[K, K\]"),
        (lambda: plot.confusion([[0.5]]), r"confusion: matrix must be counts \[K, K\]"),
        (lambda: plot.confusion([[1, 2], [3, 4]], names=["a"]), "confusion: names must be those of 2 classes"),
        (
            lambda: plot.network(
                deployed(quant.QuantLinear(2, 1, profile=LOIHI), quant.LI(LOIHI)), spikes(3, 2, 2), sample=2
            ),
            "network: sample must be an integer in 0..1",
        ),
    ],
)
def test_what_is_wrong_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()
