"""Bounds of firing rates: their formula, their gradient through every spiking layer, and hooks that leave nothing."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant, training
from spikelut.surrogates import Arctan
from spikelut.training import FiringRate, recorded_spikes

CURVE = Arctan(alpha=2.0)
LOIHI, RECKON, XYLO, ODIN = (hw_profiles.load(name) for name in ("loihi2", "reckon", "xylo", "odin"))
WIDTH = 5


def table(profile: hw_profiles.Profile) -> quant.LUTSurrogate:
    return quant.LUTSurrogate(CURVE, profile)


LAYERS: dict[str, Callable[[], nn.Module]] = {
    "LIF": lambda: quant.LIF(LOIHI, CURVE),
    "LIF with a table": lambda: quant.LIF(RECKON, table(RECKON)),
    "LIF with learned values": lambda: quant.LIF(LOIHI, CURVE, learn_beta=True, learn_threshold=True),
    "LIF with a refractory period": lambda: quant.LIF(LOIHI, CURVE, refractory=2),
    "IF": lambda: quant.IF(LOIHI, CURVE),
    "CubaLIF": lambda: quant.CubaLIF(LOIHI, CURVE),
    "CubaLIF with several spikes": lambda: quant.CubaLIF(XYLO, table(XYLO)),
    "AdaptiveLIF": lambda: quant.AdaptiveLIF(LOIHI, CURVE),
    "Recurrent": lambda: quant.Recurrent(quant.LIF(LOIHI, CURVE), WIDTH),
    "EventLIF": lambda: quant.EventLIF(WIDTH, WIDTH, profile=RECKON, surrogate=CURVE),
    "EventLIF, event after event": lambda: quant.EventLIF(WIDTH, WIDTH, profile=ODIN, surrogate=CURVE, beta=29 / 32),
    "EventConv2d": lambda: quant.EventConv2d(1, 2, 3, profile=RECKON, surrogate=CURVE),
    "FloatLIF": lambda: quant.FloatLIF(CURVE),
    "FloatLIF with several spikes": lambda: quant.FloatLIF(CURVE, max_spikes=4),
    "FloatAdaptiveLIF": lambda: quant.FloatAdaptiveLIF(CURVE),
    "FloatRecurrent": lambda: quant.FloatRecurrent(quant.FloatLIF(CURVE), WIDTH),
}


def inputs(layer: nn.Module) -> Tensor:
    """What makes some neurons spike often and others seldom: events, or currents."""
    generator = torch.Generator().manual_seed(4)
    if isinstance(layer, quant.EventConv2d):
        return (torch.rand(7, 3, 1, WIDTH, WIDTH, generator=generator) < 0.5).float()
    if isinstance(layer, quant.EventLIF):
        return (torch.rand(7, 3, WIDTH, generator=generator) < 0.5).float()
    return torch.rand(7, 3, WIDTH, generator=generator) * torch.linspace(0.1, 1.5, WIDTH)


class Driven(nn.Module):
    """A layer whose input comes through a factor, which is what is trained; events are not scaled."""

    def __init__(self, layer: nn.Module) -> None:
        super().__init__()
        self.layer, self.gain = layer, nn.Parameter(torch.ones(()))
        if isinstance(layer, quant.EventLIF | quant.EventConv2d):
            with torch.no_grad():
                layer.weights.weight.uniform_(0, 0.8, generator=torch.Generator().manual_seed(3))

    def forward(self, x: Tensor) -> Any:
        return self.layer(x if isinstance(self.layer, quant.EventLIF | quant.EventConv2d) else x * self.gain)


@pytest.mark.parametrize("name", LAYERS)
@pytest.mark.parametrize("per", ["neuron", "layer"])
def test_the_gradient_through_every_spiking_layer(name: str, per: Any) -> None:
    """It is what the layer's own backward makes of the derivative by each spike, which is written out here."""
    torch.manual_seed(0)
    model = Driven(LAYERS[name]())
    x = inputs(model.layer)
    mask = torch.arange(7)[:, None] < torch.tensor([7, 4, 6])
    plain = model(x).detach()
    rates = (plain * mask.reshape(7, 3, *[1] * (plain.ndim - 2))).sum((0, 1)).flatten() / 17
    lower, upper = (float(q) for q in torch.quantile(rates, torch.tensor([0.4, 0.6])))
    lower, upper = (lower + 0.03, upper + 0.06) if per == "neuron" else (float(rates.mean()) + 0.05, 9.0)
    regularizer = FiringRate(lower=lower, upper=upper, p=2, weight=3.0, per=per)
    with recorded_spikes(model) as spikes:
        out = model(x)
    assert list(spikes) == ["layer"]
    assert spikes["layer"] is out
    assert not any(module._forward_hooks for module in model.modules())
    found = regularizer(spikes, mask)
    wanted = [p for p in model.parameters() if p.requires_grad]
    got = torch.autograd.grad(found, wanted, allow_unused=True)

    # d/ds of 3 * mean over n of (rate - upper)**2 or (lower - rate)**2, where rate = mean of s over 17 steps
    of = rates if per == "neuron" else rates.mean().expand(len(rates))
    slope = 3 * 2 * ((of - upper).clamp(min=0) - (lower - of).clamp(min=0)) / len(rates) / 17
    assert slope.count_nonzero() > 0
    upstream = slope.reshape(plain.shape[2:]) * mask.reshape(7, 3, *[1] * (plain.ndim - 2))
    expected = torch.autograd.grad(model(x), wanted, grad_outputs=upstream, allow_unused=True)
    assert any(g is not None and g.count_nonzero() > 0 for g in got)
    for a, b in zip(got, expected, strict=True):
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-7)  # sums of some hundred float32


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("per", ["neuron", "layer"])
def test_the_gradient_is_that_of_finite_differences(p: int, per: Any) -> None:
    torch.manual_seed(2)
    spikes = torch.rand(4, 2, 3, 2, dtype=torch.float64, requires_grad=True)
    mask = torch.tensor([[1, 1], [1, 0], [1, 1], [0, 1]], dtype=torch.bool)
    kept = FiringRate(lower=0.47, upper=0.49, p=p, weight=0.5, per=per)
    assert torch.autograd.gradcheck(lambda x: kept({"a": x, "b": x[:, :, :1] / 2}, mask), (spikes,))


