"""Modules are read by their attributes only where these say what is computed; everything else is refused by name."""

import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune

from spikelut import export, hw_profiles, quant
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("generic16")
SPIKE = quant.LUTSurrogate(Arctan(alpha=2.0), PROFILE)
X = (torch.rand(8, 6, 12, generator=torch.Generator().manual_seed(0)) < 0.5).float()


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


def lively(model: Any, gain: float = 3.0) -> Any:
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.mul_(gain)
    return model


def weights(kind: type = quant.QuantLinear, **options: Any) -> Any:
    torch.manual_seed(1)
    return kind(12, 10, profile=PROFILE, **options)


def neurons(kind: type = quant.LIF, spike: Any = SPIKE) -> Any:
    return kind(PROFILE, spike, beta=0.9)


def dense(first: Any = None, second: Any = None, *more: nn.Module) -> nn.Sequential:
    made = nn.Sequential(weights() if first is None else first, neurons() if second is None else second, *more)
    return lively(made)  # type: ignore[no-any-return]


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


class NamedLIF(quant.LIF):
    def rate(self, x: Tensor) -> float:
        return float(self(x).detach().mean())


class NamedModel(nn.Sequential):
    def rate(self, x: Tensor) -> float:
        return float(self(x).detach().mean())


def same(model: Any) -> bool:
    """Whether the integers are those of the model, of which a third to two thirds of values must be spikes."""
    with torch.no_grad():
        out = model(X).numpy()
    assert 0.02 < (out != 0).mean() < 0.98
    network = quant.integer(model)
    return bool((network.run(X.numpy())[network.layers[-1].name] == out).all())


def test_subclasses_that_only_add_are_read(tmp_path: Path) -> None:
    model = NamedModel(*dense(weights(Named, label="first"), neurons(NamedLIF)))
    assert same(model)
    assert model.rate(X) > 0
    export.to_nir(model, tmp_path / "x.nir")
    again = export.from_nir(tmp_path / "x.nir")
    assert torch.equal(again(X), model(X))


def pruned(layer: Any) -> Any:
    # Of the largest weights, so that the scale is another.
    mask = (layer.weight.abs() < 0.15).float()
    prune.custom_from_mask(layer, "weight", mask)  # type: ignore[no-untyped-call]  # torch's
    return layer


def normed(layer: Any) -> Any:
    made: Any = parametrizations.weight_norm(layer)
    with torch.no_grad():
        made.parametrizations.weight.original0.mul_(5)
    return made


def normed_by_hook(layer: Any) -> Any:
    with pytest.warns(FutureWarning):
        made: Any = nn.utils.weight_norm(layer)
    with torch.no_grad():
        made.weight_g.mul_(5)  # after which `weight` is old until `forward` runs
    return made


def spectral(layer: Any) -> Any:
    made: Any = parametrizations.spectral_norm(layer)
    return made


def spectral_by_hook(layer: Any) -> Any:
    made: Any = nn.utils.spectral_norm(layer)
    return made


class Doubled(nn.Module):
    def forward(self, weight: Tensor) -> Tensor:
        return weight * 2 + 0.1


def doubled(layer: Any) -> Any:
    parametrize.register_parametrization(layer, "weight", Doubled())
    return layer


MADE: dict[str, Callable[[Any], Any]] = {
    f.__name__: f for f in (pruned, normed, normed_by_hook, spectral, spectral_by_hook, doubled)
}


@pytest.mark.parametrize("name", MADE)
@pytest.mark.parametrize("training", [True, False])
def test_weights_that_torch_makes_are_read_as_forward_uses_them(name: str, training: bool, tmp_path: Path) -> None:
    model = dense(MADE[name](weights())).train(training)
    if "spectral" in name:
        lively(model, 2.0)
    plain = dense()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    network = quant.integer(model)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    assert all(module.training == training for module in model.modules())
    model.eval()
    with torch.no_grad():
        out = model(X)
    assert (network.run(X.numpy())["1"] == out.numpy()).all()
    assert not torch.equal(out, plain(X))
    assert out.any()
    export.to_nir(model, tmp_path / "x.nir")
    assert torch.equal(export.from_nir(tmp_path / "x.nir")(X), out)


