"""Modules are read by their attributes only where these say what is computed; everything else is refused by name."""

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from readable_networks import PROFILE, X, dense, neurons, same, weights
from torch import Tensor, nn

from spikelut import export, quant
from spikelut.surrogates import Arctan


class Twice(nn.Sequential):
    def forward(self, x: Any) -> Any:
        for module in (*self, *self):
            x = module(x)
        return x


class Called(nn.Sequential):
    def __call__(self, x: Any) -> Any:
        return super().__call__(x) * 2


class Scaled(quant.QuantLinear):
    def forward(self, x: Any) -> Any:
        return super().forward(x) * 2


class Absolute(quant.QuantLinear):
    def quant_weight(self, *args: Any) -> Any:
        return abs(super().quant_weight(*args))


class Coded(quant.QuantLinear):
    def integer_weight(self) -> Any:
        codes, exponent = super().integer_weight()
        return codes + 1, exponent


class HalfInput(quant.LIF):
    def forward(self, current: Tensor) -> Tensor:
        return super().forward(current / 2)


class HalfRun(quant.LIF):
    def run(self, current: Tensor, *args: Any, **options: Any) -> Any:
        return super().run(current / 2, *args, **options)


class Mixed:
    def forward(self, current: Tensor) -> Tensor:
        return current


class MixedIn(Mixed, quant.LIF):
    pass


class Noisy(nn.Dropout):
    def forward(self, x: Tensor) -> Tensor:
        return x * 0.5


class NoIdentity(nn.Identity):
    def forward(self, x: Tensor) -> Tensor:
        return x * 0.5


class Reversed(nn.Flatten):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).flip(2)


class Longer(quant.Repeat):
    def forward(self, current: Tensor) -> Tensor:
        return super().forward(current)[1:]


class Averaged(quant.SumPool2d):
    def forward(self, spikes: Tensor) -> Tensor:
        return super().forward(spikes) / 4


class Silent(quant.Recurrent):
    def sequence(self, *args: Any, **options: Any) -> Any:
        return super().sequence(*args, **options)._replace(out=torch.zeros(1))


class OtherSlope(quant.LUTSurrogate):
    def through(self, grad: Tensor, kept: Tensor) -> Tensor:
        return super().through(grad, kept) * 2


def with_hook(module: Any, pre: bool = False, everywhere: bool = False) -> Any:
    if pre:
        module.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
    else:
        module.register_forward_hook(lambda module, args, out: out * 2)
    return module


def with_own(module: Any, name: str) -> Any:
    def replacement(self: Any, x: Tensor, *args: Any) -> Any:
        return getattr(type(self), name)(self, x * 2, *args)

    setattr(module, name, types.MethodType(replacement, module))
    return module


def recurrent(**parts: Any) -> Any:
    made = quant.Recurrent(neurons(), 10)
    for name, part in parts.items():
        setattr(made, name, part)
    return made


def convolutional(*between: nn.Module) -> nn.Sequential:
    conv = quant.QuantConv2d(1, 2, 3, profile=PROFILE)
    return nn.Sequential(conv, neurons(), *between, quant.QuantLinear(2 * 10, 3, profile=PROFILE), neurons())


