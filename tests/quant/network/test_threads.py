"""Models are read in several threads at once, as in one after the other."""

import sys
from collections.abc import Callable, Iterator
from threading import Barrier, Thread
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant, surrogates

LOIHI = hw_profiles.load("loihi2")
EVENTS = (torch.rand(8, 4, 6, generator=torch.Generator().manual_seed(1)) < 0.5).float()
THREADS = 4


@pytest.fixture
def often() -> Iterator[None]:
    """Threads take turns all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


class Own(nn.Module):
    """A forward of the user's own, within which another module is called."""

    def __init__(self, layers: nn.Sequential) -> None:
        super().__init__()
        self.layers = nn.ModuleList([nn.Sequential(*list(layers)[:1]), nn.Sequential(*list(layers)[1:])])

    def forward(self, x: Tensor) -> Any:
        first, last = self.layers
        return last(first(x))


def converted() -> list[Tensor]:
    floats: Any = nn.Sequential(nn.Linear(6, 5), quant.FloatLIF(surrogates.Arctan(), beta=0.9, reset="zero"))
    with torch.no_grad():
        floats[0].weight.copy_(torch.linspace(-1, 2, 30).reshape(5, 6))
        floats[0].bias.zero_()
    return list(quant.convert(Own(floats), LOIHI, EVENTS).model.state_dict().values())


def deployed() -> list[Tensor]:
    model: Any = nn.Sequential(quant.QuantLinear(6, 5, profile=LOIHI), quant.LIF(LOIHI, surrogates.Arctan()))
    with torch.no_grad():
        model[0].weight.copy_(torch.linspace(-1, 2, 30).reshape(5, 6))
    network = quant.integer(Own(model), example=EVENTS)
    return [torch.from_numpy(x) for x in network.run(EVENTS.numpy()).values()]


@pytest.mark.parametrize("work", [converted, deployed])
def test_models_are_read_in_several_threads(work: Callable[[], list[Tensor]], often: None) -> None:
    wanted, call = work(), nn.Module.__call__
    assert any(bool(x.any()) for x in wanted)
    found: list[Any] = []
    together = Barrier(THREADS)

    def run() -> None:
        together.wait()
        for _ in range(5):
            try:
                found.append(work())
            except Exception as error:
                found.append(error)

    threads = [Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert nn.Module.__call__ is call
    assert [one for one in found if isinstance(one, Exception)] == []
    assert len(found) == 5 * THREADS
    assert all(torch.equal(a, b) for one in found for a, b in zip(one, wanted, strict=True))
