"""`quant.convert` reads nothing that is not so: its report compares with the model's own forward."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from float_networks import only_neurons, read, run
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune

from spikelut import hw_profiles, quant
from spikelut.quant.conversion.own_forward import WHOLE, detached_copy, misread
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("generic16")
SPIKE = Arctan(alpha=2.0)


def events(*shape: int, seed: int = 0) -> Tensor:
    return (torch.rand(shape, generator=torch.Generator().manual_seed(seed)) < 0.4).float()


X = events(12, 7, 10)


class Masked(nn.Linear):
    def forward(self, input: Tensor) -> Tensor:
        return nn.functional.linear(input, self.weight.tril(), self.bias)


class Halved(nn.BatchNorm1d):
    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input) / 2


class NoDropout(nn.Dropout):
    def forward(self, input: Tensor) -> Tensor:
        return input * 0.5


class Early(quant.FloatLIF):
    def _fire(self, surrogate: Any, mem: Tensor) -> Tensor:
        return super()._fire(surrogate, mem + 0.5)


class Shifted(Arctan):
    """A spike function that spikes elsewhere than at zero, which nothing but running it tells."""

    def __call__(self, x: Tensor) -> Tensor:
        return super().__call__(x + 0.4)


def linear(kind: type = nn.Linear, inputs: int = 10, outputs: int = 14, gain: float = 2.5, **options: Any) -> Any:
    torch.manual_seed(inputs)
    made = kind(inputs, outputs, **options)
    with torch.no_grad():
        made.weight.mul_(gain)
    return made


def lif(surrogate: Any = SPIKE, kind: type = quant.FloatLIF) -> Any:
    return kind(surrogate, beta=0.9)


def dense(first: Any = None, second: Any = None, *between: nn.Module) -> nn.Sequential:
    first, second = linear() if first is None else first, lif() if second is None else second
    return nn.Sequential(first, second, *between, linear(inputs=14, outputs=4), lif())


def hooked(module: Any) -> Any:
    module.register_forward_hook(lambda module, args, out: out * 0.3)
    return module


def qat() -> Any:
    import torch.ao.nn.qat as layers
    from torch.ao import quantization

    kind: Any = quantization
    return layers.Linear(10, 14, qconfig=kind.get_default_qat_qconfig("fbgemm"))


def own_linear() -> Any:
    made = linear()
    made.forward = lambda x: nn.functional.linear(x, made.weight.abs())
    return made


def recurrent(neuron: Any = None, bias: bool = False, kind: type = nn.Linear) -> Any:
    made = quant.FloatRecurrent(lif() if neuron is None else neuron, 14)
    made.linear = kind(14, 14, bias=bias)
    return made


def brevitas(**options: Any) -> Any:
    layers = pytest.importorskip("brevitas.nn")
    return linear(layers.QuantLinear, bias=True, weight_bit_width=2, **options)


def across() -> nn.Sequential:
    """Batch norm of as many channels as samples normalises these: of [T, B, C] it takes the second."""
    norm = nn.BatchNorm1d(7)
    assert norm.running_mean is not None
    norm.running_mean += torch.linspace(-2, 2, 7)
    return nn.Sequential(linear(outputs=7), norm, lif())


REFUSED: dict[str, tuple[Callable[[], nn.Module], str]] = {
    "model hook": (lambda: hooked(dense()), "convert: model: must compute what Sequential does"),
    "linear": (lambda: dense(linear(Masked)), "layer '0': must compute what Linear does; put what it does to its"),
    "linear hook": (lambda: dense(hooked(linear())), "layer '0': must compute what Linear does"),
    "linear, its own forward": (lambda: dense(own_linear()), "Linear with a forward of its own"),
    "in time": (lambda: dense(quant.TimeDistributed(linear(Masked))), "layer '0': must compute what Linear does"),
    "hook in time": (lambda: dense(quant.TimeDistributed(hooked(linear()))), "layer '0': must compute what Linear"),
    "hook of time": (lambda: dense(hooked(quant.TimeDistributed(linear()))), "must compute what TimeDistributed does"),
    "neurons in time": (lambda: dense(None, quant.TimeDistributed(lif())), "must not stand in a TimeDistributed"),
    "norm": (
        lambda: nn.Sequential(linear(), quant.TimeDistributed(Halved(14)), lif()),
        "layer '1': must compute what BatchNorm1d does",
    ),
    "dropout": (lambda: dense(None, None, NoDropout()), "layer '2': must compute what Dropout does"),
    "neuron": (lambda: dense(None, lif(kind=Early)), "layer '1': must compute what FloatLIF does"),
    "neuron hook": (lambda: dense(None, hooked(lif())), "layer '1': must compute what FloatLIF does"),
    "recurrent neuron": (lambda: dense(None, recurrent(lif(kind=Early))), "layer '1': neuron: must compute what Float"),
    "recurrent weights": (lambda: dense(None, recurrent(kind=Masked)), "layer '1': linear: must compute what Linear"),
    "torch.ao": (lambda: dense(qat()), "layer '0': must compute what Linear does; put what it does to its weights"),
    "input_quant": (
        lambda: dense(brevitas(input_quant=pytest.importorskip("brevitas.quant").Int8ActPerTensorFloat)),
        "layer '0': must quantise nothing but weights and bias",
    ),
    "spikes elsewhere": (
        lambda: dense(None, lif(Shifted())),
        "convert: layer '1', with all since the neurons before it, must give in model(events) what its attributes say",
    ),
    "batch norm across the batch": (across, "convert: layer '2', with all since the neurons before it, must give in"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("ignore")  # torch.ao says that it is to go
def test_what_computes_anything_of_its_own_is_refused(name: str) -> None:
    build, message = REFUSED[name]
    with pytest.raises(ValueError, match="convert: ") as error:
        quant.convert(build(), PROFILE, X)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def agrees(model: nn.Module, x: Tensor = X, out: int = 2) -> quant.Conversion:
    """The conversion, whose first `out` modules give next to the spikes that those of `model` give."""
    found = quant.convert(model, PROFILE, x)
    model.eval()
    with torch.no_grad():
        own, made = model[:out](x), found.model[:2](x)  # type: ignore[index]  # a Sequential
    assert 0.02 < float(own.mean()) < 0.98
    assert found.layers[0].differing == pytest.approx(float((own != made).double().mean()))
    assert found.layers[0].differing < 0.01
    assert found.compared_with == WHOLE
    assert [layer.misread for layer in found.layers] == [0.0] * len(found.layers)
    return found


def normed(layer: Any) -> Any:
    made: Any = parametrizations.weight_norm(layer)
    with torch.no_grad():
        made.parametrizations.weight.original0.mul_(2)
    return made


def pruned(layer: Any) -> Any:
    mask = (layer.weight.abs() > 0.3).float()
    prune.custom_from_mask(layer, "weight", mask)  # type: ignore[no-untyped-call]  # torch's
    with torch.no_grad():
        layer.weight_orig.mul_(2)  # after which `weight` is old until `forward` runs
    return layer


@pytest.mark.parametrize("make", [normed, pruned, parametrizations.spectral_norm])
def test_weights_that_torch_makes_are_those_of_forward(make: Callable[[Any], Any]) -> None:
    model = dense(make(linear(gain=8.0 if make is parametrizations.spectral_norm else 1.0))).train()
    before = {key: value.clone() for key, value in model.state_dict().items()}
    agrees(model)
    model.train()
    quant.convert(model, PROFILE, X)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    plain = dense(linear())
    assert not torch.equal(model.eval()(X), plain(X))


@pytest.mark.filterwarnings("ignore")  # of Brevitas, of torch
def test_layers_of_brevitas_are_read_with_their_quantised_weights_and_bias() -> None:
    quants = pytest.importorskip("brevitas.quant")
    for options in ({}, {"bias_quant": quants.Int8BiasPerTensorFloatInternalScaling}):
        layer = brevitas(**options)
        agrees(dense(layer))
        weights = read(dense(layer), X).parts[0].weights
        assert weights is not None
        assert len(set(weights.weight.flatten().tolist())) <= 4
        assert not torch.equal(weights.weight, layer.weight.detach().double())
    # And so are ours.
    agrees(dense(linear(quant.QuantLinear, profile=hw_profiles.load("loihi2"), weight_bits=3)))


@pytest.mark.parametrize("bias", [True, False])
def test_recurrent_neurons_are_those_of_forward(bias: bool) -> None:
    torch.manual_seed(5)
    found = quant.convert(dense(None, recurrent(bias=bias)), PROFILE, X)
    assert [layer.misread for layer in found.layers] == [0.0, 0.0]
    assert found.layers[0].differing < 0.02


def test_subclasses_that_only_add_are_read() -> None:
    class Named(nn.Linear):
        def __init__(self, *args: Any) -> None:
            super().__init__(*args)
            self.name = "x"

        def extra_repr(self) -> str:
            return self.name

    agrees(dense(linear(Named)))


def test_the_model_and_the_random_numbers_stay_as_they_are() -> None:
    norm = nn.BatchNorm1d(14)
    model: Any = dense(linear(), quant.TimeDistributed(norm), lif(), nn.Dropout(0.5))
    model(X)  # so that the batch norm has statistics
    model[3].eval()
    modes = [module.training for module in model.modules()]
    before = {key: value.clone() for key, value in model.state_dict().items()}
    random = torch.get_rng_state()
    hooks = [len(module._forward_hooks) for module in model.modules()]
    found = quant.convert(model, PROFILE, X)
    assert torch.equal(random, torch.get_rng_state())
    assert [module.training for module in model.modules()] == modes
    assert [len(module._forward_hooks) for module in model.modules()] == hooks
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())
    # In training mode the batch norm and the dropout would have given others.
    agrees(model, out=3)
    assert found.layers[0].changes == ("batch norm '1' folded into the weights",)


def test_what_cannot_be_run_as_a_whole_is_run_module_by_module() -> None:
    norm = nn.BatchNorm2d(3)
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3, padding=1),
        norm,
        lif(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Dropout(),
        linear(inputs=3 * 4 * 4, outputs=5),
        lif(None),
    )
    x = events(6, 5, 2, 8, 8)
    quant.convert(model, PROFILE, x)
    frames = x.flatten(0, 1)
    norm(model[0](frames))  # statistics
    with torch.no_grad():
        norm.bias.add_(0.5)
        norm.eval()
        spikes = model[2](norm(model[0](frames)).reshape(6, 5, 3, 8, 8))
    found = quant.convert(model.train(), PROFILE, x)
    assert found.compared_with.startswith("its modules one by one, as the model cannot be run itself: Expected 3D")
    assert f"compared with {found.compared_with}" in str(found)
    made = found.model[:2](x)
    assert found.layers[0].differing == pytest.approx(float((made != spikes).double().mean()))
    assert 0.02 < float(spikes.mean()) < 0.98


def test_copies_hold_what_torch_does_not_copy() -> None:
    model = dense(pruned(linear()))
    model(X)  # `weight` is now the result of a computation
    made: Any = detached_copy(model)
    assert torch.equal(made(X), model.eval()(X))
    assert made[0].weight_orig is not model[0].weight_orig
    model.half()
    assert detached_copy(model)[0].weight_orig.dtype == torch.float32  # type: ignore[index]


def test_spikes_may_differ_at_the_threshold_alone() -> None:
    x = torch.tensor([0.5, 1.0, 0.9, 0.999999, 3.0]).reshape(5, 1, 1)
    linear = nn.Linear(1, 1, bias=False)
    linear.weight.data.fill_(1.0)
    plan = read(nn.Sequential(linear, quant.FloatLIF(SPIKE, beta=0.5)), x)
    found: Any = only_neurons(plan).found
    own, _ = run(plan, x)
    assert own.flatten().tolist() == [0, 1, 1, 1, 1]
    assert misread(found, x, own)[0] == 0.0
    # The last membrane before the reset is 3.something, and others are a tenth from the threshold.
    for step, wrong in ((4, 0.2), (2, 0.2), (0, 0.2)):
        other = own.clone()
        other[step] = 1 - other[step]
        assert misread(found, x, other)[0] == pytest.approx(wrong)
    # A membrane at the threshold may spike or not; what follows is then another matter.
    x = torch.tensor([1.0, 0.3, 2.0]).reshape(3, 1, 1)
    assert misread(found, x, torch.tensor([0.0, 1.0, 0.0]).reshape(3, 1, 1))[0] == 0.0
    assert misread(found, x, torch.tensor([1.0, 1.0, 0.0]).reshape(3, 1, 1))[0] == pytest.approx(1 / 3)