def test_the_formula_by_hand() -> None:
    spikes = {"a": torch.tensor([[[1.0, 0.0, 1.0]], [[1.0, 0.0, 0.0]]]), "b": torch.ones(2, 1, 1)}
    assert float(FiringRate(upper=0.5)(spikes)) == pytest.approx(0.5 / 3 + 0.5)
    assert float(FiringRate(lower=0.25)(spikes)) == pytest.approx(0.25 / 3)
    assert float(FiringRate(lower=0.25, p=2, weight=4)(spikes)) == pytest.approx(4 * 0.25**2 / 3)
    assert float(FiringRate(lower=0.75, upper=0.75, per="layer")(spikes)) == pytest.approx(0.25 + 0.25)
    assert float(FiringRate(upper=0.5, layers=("b",))(spikes)) == pytest.approx(0.5)
    mask = torch.tensor([[True], [False]])
    assert float(FiringRate(upper=0.5)(spikes, mask)) == pytest.approx(2 * 0.5 / 3 + 0.5)


def test_padded_steps_count_for_nothing() -> None:
    spikes = (torch.rand(5, 3, 4) < 0.5).float()
    mask = torch.arange(5)[:, None] < torch.tensor([5, 1, 3])
    kept = FiringRate(lower=0.45, upper=0.55)
    found = []
    for filling in (0.0, 1.0, float("nan"), float("inf")):
        padded = torch.where(mask[..., None], spikes, filling).requires_grad_()
        value = kept({"1": padded}, mask)
        found.append((value.detach(), *torch.autograd.grad(value, padded)))
    for value, gradient in found[1:]:
        assert torch.equal(value, found[0][0])
        assert torch.equal(gradient, found[0][1])
    assert found[0][1][mask].count_nonzero() > 0
    assert found[0][1][~mask].count_nonzero() == 0


@pytest.mark.parametrize("per", ["neuron", "layer"])
def test_it_brings_rates_into_their_bounds(per: Any) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 6), quant.FloatLIF(CURVE), nn.Linear(6, 4), quant.FloatLIF(CURVE))
    x, kept = (torch.rand(20, 16, 8) < 0.3).float(), FiringRate(lower=0.2, upper=0.3, per=per)
    adam = torch.optim.Adam(model.parameters(), lr=0.02)
    values = []
    for _ in range(60):
        with recorded_spikes(model) as spikes:
            model(x)
        values.append(kept(spikes))
        adam.zero_grad()
        torch.autograd.backward(values[-1])
        adam.step()
    assert values[0] > 0.05
    assert values[-1] < 0.01


class Loop(nn.Module):
    """A layer called with one step after the other, then twice with sequences, and one by its method."""

    def __init__(self, method: bool = False) -> None:
        super().__init__()
        self.stepped, self.shared = quant.FloatLIF(CURVE), quant.FloatLIF(CURVE, beta=0.5)
        self.alias, self.method = self.shared, method
        self.read_out = quant.FloatLIF(None)
        self.other = quant.LIF(LOIHI, CURVE) if method else None

    def forward(self, x: Tensor) -> Tensor:
        x = torch.cat([self.stepped(step[None]) for step in x])
        x = self.shared(x) + self.shared(x * 2) + self.shared(x * 3)
        if self.other is not None:
            x = self.other.sequence(x).out
        out: Tensor = self.read_out(x)
        return out


