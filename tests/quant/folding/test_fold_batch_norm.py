"""Batch norm of torch between quantised weights and neurons, folded into them to be trained on."""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("generic16")
SPREAD = quant.TimeDistributed


def trained(norm: Any, seed: int = 0) -> Any:
    """Batch norm with numbers of all kinds."""
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for value, low, high in (
            (norm.weight, -1.5, 1.5), (norm.bias, -0.5, 0.5), (norm.running_mean, -0.5, 0.5), (norm.running_var, 0.2, 2)
        ):  # fmt: skip
            value.copy_(torch.rand(value.shape, generator=random) * (high - low) + low)
    return norm


def model() -> Any:
    torch.manual_seed(0)
    net: Any = nn.Sequential(
        quant.QuantConv2d(2, 4, 3, profile=PROFILE, per_channel=True),
        SPREAD(trained(nn.BatchNorm2d(4))),
        quant.LIF(PROFILE, Arctan(), bias=4),
        nn.Sequential(
            nn.Flatten(2),
            quant.QuantLinear(4 * 16, 8, profile=PROFILE),
            SPREAD(trained(nn.BatchNorm1d(8), 1)),
            quant.Recurrent(quant.LIF(PROFILE, Arctan()), 8),
        ),
        quant.QuantLinear(8, 3, profile=PROFILE),
        SPREAD(trained(nn.BatchNorm1d(3, momentum=0.25, eps=1e-3), 2)),
        quant.LI(PROFILE),
    )
    with torch.no_grad():
        for part in (net[0], net[3][1], net[4]):
            part.weight.mul_(3)
    return net


def events() -> Tensor:
    return (torch.rand(6, 5, 2, 6, 6, generator=torch.Generator().manual_seed(1)) < 0.5).float()


def test_in_evaluation_it_computes_the_same() -> None:
    net, x = model().eval(), events()
    net[2].bias.data.copy_(torch.tensor([0.2, -0.1, 0.3, 0.0]))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    folded = quant.fold_batch_norm(net)
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())
    names = [name for name, _ in folded.named_modules() if name.count(".") < 2 and not name.endswith("quant")]
    assert [n for n in names if n in {str(i) for i in range(9)} | {f"3.{i}" for i in range(5)}] == [
        "0", "2", "3", "3.0", "3.1", "3.3", "4", "6",
    ]  # fmt: skip
    assert not any(isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d) for module in folded.modules())
    expected, out = net(x), folded(x)
    assert float(expected.detach().std()) > 0.2
    # Weights are rounded after the factor now, at 16 bits.
    torch.testing.assert_close(out, expected, rtol=0, atol=2e-3)
    last: Any = folded.get_submodule("4.batch_norm")
    assert folded.get_submodule("2").bias is None
    assert (last.momentum, last.eps) == (0.25, 1e-3)
    assert not folded.get_submodule("0.batch_norm").training
    flat = nn.Sequential(*(m for part in folded for m in (part if isinstance(part, nn.Sequential) else [part])))
    network = quant.integer(flat).run(x.long().numpy())
    membranes = network[list(network)[-1]]
    assert np.array_equal(membranes * PROFILE.state_step, out.detach().double().numpy())


@pytest.mark.parametrize("by_example", [False, True])
def test_pruned_weights_stay_pruned(by_example: bool) -> None:
    torch.manual_seed(0)
    norm = SPREAD(trained(nn.BatchNorm1d(5), 2))
    net = nn.Sequential(quant.QuantLinear(9, 5, profile=PROFILE), norm, quant.LIF(PROFILE, Arctan()))
    prune.random_unstructured(net[0], "weight", amount=0.5)  # type: ignore[no-untyped-call]  # torch's
    x = (torch.rand(8, 4, 9) < 0.7).float() * 4
    net(x).sum().backward()  # the hook's weight is a result now, which torch does not copy
    folded = quant.fold_batch_norm(net.eval(), example=x if by_example else None)
    folded.train()
    out = folded(x)
    out.sum().backward()
    prune.remove(net[0], "weight")  # type: ignore[no-untyped-call]  # torch's
    plain = quant.fold_batch_norm(net, example=x if by_example else None).train()
    assert float(out.detach().mean()) > 0.05
    assert torch.equal(plain(x), out)
    kept = folded.get_submodule("0").weight_mask == 0
    assert int(kept.sum()) == 22
    assert not bool(folded.get_submodule("0").weight_orig.grad[kept].any())


def test_it_trains_on() -> None:
    folded: Any = quant.fold_batch_norm(model())
    x = events()
    means = folded[0].batch_norm.running_mean.clone()
    folded(x).square().sum().backward()
    assert not torch.equal(folded[0].batch_norm.running_mean, means)
    for name, parameter in folded.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name


