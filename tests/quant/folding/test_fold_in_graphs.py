"""Batch norm of torch in branching modules is folded: all neurons that its sums come to add the shift."""

from typing import Any

import pytest
import torch
from graph_models import C, conv, each_step, events, lif, linear, readout, woken
from torch import Tensor, nn

from spikelut import quant

X = (5, 6, 2, 8, 8)


def norm() -> nn.Module:
    return each_step(nn.BatchNorm2d(C))


class Spikes(nn.Module):
    """A block of SEW-ResNet, as it is published."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.norm0, self.lif0 = conv(2, C), norm(), lif()
        self.conv1, self.norm1, self.lif1 = conv(C, C), norm(), lif()
        self.head, self.out = linear(C * 64, 3), readout()

    def forward(self, x: Tensor) -> Tensor:
        x = self.lif0(self.norm0(self.stem(x)))
        x = x + self.lif1(self.norm1(self.conv1(x)))
        found: Tensor = self.out(self.head(x.flatten(2)))
        return found


class Currents(Spikes):
    """One of MS-ResNet: the sums of the first convolution come to two layers of neurons."""

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm0(self.stem(x))
        x = x + self.norm1(self.conv1(self.lif0(x)))
        found: Tensor = self.out(self.head(self.lif1(x).flatten(2)))
        return found


def made(kind: type[nn.Module]) -> Any:
    torch.manual_seed(0)
    model: Any = woken(kind())
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.2, 0.2)  # type: ignore[arg-type]  # it has statistics
            nn.init.uniform_(module.running_var, 0.5, 1.5)  # type: ignore[arg-type]  # as above
            nn.init.uniform_(module.weight, 0.7, 1.2)
            nn.init.uniform_(module.bias, -0.5, 0.0)
    return model


@pytest.mark.parametrize("kind", [Spikes, Currents])
def test_it_computes_the_same_but_for_rounding(kind: type[nn.Module]) -> None:
    model, x = made(kind), events(*X)
    folded: Any = quant.fold_batch_norm(model)
    assert isinstance(folded.norm0.module if hasattr(folded.norm0, "module") else folded.norm0, nn.Identity)
    before, after = (quant.spike_trains(m, x) for m in (model, folded))
    for name in ("lif0", "lif1"):
        assert 0.02 < float(before[name].mean()) < 0.98
        # Weights are rounded to 16 bits with and without their factor: few spikes are others.
        assert float((before[name] != after[name]).double().mean()) < 0.02
    if kind is Currents:
        assert folded.lif0.bias_layers == (folded.stem,)
        assert folded.lif1.bias_layers == (folded.stem, folded.conv1)


@pytest.mark.parametrize("kind", [Spikes, Currents])
def test_what_is_trained_on_is_what_is_deployed(kind: type[nn.Module]) -> None:
    folded, x = quant.fold_batch_norm(made(kind)), events(*X)
    optimiser = torch.optim.SGD(folded.parameters(), lr=0.05)
    for _ in range(3):
        folded.train()
        loss = folded(x).mean(0).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    folded.eval()
    network = quant.integer(folded, example=x)
    with torch.no_grad():
        own = folded(x)
    (codes,) = (torch.from_numpy(network.run(x.numpy())[name]) for name in network.outputs)
    assert torch.equal((codes * network.signals[network.outputs[0]].step).float(), own)
    assert float((own != 0).double().mean()) > 0.5


class Misplaced(Spikes):
    """What batch norm may not do."""

    place = "spikes"

    def forward(self, x: Tensor) -> Tensor:
        sums = self.stem(x)
        if self.place == "spikes":
            return self.out(self.head(self.norm0(self.lif0(sums)).flatten(2)))  # type: ignore[no-any-return]
        if self.place == "twice":
            return self.out(self.head(self.lif0(self.norm0(sums) + sums).flatten(2)))  # type: ignore[no-any-return]
        return self.norm0(sums)  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("spikes", "layer 'norm0.module': must stand right behind quantised weights, got 'module'"),
        ("twice", "layer 'norm0.module': must be all that takes what layer 'stem' gives, got 'stem'"),
        ("out", "layer 'norm0.module': must stand before neurons, which add its shift, got 'an output'"),
    ],
)
def test_what_is_refused(place: str, message: str) -> None:
    model = Misplaced()
    model.place = place
    with pytest.raises(ValueError, match="fold_batch_norm: ") as error:
        quant.fold_batch_norm(model, example=X)
    assert message in str(error.value)
