"""Training on from a converted network: it begins as the very same integers, and never ends below them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from cut import Cut
from torch import Tensor, nn
from trained_networks import CLASSES, INPUTS, samples

from spikelut import hw_profiles, quant, surrogates, training

PROFILE = hw_profiles.load("loihi2")
DATA, VAL = samples(), samples(40, 2)
RUINOUS: dict[str, Any] = {"learning_rate": 3.0, "epochs": 2, "batch_size": 16}
"""Updates so large that nothing good is left."""


@pytest.fixture(scope="module")
def floats() -> nn.Sequential:
    """A float network that knows the classes."""
    torch.manual_seed(5)
    spike = surrogates.Arctan(alpha=2.0)
    hidden = quant.FloatRecurrent(quant.FloatLIF(spike, beta=0.9, reset="zero"), 16)
    layers = nn.Linear(INPUTS, 16, bias=False), hidden, nn.Linear(16, CLASSES, bias=False)
    model = nn.Sequential(*layers, quant.FloatLIF(spike, beta=0.9, reset="zero"))
    training.fit(model, samples(200, 4), epochs=8, learning_rate=0.02, batch_size=25)
    return model.eval()


def converted(floats: nn.Sequential) -> nn.Module:
    """The same each time."""
    model: nn.Module = quant.convert(floats, PROFILE, DATA.batch(torch.arange(70)).x.float(), weight_bits=4).model
    return model


def events() -> Tensor:
    return VAL.batch(torch.arange(40)).x.float()


class First(training.Callback):
    """Compares the network with the converted one before the first update."""

    def __init__(self, wanted: dict[str, Any]) -> None:
        self.wanted, self.compared, self.nonzero = wanted, 0, 0

    def on_start(self, state: training.State) -> None:
        model = state.model.eval()
        found = quant.integer(model).run(events().numpy())
        for name, spikes in self.wanted.items():
            assert np.array_equal(found[name], spikes)
            self.compared, self.nonzero = self.compared + spikes.size, self.nonzero + int((spikes != 0).sum())
        *_, last = found.values()
        with torch.no_grad():
            assert np.array_equal(model(events()).numpy(), last)


@pytest.mark.parametrize("val", [VAL, None])
def test_a_converted_network_never_ends_below_its_start(floats: nn.Sequential, val: Any) -> None:
    model = converted(floats)
    before = training.evaluate(model, VAL if val else DATA)
    wanted, weights = quant.integer(model).run(events().numpy()), model.state_dict()
    weights = {name: value.clone() for name, value in weights.items()}
    first = First(wanted)
    done = training.fit(model, DATA, val=val, callbacks=[first], **RUINOUS)
    assert first.compared > 4000
    assert first.nonzero > 500
    # What training made of it is worse, and forgotten.
    assert len(done.history) == 2
    assert done.start is not None
    assert done.best is done.start
    assert done.best.number == 0
    start = done.start.val_accuracy if val else done.start.accuracy
    assert start == before.accuracy > 0.55
    assert all(torch.equal(value, weights[name]) for name, value in done.model.state_dict().items())
    for name, spikes in quant.integer(done.model.eval()).run(events().numpy()).items():
        assert np.array_equal(spikes, wanted[name])
    given_up = training.fit(converted(floats), DATA, val=val, keep_start=False, **RUINOUS)
    assert given_up.start is None
    assert given_up.best.number > 0
    assert training.evaluate(given_up.model, VAL if val else DATA).accuracy < before.accuracy


def test_what_is_better_than_the_start_is_kept(floats: nn.Sequential) -> None:
    broken = converted(floats)
    with torch.no_grad():
        for weight in (w for w in broken.parameters() if w.ndim == 2):
            weight[::3] = 0.0
    start = training.evaluate(broken, DATA).accuracy
    done = training.fit(broken, DATA, epochs=4, learning_rate=5e-3, batch_size=16)
    assert done.best.number == 4
    assert done.start is not None
    assert done.start.accuracy == start
    assert training.evaluate(done.model, DATA).accuracy > start
    assert "start" not in repr(done)


def test_only_what_was_converted_has_a_start_unless_it_is_asked_for(floats: nn.Sequential) -> None:
    assert training.fit(nn.Linear(INPUTS, CLASSES), DATA, epochs=1).start is None
    before = training.evaluate(floats, VAL).accuracy
    kept = training.fit(floats, DATA, val=VAL, keep_start=True, **RUINOUS)
    assert kept.best.number == 0
    assert training.evaluate(floats, VAL).accuracy == before
    assert kept.start is not None
    assert "nan" not in (kept._repr_html_() or "")
    assert repr(kept) == f"Fit(2 epochs, none better than the start, validation {before:.2%}; 1 warnings)"
    wrong: Any = "yes"
    with pytest.raises(ValueError, match=r"^fit: keep_start must be True, False, or None, got 'yes'$"):
        training.fit(floats, DATA, epochs=1, keep_start=wrong)


def exponents(model: nn.Module) -> list[float]:
    """The scales of all weights."""
    layers: list[Any] = [module for module in model.modules() if hasattr(module, "quant_weight")]
    return [float(layer.quant_weight().scale.detach().max()) for layer in layers]


def test_grids_do_not_become_coarser(floats: nn.Sequential) -> None:
    model = converted(floats)
    before = exponents(model)
    assert len(before) == 3
    training.fit(model, DATA, epochs=1, learning_rate=0.5, batch_size=16, keep_start=False)
    assert all(after <= scale for after, scale in zip(exponents(model), before, strict=True))
    # Without a note of `convert` they are free.
    free = converted(floats)
    for module in free.modules():
        if hasattr(module, "converted_scale"):
            del module.converted_scale
    training.fit(free, DATA, epochs=1, learning_rate=0.5, batch_size=16, keep_start=False)
    assert any(after > scale for after, scale in zip(exponents(free), before, strict=True))


def test_limits_of_channels_and_of_weights_that_are_zero() -> None:
    profile = hw_profiles.load("generic8")
    layer = quant.QuantConvTranspose1d(2, 3, 2, profile=profile, per_channel=True)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([0.3, 0.6, 0.0])[:, None].expand(2, 3, 2))
    assert layer.limits()[:, :, 0].tolist() == [[0.5, 1.0, float("inf")]] * 2
    linear = quant.QuantLinear(2, 2, profile=profile)
    with torch.no_grad():
        linear.weight.copy_(torch.tensor([[0.3, -0.9], [0.0, 0.0]]))
    assert linear.limits().tolist() == [[1.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize("val", [VAL, None])
def test_resumed_the_start_is_still_a_candidate(floats: nn.Sequential, val: Any, tmp_path: Path) -> None:
    wanted = training.fit(converted(floats), DATA, val=val, **RUINOUS)
    options: dict[str, Any] = {"folder": tmp_path, "checkpoint_minutes": 1e-9, "val": val, **RUINOUS}
    for number, after in enumerate((2, 7)):
        with pytest.raises(InterruptedError):
            training.fit(converted(floats), DATA, callbacks=[Cut(after)], resume=number > 0, **options)
    found = training.fit(converted(floats), DATA, resume=True, **options)
    assert found.start == found.best
    assert found.best.number == 0
    assert [epoch.loss for epoch in found.history] == [epoch.loss for epoch in wanted.history]
    same = found.model.state_dict()
    assert all(torch.equal(value, same[name]) for name, value in converted(floats).state_dict().items())
    without = tmp_path / "without"
    training.fit(converted(floats), DATA, epochs=1, folder=without, keep_start=False)
    with pytest.raises(ValueError, match="keep_start must not be True to resume a run that did not keep its start"):
        training.fit(converted(floats), DATA, epochs=1, folder=without, keep_start=True, resume=True)
