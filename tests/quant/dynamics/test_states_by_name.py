"""The states of layers of neurons, taken and given by their names."""

import pytest
import torch
from torch import Tensor

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("loihi2")


def cuba() -> quant.CubaLIF:
    return quant.CubaLIF(PROFILE, Arctan(), alpha=0.7)


def currents() -> Tensor:
    return torch.rand(12, 3, 5, generator=torch.Generator().manual_seed(3))


def test_states_go_on_by_name_as_they_do_one_by_one() -> None:
    whole = cuba().run(currents())
    first = cuba().run(currents()[:7])
    rest = cuba().run(currents()[7:], states=first.states)
    assert list(first.states) == ["mem", "syn"]
    assert torch.equal(torch.cat((first.out, rest.out)), whole.out)
    assert whole.out.any()
    out, mem, syn = rest
    assert torch.equal(mem, whole.mem)
    assert torch.equal(syn, whole.states["syn"])
    assert syn.count_nonzero() == syn.numel()
    by_one = cuba().run(currents()[7:], first.mem, states={"syn": first.syn})
    assert torch.equal(by_one.out, out)


def test_neurons_without_a_current_hand_it_on_and_do_not_name_it() -> None:
    syn = torch.full((3, 5), 0.25)
    ended = quant.LIF(PROFILE, Arctan()).run(currents(), syn=syn)
    assert list(ended.states) == ["mem"]
    assert torch.equal(ended.syn, syn)


@pytest.mark.parametrize(
    ("states", "message"),
    [
        ({"threshold": torch.zeros(3, 5)}, "CubaLIF: states must be of mem, syn, got 'threshold'"),
        ({"syn": torch.zeros(3, 4)}, r"CubaLIF: syn must be \(3, 5\), got \(3, 4\)"),
        ({"mem": torch.zeros(3, 5)}, "CubaLIF: states must not have what is given by itself, got 'mem'"),
    ],
)
def test_states_that_are_refused(states: dict[str, Tensor], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cuba().run(currents(), torch.zeros(3, 5), states=states)


def test_recurrent_neurons_take_states_by_name() -> None:
    torch.manual_seed(1)
    layer = quant.Recurrent(cuba(), 5)
    whole = layer.sequence(currents())
    first = layer.sequence(currents()[:7])
    rest = layer.sequence(currents()[7:], last=first.out[-1], states=first.states)
    assert torch.equal(torch.cat((first.out, rest.out)), whole.out)
    assert whole.out.any()
