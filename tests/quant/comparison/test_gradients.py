"""Gradients with the table against the analytic curve, in networks: the numbers, the control, what is left behind."""

import copy
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from gradient_networks import Batch, batches, events, loss, sequential
from sample_networks import convolutional
from torch import Tensor, nn
from torch.nn import functional

from spikelut import hw_profiles, quant
from spikelut.quant.comparison.gradient_measures import gradient_measures
from spikelut.quant.comparison.gradients import compare_gradients
from spikelut.quant.comparison.swap_slopes import shifted_surrogate, table_readers
from spikelut.quant.neurons.event_lif import EventLIF
from spikelut.surrogates import Arctan, InvSquareGrad2, Sigmoid, Surrogate


def with_slope(model: nn.Module, slope: Callable[[quant.LUTSurrogate], Any]) -> nn.Module:
    """A copy of `model` built of other slopes."""
    made = copy.deepcopy(model)
    for module in made.modules():
        lut = getattr(module, "surrogate", None)
        if isinstance(lut, quant.LUTSurrogate):
            del module.surrogate
            module.surrogate = slope(lut)
            if isinstance(module, EventLIF):
                module.layer_spec = replace(module.layer_spec, slope=module.surrogate)
    return made


class Formula(Sigmoid):
    """The curve of these networks as torch computes it: a compiled kernel may differ in the last bits."""

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return super().surrogate_grad(x)


def gradients(model: nn.Module, batch: Batch) -> dict[str, Tensor]:
    """Of every parameter, by plain autograd."""
    model.eval()
    names, weights = zip(*model.named_parameters(), strict=True)
    return dict(zip(names, torch.autograd.grad(loss(model(batch[0]), batch[1]), weights), strict=True))


def cosine(a: Tensor, b: Tensor) -> float:
    return float(functional.cosine_similarity(a.double().flatten(), b.double().flatten(), dim=0, eps=0))


NETWORKS = [
    (sequential, "loihi2", (5,)),
    (sequential, "reckon", (5,)),  # segments
    (sequential, "xylo", (5,)),  # synaptic currents
    (sequential, "tflm_int16", (5,)),  # interpolated
    (sequential, "generic8", (5,)),  # two's complement
    (events, "reckon", (5,)),
    (lambda profile: convolutional(hw_profiles.load(profile), False, 0), "loihi2", (2, 6, 8)),
]