def test_layers_that_are_called_more_than_once() -> None:
    x = torch.rand(6, 2, 3) * 2
    with recorded_spikes(model := Loop()) as spikes:
        model(x)
        assert spikes == {}
    # The second name of the shared layer has its second call, and the third.
    assert list(spikes) == ["stepped", "shared", "alias", "alias#2"]
    assert [len(train) for train in spikes.values()] == [6] * 4
    assert not torch.equal(spikes["alias"], spikes["alias#2"])


def test_layers_whose_spikes_do_not_come_are_named() -> None:
    message = r"recorded_spikes: layers must be called as modules, layer\(x\), for their spikes, got \['other'\]"
    model = Loop(method=True)
    with pytest.raises(ValueError, match=message), recorded_spikes(model):
        model(torch.rand(6, 2, 3))
    assert not any(module._forward_hooks for module in model.modules())
    with recorded_spikes(model, strict=False) as spikes:
        model(torch.rand(6, 2, 3))
    assert list(spikes) == ["stepped", "shared", "alias", "alias#2"]


def test_fit_takes_models_whose_layers_are_called_by_their_methods() -> None:
    """It looks for silent layers at the end: among those whose spikes it sees."""
    data = training.SpikeDataset(torch.randint(0, 2, (8, 6, 3)), torch.arange(8) % 3)
    model = nn.Sequential(nn.Linear(3, 3), Loop(method=True))
    assert len(training.fit(model, data, epochs=1).history) == 1
    message = "recorded_spikes: layers must be called as modules"
    with pytest.raises(ValueError, match=message):
        training.fit(model, data, epochs=1, regularizers=[FiringRate(upper=0.1)])


def test_nothing_is_left_of_a_pass_that_fails() -> None:
    model = nn.Sequential(nn.Linear(4, 3), quant.FloatLIF(CURVE), nn.Linear(7, 2))
    with pytest.raises(RuntimeError, match="shapes cannot be multiplied"), recorded_spikes(model):
        model(torch.rand(5, 2, 4))
    assert not any(module._forward_hooks for module in model.modules())


def test_read_outs_and_graded_layers_have_no_rates() -> None:
    model = nn.Sequential(
        quant.Delta(LOIHI, threshold=0.25),
        quant.QuantLinear(3, 4, profile=LOIHI, input_step=2**-6, graded_input=True),
        quant.LIF(LOIHI, CURVE),
        quant.QuantLinear(4, 2, profile=LOIHI),
        quant.LI(LOIHI),
    )
    with recorded_spikes(model) as spikes:
        model(torch.ones(5, 2, 3))
    assert list(spikes) == ["2"]


def test_event_layers_are_layers_of_neurons() -> None:
    layer = quant.EventLIF(WIDTH, WIDTH, profile=RECKON, surrogate=CURVE)
    x = (torch.rand(6, 2, WIDTH) < 0.5).float()
    trains = quant.spike_trains(nn.Sequential(layer), x)
    assert list(trains) == ["0"]
    assert torch.equal(trains["0"], layer(x))


SPIKES = {"1": torch.zeros(4, 2, 3)}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: FiringRate(), "FiringRate: lower or upper must be given, got None"),
        (lambda: FiringRate(lower=-1), "FiringRate: lower must be >= 0, got -1"),
        (lambda: FiringRate(upper=float("nan")), "FiringRate: upper must be >= 0, got nan"),
        (lambda: FiringRate(lower=0.5, upper=0.1), "FiringRate: lower must be at most upper"),
        (lambda: FiringRate(upper=1, p=3), "FiringRate: p must be an integer in 1..2, got 3"),
        (lambda: FiringRate(upper=1, weight=0), "FiringRate: weight must be > 0, got 0"),
        (lambda: FiringRate(upper=1, per="channel"), "FiringRate: per must be one of neuron, layer"),  # type: ignore[arg-type]
        (lambda: FiringRate(upper=1, layers=()), "FiringRate: layers must be names of layers, or None"),
        (lambda: FiringRate(upper=1)({}), "FiringRate: spikes must be those of a layer or more"),
        (lambda: FiringRate(upper=1, layers=("2",))(SPIKES), r"FiringRate: layers must be among 1, got \['2'\]"),
        (lambda: FiringRate(upper=1)({"1": torch.zeros(4)}), r"FiringRate: layer '1': spikes must be floats"),
        (
            lambda: FiringRate(upper=1)(SPIKES, torch.ones(2, 4, dtype=torch.bool)),
            r"FiringRate: layer '1': mask must be \[4, 2\], as \[T, B\] are, got \[2, 4\]",
        ),
    ],
)
def test_what_is_wrong_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


def test_a_function_is_a_regularizer() -> None:
    regularizer: training.Regularizer = lambda spikes, mask: sum(s.sum() for s in spikes.values())  # noqa: E731
    assert float(regularizer({"1": torch.ones(4, 2, 3)}, None)) == 24
