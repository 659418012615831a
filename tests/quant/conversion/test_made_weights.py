"""Weights that torch makes anew in each forward pass (pruning, norms, quantisers) are read as forward uses them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from readable_networks import PROFILE, X, dense, lively, neurons, same, weights
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune

from spikelut import export, hw_profiles, quant
from spikelut.surrogates import Arctan


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