@pytest.mark.parametrize(("make", "profile", "shape"), NETWORKS)
def test_the_measures_are_those_of_networks_built_with_either_slope(
    make: Callable[[str], nn.Module], profile: str, shape: tuple[int, ...]
) -> None:
    model = make(profile)
    data = batches(*shape, steps=6 if len(shape) == 1 else 1)
    entries = min(len(place.lut.codes) for place in table_readers(model))
    found = compare_gradients(model, data, loss, control=entries // 4)
    analytic = with_slope(model, lambda lut: Formula(alpha=lut.analytic.alpha))  # type: ignore[attr-defined]
    wrong = with_slope(model, lambda lut: shifted_surrogate(lut, entries // 4))
    compared = 0
    for kind, other in ((found.layers, model), (found.control, wrong)):
        assert [layer.layer for layer in kind] == [n.removesuffix(".weight") for n, _ in model.named_parameters()]
        for number, batch in enumerate(data):
            exact, given = gradients(analytic, batch), gradients(other, batch)
            for layer, name in zip(kind, exact, strict=True):
                a, b = given[name].double(), exact[name].double()
                if not b.any():  # the last layers of ReckOn's have no gradient in one of the batches
                    assert not a.any()
                    continue
                compared += 1
                # The gradients are the same to the last bit; the sums of the measures are not.
                assert layer.cosine[number] == pytest.approx(cosine(a, b), abs=1e-12)
                assert layer.norm_ratio[number] == pytest.approx(float(a.norm() / b.norm()), rel=1e-12)
                kept = (a != 0) | (b != 0)
                assert layer.sign_agreement[number] == float((a * b > 0)[kept].double().mean())
    assert compared >= 2 * len(found.layers)
    assert min(min(layer.cosine) for layer in found.layers) < 1


def test_the_control_is_noticed_the_more_the_further_the_table_is_off() -> None:
    model, data = sequential("loihi2"), batches(5)
    found = {cells: compare_gradients(model, data, loss, control=cells) for cells in (4, 32, 64)}
    first = found[4].layers[0].mean()
    means = [found[cells].control[0].mean() for cells in (4, 32, 64)]
    assert first["cosine"] > 0.99
    for measure in ("cosine", "sign_agreement"):
        values = [first[measure], *(mean[measure] for mean in means)]
        assert values == sorted(values, reverse=True)
    assert means[-1]["cosine"] < first["cosine"] - 0.2


@pytest.mark.parametrize(
    ("g", "h", "expected"),
    [
        ([3.0, 4.0], [6.0, 8.0], (1.0, 0.5, 1.0)),
        ([1.0, 0.0], [0.0, 1.0], (0.0, 1.0, 0.0)),  # a zero agrees with no sign
        ([-1.0, -1.0], [1.0, 1.0], (-1.0, 1.0, 0.0)),
        ([0.0, 0.0], [0.0, 0.0], (1.0, 1.0, 1.0)),
        ([0.0, 0.0], [1.0, 0.0], (0.0, 0.0, 0.0)),
        ([1.0, 0.0], [0.0, 0.0], (0.0, math.inf, 0.0)),
        ([1.0, 0.0, 1.0, -1.0], [1.0, 0.0, 1.0, 1.0], (1 / 3, 1.0, 2 / 3)),  # two zeros are not counted
        ([1e-30, 0.0], [1e-30, 0.0], (1.0, 1.0, 1.0)),  # squares that float32 does not hold
    ],
)
def test_measures(g: list[float], h: list[float], expected: tuple[float, float, float]) -> None:
    found = gradient_measures(torch.tensor(g), torch.tensor(h))
    assert found == pytest.approx(expected, rel=1e-12)  # a few roundings of float64


class Float(nn.Module):
    """Plain torch layers with float membranes that share one table, and keep a state if told to."""

    def __init__(self, lut: quant.LUTSurrogate, keeps: bool = False) -> None:
        super().__init__()
        self.first, self.second, self.lut, self.again, self.keeps = nn.Linear(5, 8), nn.Linear(8, 3), lut, lut, keeps
        self.unused, self.memory = nn.Linear(2, 2), torch.zeros(())
        self.crossing = isinstance(lut.analytic, InvSquareGrad2)

    def forward(self, x: Tensor) -> Tensor:
        hidden = self.first(x) + (self.memory if self.keeps else 0)
        old = hidden.roll(1, 0)
        hidden = self.lut(hidden, old) if self.crossing else self.lut(hidden)
        out = self.second(hidden)
        if self.keeps:
            self.memory = hidden.mean().detach() + self.memory
        return self.again(out, out.roll(1, 0)) if self.crossing else torch.as_tensor(self.again(out))


@pytest.mark.parametrize("surrogate", [Arctan(), InvSquareGrad2()])
def test_any_module_that_holds_tables(surrogate: Surrogate) -> None:
    torch.manual_seed(0)
    model = Float(quant.LUTSurrogate(surrogate, hw_profiles.load("loihi2")))
    data = batches(5)
    found = compare_gradients(model, data, loss)
    analytic: Any = copy.deepcopy(model)
    del analytic.lut, analytic.again
    analytic.lut = analytic.again = surrogate
    names = [name for name, _ in model.named_parameters() if not name.startswith("unused")]
    assert [layer.layer for layer in found.layers] == [name.removesuffix(".weight") for name in names]
    for layer, name in zip(found.layers, names, strict=True):
        a, b = (
            torch.autograd.grad(loss(m(data[1][0]), data[1][1]), dict(m.named_parameters())[name])[0]
            for m in (model, analytic)
        )
        # A compiled kernel of the curve may differ from its formula in the last bits of float32.
        assert layer.cosine[1] == pytest.approx(cosine(a, b), abs=1e-6)
    assert [use.layer for use in found.tables] == ["lut", "again"]
    both = 2 if isinstance(surrogate, InvSquareGrad2) else 1  # of two inputs each is looked up
    assert [use.reads for use in found.tables] == [both * 2 * 6 * 4 * width for width in (8, 3)]


def test_neurons_that_keep_their_state_need_a_reset() -> None:
    torch.manual_seed(0)
    model = Float(quant.LUTSurrogate(Arctan(), hw_profiles.load("loihi2")), keeps=True)
    with pytest.raises(ValueError, match=r"passes over a batch must have the same loss; .* need reset, got \("):
        compare_gradients(model, batches(5), loss)
    model.memory = torch.ones(())
    found = compare_gradients(model, batches(5), loss, reset=lambda m: setattr(m, "memory", torch.zeros(())))
    assert min(found.layers[0].cosine) > 0.99
    assert model.memory == 0


def test_passes_have_the_same_random_numbers() -> None:
    model = nn.Sequential(nn.Linear(5, 6), quant.LUTSurrogate(Arctan(), hw_profiles.load("loihi2")), nn.Linear(6, 3))
    seen = []

    def noisy(out: Tensor, labels: Tensor) -> Tensor:
        seen.append(float(torch.rand(())))
        return loss(out, labels)

    compare_gradients(model, batches(5), noisy, control=1)
    assert len(set(seen[:3])) == len(set(seen[3:])) == 1


@pytest.mark.filterwarnings("ignore")  # torch.compile warns of itself
def test_a_compiled_model() -> None:
    torch.manual_seed(0)
    model, data = Float(quant.LUTSurrogate(Arctan(), hw_profiles.load("loihi2"))), batches(5)
    expected = compare_gradients(model, data, loss, control=8).as_dict()
    compiled: Any = torch.compile(model, backend="eager")
    compiled(data[0][0])
    found = compare_gradients(compiled, data, loss, control=8).as_dict()
    for part in ("layers", "control", "tables"):
        for layer in found[part]:
            layer["layer"] = layer["layer"].removeprefix("_orig_mod.")
    assert found == expected
    assert expected["layers"][0]["cosine"] != expected["control"][0]["cosine"]
