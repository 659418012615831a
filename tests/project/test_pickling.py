"""Whole models go through pickles, copies and other processes, and public objects through `inspect`, unharmed."""

import copy
import inspect
import io
import pickle
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune
from torch.utils.data import DataLoader, Dataset

from spikelut import hw_profiles, quant, surrogates
from spikelut.hw_profiles import Profile
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("generic16")
X = (torch.rand(7, 4, 12, generator=torch.Generator().manual_seed(0)) < 0.5).float()
IMAGES = (torch.rand(7, 4, 2, 6, 6, generator=torch.Generator().manual_seed(0)) < 0.5).float()


class Named(QuantLinear):
    """A layer of the user's with a constructor of its own."""

    def __init__(self, size: int) -> None:
        super().__init__(12, size, profile=PROFILE, weight_bits=6)
        self.name = "first"


class Samples(Dataset[tuple[Tensor, bool]]):
    """Runs a model where the data is loaded."""

    def __init__(self, model: Any) -> None:
        self.model = model

    def __len__(self) -> int:
        return X.shape[1]

    def __getitem__(self, index: int) -> tuple[Tensor, bool]:
        """What the model gives, and whether its first layer takes the quick way."""
        return self.model(X[:, index : index + 1]).detach(), self.model[0]._is_as_made()


def half(module: nn.Module, args: Any, out: Tensor) -> Tensor:
    return out / 2


def lively(model: Any) -> Any:
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim > 1:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.6)
    return model


def spike(profile: Profile = PROFILE) -> quant.LUTSurrogate:
    return quant.LUTSurrogate(Arctan(alpha=2.0), profile, saturate=True)


def dense() -> nn.Sequential:
    shared = spike()
    first: Any = QuantLinear(12, 10, profile=PROFILE, per_channel=True)
    recurrent: Any = QuantLinear(10, 8, profile=PROFILE, weight_bits=5)
    return lively(  # type: ignore[no-any-return]
        nn.Sequential(
            first,
            quant.LIF(PROFILE, shared, beta=0.9, learn_beta=True, learn_threshold=True, bias=10),
            nn.Dropout(0.0),
            recurrent,
            quant.Recurrent(quant.LIF(PROFILE, shared, beta=0.9), 8),
            QuantLinear(8, 3, profile=PROFILE),
            quant.LI(PROFILE, beta=0.9),
        )
    )


def images() -> nn.Sequential:
    conv: Any = quant.QuantConv2d(2, 4, (3, 2), profile=PROFILE, stride=(1, 2), padding=(1, 0), groups=2)
    return lively(nn.Sequential(conv, quant.LIF(PROFILE, Arctan(), beta=0.9), quant.SumPool2d(2), nn.Flatten(2)))  # type: ignore[no-any-return]


def events() -> nn.Sequential:
    profile = hw_profiles.load("odin")
    made: Any = quant.EventLIF(12, 6, profile=profile, surrogate=spike(profile))
    return lively(nn.Sequential(made))  # type: ignore[no-any-return]


MODELS: dict[str, tuple[Callable[[], nn.Sequential], Tensor]] = {
    "dense": (dense, X),
    "images": (images, IMAGES),
    "events": (events, X),
    "subclass": (lambda: lively(nn.Sequential(Named(9), quant.LIF(PROFILE, spike()))), X),
    "double": (lambda: dense().double(), X.double()),
}


def by_pickle(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))


def by_save(model: Any) -> Any:
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


WAYS: dict[str, Callable[[Any], Any]] = {f.__name__: f for f in (by_pickle, by_save, copy.deepcopy)}


def results(model: Any, x: Tensor) -> list[Tensor]:
    model.zero_grad()
    out = model(x)
    out.square().sum().backward()
    return [out.detach(), *(p.grad.clone() for p in model.parameters() if p.grad is not None)]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("used", [True, False])
def test_models_stay_what_they_are(name: str, way: str, used: bool) -> None:
    build, x = MODELS[name]
    model = build().eval()
    expected = results(build().eval(), x)
    if used:  # what is kept for speed is then there
        results(model, x)
    random = torch.get_rng_state()
    made = WAYS[way](model)
    assert torch.equal(torch.get_rng_state(), random)
    found = results(made, x)
    assert float((expected[0] != 0).double().mean()) > 0.05
    assert len(found) == len(expected) > 1
    assert all(torch.equal(a, b) for a, b in zip(found, expected, strict=True))
    assert [type(m) for m in made.modules()] == [type(m) for m in model.modules()]
    assert [m.training for m in made.modules()] == [m.training for m in model.modules()]
    assert list(made.state_dict()) == list(model.state_dict())
    layers = [m for m in made.modules() if isinstance(m, quant.QuantLinear | quant.QuantConv2d)]
    assert layers
    assert all(layer._is_as_made() and layer._grid() is not None for layer in layers)
    made.load_state_dict(model.state_dict())
    assert torch.equal(results(made, x)[0], expected[0])
    # They go ways of their own.
    with torch.no_grad():
        next(made.parameters()).zero_()
    assert torch.equal(results(model, x)[0], expected[0])


