"""Networks with folded batch norm: what is trained is what is deployed."""

import copy
import pickle
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from normed import GENERIC, LOIHI, events, images, lut, made, network, plain
from torch import Tensor, nn

from spikelut import export, quant
from spikelut.surrogates import Arctan


@pytest.mark.parametrize("read_out", [False, True])
def test_deployed_integers_are_those_of_training(read_out: bool, tmp_path: Path) -> None:
    model = network(read_out=read_out)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for turn in range(5):
        x = images(turn)
        deployed = quant.integer(model)
        expected = deployed.run(x.long().numpy())["5"]
        out = model(x)
        if turn:  # the first batch sets the statistics
            found = out.detach().double().numpy() / (GENERIC.state_step if read_out else 1)
            assert np.array_equal(found, expected)
            assert np.count_nonzero(expected) > 0.1 * expected.size
        optimiser.zero_grad()
        (out.mean() - 0.4).square().backward()
        optimiser.step()
    model.eval()
    trains = quant.spike_trains(model, x)
    last = quant.integer(model).run(x.long().numpy())
    assert export.count_differences(trains, last).different == 0
    export.to_onnx(model, x.shape, tmp_path / "m.onnx", "integer")
    outputs = export.run_onnx(tmp_path / "m.onnx", x.numpy())
    assert np.array_equal(next(iter(outputs.values())), last["5"])
    again = quant.from_integer(quant.integer(model))
    assert torch.equal(again(x), model(x))
    read: Any = export.from_nir(export.to_nir(model, None, input_shape=(2, 6, 6)))
    assert torch.equal(read(x), model(x))
    assert torch.equal(read[0].weight, model[0].real_weight())


def test_it_trains_as_batch_norm_in_floats_does() -> None:
    random = torch.Generator().manual_seed(5)
    patterns = torch.rand(4, 2, 6, 6, generator=random) < 0.35
    labels = torch.arange(64) % 4
    noise = torch.rand(6, 64, 2, 6, 6, generator=random)
    x = torch.where(patterns[labels], noise < 0.55, noise < 0.3).float()

    def floats() -> Any:
        curve = Arctan(alpha=2.0)
        spread = quant.TimeDistributed
        conv, linear = nn.Conv2d(2, 8, 3, padding=1, bias=False), nn.Linear(8 * 9, 4, bias=False)
        first = (spread(conv), spread(nn.BatchNorm2d(8)), quant.FloatLIF(curve), quant.SumPool2d(2), nn.Flatten(2))
        return nn.Sequential(*first, linear, spread(nn.BatchNorm1d(4)), quant.FloatLIF(None))

    losses: dict[str, list[float]] = {}
    for name, make in {"folded": lambda: network(read_out=True), "floats": floats}.items():
        torch.manual_seed(0)
        model = make()
        optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
        losses[name] = []
        for _ in range(30):
            loss = nn.functional.cross_entropy(model(x).mean(0)[:, :4], labels)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]  # torch's
            optimiser.step()
            losses[name].append(loss.item())
    assert losses["folded"][-1] < 0.25 * losses["folded"][0]
    # 4-bit weights and a coarser start: not better than floats, but no more than this behind.
    assert losses["folded"][-1] < losses["floats"][-1] + 0.15


def test_sums_that_meet_bring_both_shifts() -> None:
    one, two = made("linear"), made("linear")
    two.batch_norm.bias.data.mul_(-0.5)
    lif = quant.LIF(GENERIC, lut(GENERIC), bias=(one, two))
    other = quant.LIF(GENERIC, lut(GENERIC), bias=6)
    assert other.bias is not None
    other.bias.data.copy_(one.folded_bias() + two.folded_bias())
    x = events("linear", one)
    (a, _), (b, _) = plain("linear", one), plain("linear", two)
    spikes = lif(one(x) + two(x))
    assert torch.equal(spikes, other(a(x) + b(x)))
    assert 0.05 < float(spikes.detach().mean()) < 0.95


def test_behind_a_synaptic_current() -> None:
    layer = made("linear", profile=LOIHI)
    cuba = quant.CubaLIF(LOIHI, lut(LOIHI), alpha=0.75, bias=layer)
    other = quant.CubaLIF(LOIHI, lut(LOIHI), alpha=0.75, bias=6)
    assert other.bias is not None
    other.bias.data.copy_(layer.folded_bias() / (1 - cuba.alpha))
    (mantissas, exponent), wanted = cast(Any, cuba.integer_bias()), cast(Any, other.integer_bias())
    assert torch.equal(mantissas, wanted[0])
    assert mantissas.any()
    assert exponent == wanted[1]
    cuba(layer(events("linear", layer))).sum().backward()
    assert layer.batch_norm.bias.grad is not None
    assert layer.batch_norm.bias.grad.isfinite().all()