def with_bias() -> Any:
    layer = weights()
    layer.bias = nn.Parameter(torch.ones(10))
    return layer


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "sequential": (lambda: Twice(*dense()), "integer: model: must compute what Sequential does"),
    "called": (lambda: Called(*dense()), "Called with a __call__ of its own"),
    "model hook": (lambda: with_hook(dense()), "integer: model: must compute what Sequential does"),
    "linear": (lambda: dense(weights(Scaled)), "layer '0': must compute what QuantLinear does; put what it does"),
    "quant_weight": (lambda: dense(weights(Absolute)), "Absolute with a quant_weight of its own"),
    "integer_weight": (lambda: dense(weights(Coded)), "Coded with a integer_weight of its own"),
    "linear hook": (lambda: dense(with_hook(weights())), "QuantLinear with a forward hook"),
    "linear pre-hook": (lambda: dense(with_hook(weights(), pre=True)), "QuantLinear with a forward hook"),
    "linear, its own forward": (lambda: dense(with_own(weights(), "forward")), "QuantLinear with a forward of its own"),
    "linear with a bias": (lambda: dense(with_bias()), "layer '0': must have no bias (neurons have)"),
    "neuron": (lambda: dense(None, neurons(HalfInput)), "HalfInput with a forward of its own"),
    "run": (lambda: dense(None, neurons(HalfRun)), "HalfRun with a run of its own"),
    "mixed in": (lambda: dense(None, neurons(MixedIn)), "MixedIn with a forward of its own"),
    "neuron hook": (lambda: dense(None, with_hook(neurons())), "LIF with a forward hook"),
    "neuron, its own run": (lambda: dense(None, with_own(neurons(), "run")), "LIF with a run of its own"),
    "slope": (
        lambda: dense(None, neurons(spike=OtherSlope(Arctan(), PROFILE))),
        "layer '1': surrogate: must compute what LUTSurrogate does",
    ),
    "recurrent": (
        lambda: dense(None, Silent(neurons(), 10)),
        "layer '1': must compute what Recurrent does",
    ),
    "recurrent neuron": (
        lambda: dense(None, recurrent(neuron=neurons(HalfRun))),
        "layer '1': neuron: must compute what LIF does",
    ),
    "recurrent linear": (
        lambda: dense(None, recurrent(linear=nn.Linear(10, 10))),
        "layer '1': linear must be a QuantLinear, got 'Linear'",
    ),
    "recurrent own linear": (
        lambda: dense(None, recurrent(linear=Absolute(10, 10, profile=PROFILE))),
        "layer '1': linear: must compute what QuantLinear does",
    ),
    "dropout": (lambda: dense(None, None, Noisy()), "layer '2': must compute what Dropout does"),
    "identity": (lambda: dense(None, None, NoIdentity()), "layer '2': must compute what Identity does"),
    "identity hook": (
        lambda: dense(None, None, with_hook(nn.Identity())),
        "layer '2': must compute what Identity does",
    ),
    "flatten": (lambda: convolutional(Reversed(2)), "layer '2': must compute what Flatten does"),
    "pool": (lambda: convolutional(Averaged(2), nn.Flatten(2)), "layer '2': must compute what SumPool2d does"),
    "repeat": (
        lambda: nn.Sequential(weights(), Longer(4), neurons()),
        "layer '1': must compute what Repeat does; use the class as it is",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_computes_anything_of_its_own_is_refused(name: str, tmp_path: Path) -> None:
    build, message = REFUSED[name]
    for read in (
        quant.integer,
        lambda model: export.to_onnx(model, (2, 1, 12), tmp_path / "x.onnx"),
        lambda model: export.to_onnx(model, (2, 1, 12), tmp_path / "x.onnx", dialect="table"),
        lambda model: export.to_nir(model, tmp_path / "x.nir"),
    ):
        with pytest.raises(ValueError, match="integer: ") as error:
            read(build())
        assert message in str(error.value)
        assert "\n" not in str(error.value)
    assert not list(tmp_path.iterdir())


def test_a_hook_for_all_modules_is_refused_and_those_taken_away_are_forgotten() -> None:
    model = dense()
    handle = nn.modules.module.register_module_forward_hook(lambda module, args, out: out * 2)
    try:
        with pytest.raises(ValueError, match=r"with a forward hook for all modules .*, which handle.remove\(\)"):
            quant.integer(model)
    finally:
        handle.remove()
    model[0].register_forward_hook(lambda module, args, out: out * 2).remove()
    assert same(model)


def test_exchanged_tables_are_tables_alone() -> None:
    def loss(out: Tensor, _: Any) -> Tensor:
        return out.sum()

    for spike in (OtherSlope(Arctan(), PROFILE), with_hook(quant.LUTSurrogate(Arctan(), PROFILE))):
        with pytest.raises(ValueError, match=r"layer '1.surrogate': must compute what LUTSurrogate does"):
            quant.compare_gradients(dense(None, neurons(spike=spike)), [(X, None)], loss)


class Named(quant.QuantLinear):
    """Adds to what it is made with, and nothing to what it computes."""

    def __init__(self, *args: Any, label: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.label = label

    def extra_repr(self) -> str:
        return f"{self.label}, {super().extra_repr()}"

    def largest(self) -> float:
        return float(self.weight.detach().abs().max())


class Described:
    """A class of no kin, which says what it is."""

    def __repr__(self) -> str:
        return "described"


class NamedLIF(Described, quant.LIF):
    def rate(self, x: Tensor) -> float:
        return float(self(x).detach().mean())


class NamedModel(nn.Sequential):
    def rate(self, x: Tensor) -> float:
        return float(self(x).detach().mean())


def test_subclasses_that_only_add_are_read(tmp_path: Path) -> None:
    model = NamedModel(*dense(weights(Named, label="first"), neurons(NamedLIF)))
    assert same(model)
    assert model.rate(X) > 0
    export.to_nir(model, tmp_path / "x.nir")
    again = export.from_nir(tmp_path / "x.nir")
    assert torch.equal(again(X), model(X))