@pytest.mark.parametrize("name", MADE)
def test_recurrent_weights_that_torch_makes(name: str) -> None:
    layer = quant.Recurrent(neurons(), 10)
    with torch.no_grad():
        layer.linear.weight.mul_(3)
    layer.linear = MADE[name](layer.linear)
    model = dense(None, layer).eval()
    assert same(model)
    model(X).sum().backward()
    trained = [n for n, p in layer.linear.named_parameters() if p.grad is not None and bool(p.grad.any())]
    assert trained, [n for n, _ in layer.linear.named_parameters()]


def test_pruned_event_layers_train_and_add_what_is_left() -> None:
    profile = hw_profiles.load("odin")
    layer: Any = quant.EventLIF(6, 4, profile=profile, surrogate=quant.LUTSurrogate(Arctan(), profile), threshold=1.0)
    prune.random_unstructured(layer.linear, "weight", amount=0.5)  # type: ignore[no-untyped-call]  # torch's
    layer.linear.weight_orig.data.abs_().mul_(9)
    x = torch.ones(5, 2, 6)
    out = layer(x)
    assert out.any()
    assert torch.equal((layer.weight_codes() != 0).T, layer.linear.weight_mask > 0)
    out.sum().backward()
    assert layer.linear.weight_orig.grad.any()


def trained_by(path: Path, model: nn.Module, target: Tensor) -> dict[str, Any]:
    """What a file of a training step gives for the model's parameters."""
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    feed = {"input": X.numpy(), "target": target.numpy()}
    feed |= {name: p.detach().numpy() for name, p in model.named_parameters() if p.requires_grad}
    names = [entry.name for entry in session.get_outputs()]
    return dict(zip(names, session.run(names, feed), strict=True))


def test_a_training_step_with_pruned_weights_is_torch_s_and_leaves_them(tmp_path: Path) -> None:
    model: Any = dense(pruned(weights()))
    loss: Any = nn.functional.cross_entropy(model(X).sum(0), torch.zeros(6, dtype=torch.int64))
    loss.backward()
    weight, target = model[0].weight.detach().clone(), torch.zeros(6, dtype=torch.int64)
    export.to_train_step(model, X, tmp_path / "x.onnx", example_target=target, learning_rate=0.1)
    assert type(model[0].weight) is Tensor  # and none without values, which recorded the step
    assert torch.equal(model[0].weight, weight)
    assert same(model)
    found = trained_by(tmp_path / "x.onnx", model, target)
    expected = model[0].weight_orig.detach() - 0.1 * model[0].weight_orig.grad
    assert found["loss"] == pytest.approx(float(loss.detach()), rel=1e-5)
    assert model[0].weight_orig.grad.any()
    torch.testing.assert_close(torch.from_numpy(found["0.weight_orig.new"]), expected)


def test_changed_quantisers_are_read_as_they_are_or_refused() -> None:
    def moved(out: Any, by: float) -> Any:
        return type(out)(out.value + by * out.scale, *out[1:])

    for change in (lambda out: out * 3.3, lambda out: moved(out, 1e-3), lambda out: moved(out, 2.0**15)):
        hooked: Any = dense()
        hooked[0].weight_quant.register_forward_hook(lambda module, args, out, change=change: change(out))
        with pytest.raises(ValueError, match="QuantLinear: weights must be codes of the chip times their scale, got"):
            quant.integer(hooked)
    off: Any = dense()
    off[0].weight_quant.disable_quant = True
    with pytest.raises(ValueError, match="QuantLinear: weights must be codes of the chip times their scale, got"):
        quant.integer(off)
    whole: Any = dense()
    whole[0].weight_quant.register_forward_hook(lambda module, args, out: moved(out, 1.0))
    assert same(whole)
    assert (quant.integer(whole).first.codes == quant.integer(dense()).first.codes + 1).all()


def test_the_loss_of_a_training_step_is_that_of_the_layer_that_runs_last(tmp_path: Path) -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.out = quant.LI(PROFILE, beta=0.9)
            self.first, self.hidden, self.last = weights(), neurons(), quant.QuantLinear(10, 3, profile=PROFILE)

        def forward(self, x: Tensor) -> Tensor:
            made: Tensor = self.out(self.last(self.hidden(self.first(x))))
            return made

    model = lively(Two())
    target = torch.zeros(6, dtype=torch.int64)
    export.to_train_step(model, X, tmp_path / "x.onnx", example_target=target, learning_rate=0.1)
    loss = trained_by(tmp_path / "x.onnx", model, target)["loss"]
    out = model(X).detach()
    assert out.any()
    assert float(loss) == pytest.approx(float(nn.functional.cross_entropy(out.mean(0), target)), rel=1e-5)