def test_copies_states_and_pickles() -> None:
    model, x = network(), images()
    model(x)
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        for layer, lif in ((0, 1), (4, 5)):
            assert copied[lif].bias_layers[0] is copied[layer]
        out = copied(x)
        assert torch.equal(out, copy.deepcopy(model)(x))
        assert out.any()
        copied[0].batch_norm.bias.data += 5
        assert not torch.equal(copied.eval()(x), copy.deepcopy(model).eval()(x))
    names = [name for name, _ in model.named_parameters(remove_duplicate=False)]
    assert names == [f"{i}{rest}" for i in (0, 4) for rest in (".weight", ".batch_norm.weight", ".batch_norm.bias")]
    other = network(seed=1)
    other.load_state_dict(model.state_dict())
    assert torch.equal(other.eval()(x), model.eval()(x))
    norm: Any = nn.BatchNorm2d(8)
    norm(torch.randn(4, 8, 3, 3))
    model[0].batch_norm.load_state_dict(norm.state_dict())
    assert torch.equal(model[0].batch_norm.running_mean, norm.running_mean)
    assert list(norm.state_dict()) == list(model[0].batch_norm.state_dict())


def test_half_precision_stands_for_its_values() -> None:
    model, x = network(read_out=True), images()
    model(x)
    half = copy.deepcopy(model).half().eval()
    out = half(x.half())
    assert torch.equal(out, copy.deepcopy(half).float()(x))
    assert out.any()
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(half(x.half()), out)
        assert torch.equal(model.eval()(x), copy.deepcopy(model)(x))


def test_networks_whose_shift_nobody_adds_are_not_deployed() -> None:
    message = r"bias must be the layers with batch_norm=True before these neurons, where they have it, and no others, "
    model = network()
    other = quant.LIF(GENERIC, lut(GENERIC))
    for neurons in (other, model[5]):
        changed = nn.Sequential(*model)
        changed[1] = neurons
        with pytest.raises(ValueError, match=f"layer '1': {message}"):
            quant.integer(changed)
    changed = copy.deepcopy(model)
    changed[0] = quant.QuantConv2d(2, 8, 3, profile=GENERIC, padding=1)
    with pytest.raises(ValueError, match=f"layer '1': {message}"):
        quant.integer(changed)


class Meeting(nn.Module):
    """Sums of two layers with batch norm meet, and are pooled, before neurons add both shifts."""

    def __init__(self, flat: bool = False, bare: bool = False, one: bool = False) -> None:
        super().__init__()
        torch.manual_seed(0)
        options: dict[str, Any] = {"profile": GENERIC, "padding": 1, "batch_norm": True}
        self.conv, self.shortcut = quant.QuantConv2d(2, 4, 3, **options), quant.QuantConv2d(2, 4, 3, **options)
        self.pool, self.flat, self.bare = quant.MaxPool2d(2), flat, bare
        self.lif = quant.LIF(GENERIC, lut(GENERIC), bias=self.conv if one else (self.shortcut, self.conv))
        self.other = quant.LIF(GENERIC, lut(GENERIC), bias=self.shortcut if one else None)

    def forward(self, x: Tensor) -> Any:
        sums = self.conv(x) + self.shortcut(x)
        if self.flat:
            return self.lif(sums.transpose(3, 4))
        out = self.lif(self.pool(sums))
        return (out, self.conv(x)) if self.bare else out


def test_forwards_with_sums_that_meet() -> None:
    model, x = Meeting(), images()
    for _ in range(3):
        model(x)
    found = quant.integer(model, example=x).run(x.long().numpy())["lif"]
    assert np.array_equal(model(x).detach().numpy(), found)
    assert 0.05 < found.mean() < 0.95
    message = r"sums of a layer with batch_norm=True go to neurons that add what it shifts .*, got 'transpose'$"
    with pytest.raises(ValueError, match=message):
        quant.integer(Meeting(flat=True), example=x)
    with pytest.raises(
        ValueError, match=r"output '1' must be of neurons that add what batch norm shifts .*QuantConv2d"
    ):
        quant.integer(Meeting(bare=True), example=x)
    with pytest.raises(
        ValueError, match=r"layer 'lif': bias must be the layers with batch_norm=True .* \['QuantConv2d"
    ):
        quant.integer(Meeting(one=True), example=x)
