"""Tables exchanged in networks: wrong on purpose, and put back whatever happens."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch
from gradient_networks import Batch, batches, events, loss, sequential
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.quant.comparison.gradients import compare_gradients
from spikelut.quant.comparison.swap_slopes import exchanged, shifted, shifted_surrogate, table_readers
from spikelut.quant.neurons.event_lif import EventLIF
from spikelut.surrogates import Arctan


@pytest.mark.parametrize("profile", ["loihi2", "generic8", "tflm_int16", "akida2"])
@pytest.mark.parametrize("cells", [1, -3, 20])
def test_a_shifted_table_reads_cells_further_up(profile: str, cells: int) -> None:
    table = quant.Table.from_surrogate(Arctan(alpha=2.0), hw_profiles.load(profile), saturate=True)
    assert isinstance(table, quant.UniformTable)
    wrong, width = shifted(table, cells), int(table.cells.width)
    low, high = table.tabulated
    x = torch.arange(low, high + 1, max(1, width // 3))
    moved = x + cells * width
    kept = (moved >= low) & (moved <= high)
    assert int(kept.sum()) > 100
    assert (wrong.lookup_codes(x[kept]) == table.lookup_codes(moved[kept])).all()
    end = torch.tensor([high if cells > 0 else low])
    assert (wrong.lookup_codes(end) == table.lookup_codes(end)).all()
    assert (shifted(table, 0).codes == table.codes).all()
    assert sorted({*wrong.codes.tolist()} - {*table.codes.tolist()}) == []


def test_shifted_segments_and_folded_tables() -> None:
    segments = quant.Table.from_surrogate(Arctan(), hw_profiles.load("reckon"))
    codes = segments.codes.tolist()
    assert shifted(segments, 2).codes.tolist() == [*codes[2:], codes[-1], codes[-1]]
    assert shifted(segments, -1).codes.tolist() == [codes[0], *codes[:-1]]
    folded = quant.Table.from_surrogate(Arctan(), hw_profiles.load("spinnaker1"))
    assert isinstance(folded, quant.UniformTable)
    x = torch.arange(0, 2000, 7)
    for sign in (1, -1):
        further = folded.lookup_codes(sign * (x + 5 * int(folded.cells.width)))
        assert (shifted(folded, 5).lookup_codes(sign * x) == further).all()


def test_a_shifted_surrogate_is_a_copy() -> None:
    lut = quant.LUTSurrogate(Arctan(), hw_profiles.load("loihi2"))
    before = lut.codes.clone()
    wrong = shifted_surrogate(lut, 9)
    assert (lut.codes == before).all()
    assert (lut.table.codes == before).all()
    assert (wrong.codes == wrong.table.codes).all()
    assert (wrong.codes[:-9] == before[9:]).all()
    assert wrong.analytic == lut.analytic


def state(model: nn.Module) -> list[Any]:
    """The identity of everything a comparison exchanges, and each module's mode."""
    return [
        (name, id(module), module.training, [(key, id(child)) for key, child in module._modules.items()])
        for name, module in model.named_modules()
    ] + [(name, id(module.layer_spec)) for name, module in model.named_modules() if isinstance(module, EventLIF)]


@pytest.mark.parametrize("passes", [1, 2, 3, 99])
@pytest.mark.parametrize("make", [lambda: sequential("loihi2"), lambda: events("reckon")])
def test_the_model_is_left_as_it_was(make: Callable[[], nn.Module], passes: int) -> None:
    model = make()
    model.train()
    next(model.children()).eval()
    before, weights = state(model), copy.deepcopy(model.state_dict())
    torch.manual_seed(5)
    random = torch.get_rng_state()
    called = 0

    def breaking(out: Tensor, labels: Tensor) -> Tensor:
        nonlocal called
        called += 1
        assert not any(module.training for module in model.modules())
        torch.rand(3)
        if called == passes:
            raise KeyError("broken")
        return loss(out, labels)

    def drawn() -> Iterator[Batch]:
        torch.rand(2)
        yield from batches(5, count=1)

    if passes == 99:
        with torch.no_grad():
            compare_gradients(model, drawn(), breaking, control=1)
        assert called == 3
    else:
        with pytest.raises(KeyError, match="broken"):
            compare_gradients(model, drawn(), breaking, control=1)
    assert state(model) == before
    assert (torch.get_rng_state() == random).all()
    assert all(p.grad is None for p in model.parameters())
    assert all((weights[name] == tensor).all() for name, tensor in model.state_dict().items())


def test_exchanged_layers_that_share_a_table_are_places_of_their_own() -> None:
    lut = quant.LUTSurrogate(Arctan(), hw_profiles.load("loihi2"))
    model = nn.Sequential(nn.Linear(2, 2), lut, nn.Linear(2, 2), nn.Sequential(lut))
    places = table_readers(model)
    assert [place.name for place in places] == ["1", "3.0"]
    x = torch.linspace(-3, 3, 7, requires_grad=True)
    with exchanged(places):
        stand_ins = [model[1], model.get_submodule("3.0")]
        assert stand_ins[0] is not stand_ins[1]
        for stand_in in stand_ins:
            (gradient,) = torch.autograd.grad(stand_in(x).sum(), x)
            assert (gradient == lut.analytic.surrogate_grad(x.detach())).all()
            assert (stand_in(x) == lut(x)).all()
    assert model[1] is lut
    assert model.get_submodule("3.0") is lut


def test_nothing_is_exchanged_if_a_stand_in_cannot_be_made() -> None:
    model = sequential("loihi2")
    before = state(model)
    made: list[nn.Module] = []

    def failing(place: Any) -> nn.Module:
        assert state(model) == before
        if made:
            raise ValueError("cannot")
        made.append(shifted_surrogate(place.lut, 1))
        return made[0]

    with pytest.raises(ValueError, match="cannot"), exchanged(table_readers(model), failing):
        pass
    assert state(model) == before