def test_behind_a_synaptic_current() -> None:
    profile = hw_profiles.load("loihi2")
    layer, norm = quant.QuantLinear(5, 3, profile=profile), trained(nn.BatchNorm1d(3))
    cuba = quant.CubaLIF(profile, Arctan(), alpha=0.75, bias=3)
    assert cuba.bias is not None
    cuba.bias.data.copy_(torch.tensor([0.1, 0.2, -0.3]))
    shift = norm.bias - norm.running_mean * norm.weight / (norm.running_var + norm.eps).sqrt()
    expected = (shift / (1 - cuba.alpha) + cuba.bias).detach()
    quant.fold_into(layer, SPREAD(norm), cuba)
    found: Any = cuba.real_bias()
    torch.testing.assert_close(found.detach(), expected)


def test_without_numbers_of_its_own() -> None:
    layer, lif = quant.QuantLinear(5, 3, profile=PROFILE), quant.LIF(PROFILE, Arctan())
    quant.fold_into(layer, nn.BatchNorm1d(3, affine=False), lif)
    norm: Any = layer.batch_norm
    assert not norm.weight.requires_grad
    assert torch.equal(norm.weight, torch.ones(3))


def fold(*modules: Any) -> Callable[[], Any]:
    return lambda: quant.fold_batch_norm(nn.Sequential(*modules))


def hooked() -> Any:
    layer: Any = quant.QuantLinear(5, 3, profile=PROFILE)
    layer.weight_quant.tensor_quant.register_forward_hook(lambda *_: None)
    return layer


def lif(**options: Any) -> Any:
    return quant.LIF(PROFILE, Arctan(), **options)


def linear(**options: Any) -> Any:
    return quant.QuantLinear(5, 3, profile=PROFILE, **options)


class Own(nn.BatchNorm1d):
    """A batch norm that computes something else."""

    def forward(self, x: Tensor) -> Tensor:
        return x


BETWEEN = "fold_batch_norm: layer {}: must stand between quantised weights and neurons, got "


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (fold(nn.BatchNorm1d(3), linear(), lif()), BETWEEN.format("'0'")),
        (fold(linear(), nn.BatchNorm1d(3)), BETWEEN.format("'1'")),
        (fold(linear(), lif(), SPREAD(nn.BatchNorm1d(3)), lif()), BETWEEN.format("'2'")),
        (fold(nn.Sequential(linear(), nn.BatchNorm1d(3), nn.Dropout())), BETWEEN.format(r"'0\.1'")),
        (fold(linear(), nn.BatchNorm1d(4), lif()), "fold_into: norm must have 3 features, as layer has, got 4"),
        (fold(linear(), nn.BatchNorm1d(3, track_running_stats=False), lif()), "FoldedBatchNorm: norm must have runn"),
        (fold(linear(), Own(3), lif()), "fold_into: must compute what BatchNorm1d does; use the class as it is"),
        (fold(linear(batch_norm=True), nn.BatchNorm1d(3), lif()), "fold_into: layer must have no batch norm yet"),
        (fold(linear(), nn.BatchNorm1d(3), lif(bias=4)), "fold_into: neuron must have a bias of 3, as layer has outp"),
        (fold(hooked(), nn.BatchNorm1d(3), lif()), "fold_into: layer must have the quantisers it was made with"),
        (lambda: quant.fold_batch_norm(cast(Any, Arctan())), "fold_batch_norm: model must be a torch.nn.Module, got"),
    ],
)
def test_what_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}"):
        make()


def test_a_chip_without_bias() -> None:
    profile = hw_profiles.load("reckon")
    layer, neuron = quant.QuantLinear(5, 3, profile=profile), quant.LIF(profile, Arctan())
    with pytest.raises(ValueError, match=r"^fold_into: reckon has no bias to add what batch norm shifts; leave batch"):
        quant.fold_into(layer, nn.BatchNorm1d(3), neuron)
    assert layer.batch_norm is None
    assert layer((torch.rand(2, 3, 5) < 0.5).float()).shape == (2, 3, 3)


def test_other_modules() -> None:
    norm = nn.BatchNorm1d(3)
    for given, name in (
        ((lif(), norm, lif()), "layer must be quantised weights, got LIF"),
        ((linear(), nn.LayerNorm(3), lif()), "norm must be a batch norm of torch, got LayerNorm"),
        ((linear(), norm, nn.ReLU()), "neuron must be a layer of neurons, got ReLU"),
    ):
        with pytest.raises(TypeError, match=f"^fold_into: {name}$"):
            quant.fold_into(*given)