def test_what_is_shared_stays_so_and_hooks_and_attributes_stay() -> None:
    model: Any = dense()
    model[5].weight = model[3].weight if model[5].weight.shape == model[3].weight.shape else model[5].weight
    model[0].register_forward_hook(half)
    model[0].note = {"of": "the user"}
    model[1].tied = model[0]
    made = by_pickle(model)
    assert torch.equal(made(X), model(X))
    model[0]._forward_hooks.clear()
    assert not torch.equal(made(X), model(X))
    assert made[0].note == {"of": "the user"}
    assert made[1].tied is made[0]
    assert made[1].surrogate is made[4].neuron.surrogate
    assert made[0]._is_as_made()
    assert by_pickle(MODELS["subclass"][0]())[0].name == "first"
    optimizer = torch.optim.SGD(made.parameters(), lr=0.5)
    before = made(X).detach()
    made(X).sum().backward()
    optimizer.step()
    assert not torch.equal(made(X), before)


def test_pruned_layers_and_what_is_refused() -> None:
    model: Any = dense().eval()
    prune.random_unstructured(model[3], "weight", amount=0.5)  # type: ignore[no-untyped-call]  # torch's
    model[3].weight = model[3].weight.detach()  # which pickles refuse otherwise, as torch's own layers do
    assert torch.equal(by_pickle(model)(X), model(X))
    parametrizations.weight_norm(model[0])
    with pytest.raises(
        RuntimeError, match="Serialization of parametrized modules is only supported through state_dict"
    ):
        pickle.dumps(model)
    assert torch.equal(copy.deepcopy(parametrizations.weight_norm(dense()[0]))(X), dense()[0](X))
    for change in (
        lambda layer: layer.weight_quant.register_forward_hook(half),
        lambda layer: setattr(layer.weight_quant, "disable_quant", True),
        lambda layer: setattr(layer.weight_quant.tensor_quant, "int_quant", nn.Identity()),
    ):
        layer = QuantLinear(12, 10, profile=PROFILE)
        change(layer)
        message = "QuantLinear: quantisers that were changed are not pickled; save its state_dict"
        with pytest.raises(pickle.PicklingError, match=message):
            pickle.dumps(layer)
    changed: Any = QuantLinear(12, 10, profile=PROFILE)
    changed.weight_quant.disable_quant = True
    assert torch.equal(copy.deepcopy(changed)(X), changed(X))


@pytest.mark.filterwarnings("ignore")  # of torch, in the other process
def test_other_processes() -> None:
    model = dense().eval()
    loader = DataLoader(Samples(model), num_workers=1, batch_size=None, multiprocessing_context="spawn")
    outs, quick = zip(*loader, strict=True)
    assert torch.equal(torch.cat(outs, 1), model(X))
    assert all(quick)


def test_joblib() -> None:
    cloudpickle = pytest.importorskip("cloudpickle")  # which joblib's workers use
    model = dense().eval()
    made = pickle.loads(cloudpickle.dumps(model))
    assert torch.equal(made(X), model(X))
    assert made[0]._is_as_made()


def not_a_number() -> Any:
    layer = quant.LIF(PROFILE, spike(), learn_beta=True, learn_threshold=True)
    for parameter in layer.parameters():
        parameter.data.fill_(torch.nan)
    return layer


def is_ours(module: nn.Module) -> bool:
    return type(module).__module__.startswith("spikelut")


def objects() -> dict[str, Any]:
    """One of each public kind, in the states that it can be in."""
    loihi, odin = hw_profiles.load("loihi2"), hw_profiles.load("odin")
    model = dense()
    found: dict[str, Any] = {"not a number": not_a_number(), "no layers": quant.IntegerNetwork(PROFILE, ())}
    for whole in (model, images(), events()):
        found |= {f"{type(m).__name__} {i}": m for i, m in enumerate(whole.modules()) if is_ours(m)}
    found |= {"cuba": quant.CubaLIF(loihi, spike(loihi)), "synapse": quant.LI(loihi, alpha=0.5), "model": model}
    found |= {"FloatLIF": quant.FloatLIF(None, beta=0.0), "read-out": quant.LI(PROFILE).spec, "odin": odin}
    network = quant.integer(model)
    found |= {"network": network, **{layer.name: layer for layer in network.layers}}
    floats = nn.Sequential(nn.Linear(12, 3), quant.FloatLIF(None))
    conversion = quant.convert(floats, PROFILE, X)
    found |= {
        "conversion": conversion,
        "report": conversion.layers[0],
        "learned": surrogates.Learnable(Arctan(), "alpha"),
    }
    wide = hw_profiles.load("spinnaker1")
    found |= {"function": quant.Table.from_function(torch.sigmoid, wide, saturate=True), "table": spike(wide).table}
    found |= {"compared": quant.compare(Arctan(alpha=2.0), loihi)}
    return found | {curve.__name__: curve() for curve in surrogates.ALL}


def test_nothing_public_raises_when_it_is_looked_at() -> None:
    for name, thing in objects().items():
        assert inspect.getmembers(thing), name
        assert inspect.getmembers(type(thing)), name
        assert repr(thing), name
        assert all(isinstance(hasattr(thing, attribute), bool) for attribute in dir(thing)), name
        assert by_pickle(thing) is not None, name
    readout = quant.LI(PROFILE, beta=0.9)
    assert not hasattr(readout, "threshold")
    assert hasattr(readout, "beta")
    assert hasattr(quant.LIF(PROFILE, spike()), "threshold")
    assert not hasattr(not_a_number(), "beta")
    assert "the learned beta must be a number, got nan" in repr(not_a_number())
    with pytest.raises(ValueError, match="LIF: the learned beta must be a number, got nan"):
        quant.integer(nn.Sequential(QuantLinear(12, 3, profile=PROFILE), not_a_number()))
    with pytest.raises(ValueError, match="LIF: the learned beta must be a number, got nan"):
        not_a_number()(X)
