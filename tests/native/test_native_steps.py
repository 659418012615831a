"""Recurrent layers and learned decays in the compiled kernels, step by step: equal to the readable path."""

from functools import partial
from itertools import product
from typing import Any

import pytest
import torch
from backends import both, equal, gradients, needs_native, threads
from torch import Tensor, nn
from watched_kernels import watched

from spikelut import hw_profiles, quant
from spikelut.quant.backends import dispatch
from spikelut.surrogates import ReluGrad, SquarewaveFourierSeries, Surrogate

pytestmark = needs_native
STEPS, BATCH, SIZE = 25, 3, 12


@pytest.fixture(autouse=True)
def runs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Counts what the kernels gave step by step, so that no test compares the readable path with itself."""
    counts = {"FORWARD": 0, "BACKWARD": 0}

    def counted(run: Any, way: str) -> Any:
        def call(*args: Any) -> Any:
            made = run(*args)
            counts[way] += made is not None
            return made

        return call

    for way in counts:
        ways = [
            one._replace(run=counted(one.run, way)) if one.name in ("native steps", "native, fed back") else one
            for one in getattr(dispatch, way)
        ]
        monkeypatch.setattr(dispatch, way, tuple(ways))
    with threads(1):
        yield counts


def layer_of(
    profile: str, slope: str, *, cuba: bool, learn: bool, each: bool, recurrent: bool = True, **more: Any
) -> Any:
    chip = hw_profiles.load(profile)
    torch.manual_seed(5)
    curve: Surrogate = SquarewaveFourierSeries() if slope == "no kernel" else ReluGrad(alpha=0.8)
    spike = quant.LUTSurrogate(curve, chip, saturate=True) if slope == "table" else curve
    beta = torch.rand(SIZE) * 0.3 + 0.65 if each else 0.9
    neuron: Any
    if cuba:
        neuron = quant.CubaLIF(chip, spike, alpha=0.6, beta=beta, learn_beta=learn, **more)
    else:
        neuron = quant.LIF(chip, spike, beta=beta, learn_beta=learn, **more)
    if neuron.bias is not None:
        nn.init.normal_(neuron.bias, 0.0, 0.1)
    return quant.Recurrent(neuron, SIZE) if recurrent else neuron


def drive(wild: float = 1.0) -> tuple[Tensor, Tensor]:
    """Currents, some off the grid, every 50th `wild` times as large; and a gradient of the output."""
    torch.manual_seed(6)
    x = torch.randn(STEPS, BATCH, SIZE) * 0.6
    x.view(-1)[::50] *= wild
    return x, torch.randn(STEPS, BATCH, SIZE)


def compare(layer: Any, x: Tensor, grad: Tensor, runs: dict[str, int], ways: tuple[int, int] = (1, 1)) -> None:
    readable, compiled = both(lambda: gradients(layer, x, grad))
    assert (runs["FORWARD"], runs["BACKWARD"]) == ways
    assert 0.02 < float((readable[0] != 0).float().mean()) < 0.9
    for i, (a, b) in enumerate(zip(readable, compiled, strict=True)):
        assert float(a.abs().max()) > 0
        if a.shape == (SIZE, SIZE):  # recurrent weights: a sum over all steps, whose order is the matrix product's
            torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-5)
        else:
            assert equal(a, b), (i, (a - b).abs().max())


@pytest.mark.parametrize(("cuba", "learn", "each"), list(product([False, True], repeat=3)))
@pytest.mark.parametrize("slope", ["table", "no kernel"])
def test_recurrent_layers(slope: str, cuba: bool, learn: bool, each: bool, runs: dict[str, int]) -> None:
    layer = layer_of("loihi2", slope, cuba=cuba, learn=learn, each=each, bias=SIZE if cuba else None)
    compare(layer, *drive(), runs)


@pytest.mark.parametrize("learn", [False, True])
@pytest.mark.parametrize("name", ["loihi2", "generic16"])
@pytest.mark.parametrize("recurrent", [False, True])
def test_currents_that_do_not_lie_in_one_piece(recurrent: bool, name: str, learn: bool, runs: dict[str, int]) -> None:
    """As where the batch comes first."""
    layer = layer_of(name, "table", cuba=False, learn=learn, each=False, recurrent=recurrent)
    x, grad = drive()
    ways = (int(learn or recurrent),) * 2
    compare(layer, x.transpose(0, 1).contiguous().transpose(0, 1), grad, runs, ways)
    last = torch.rand(BATCH, SIZE)
    found = layer.sequence(x.transpose(1, 2).contiguous().transpose(1, 2), last.T.contiguous().T)
    assert equal(found.out, layer.sequence(x, last).out)


@pytest.mark.parametrize("each", [False, True])
def test_learned_decays_without_feedback(each: bool, runs: dict[str, int]) -> None:
    compare(layer_of("loihi2", "table", cuba=True, learn=True, each=each, recurrent=False), *drive(), runs)


def test_registers_that_saturate_pass_nothing(runs: dict[str, int]) -> None:
    layer = layer_of("loihi2", "no kernel", cuba=True, learn=True, each=True)
    x, grad = drive()
    x[10:, :, ::2] -= 8.0
    compare(layer, x, grad, runs)
    low = layer.neuron.spec.membrane.min_code * layer.neuron.spec.membrane.step
    assert float(layer.sequence(x).mem.detach().min()) <= low * 0.99, "no membrane got to the end of its register"


def test_truncated_gradients(runs: dict[str, int]) -> None:
    compare(layer_of("loihi2", "table", cuba=True, learn=True, each=True, truncate=7), *drive(), runs)


def test_states_go_in_and_come_out(runs: dict[str, int]) -> None:
    layer = layer_of("loihi2", "table", cuba=True, learn=True, each=True)
    x, _ = drive()

    def whole_and_parts() -> list[Tensor]:
        whole = layer.sequence(x)
        first = layer.sequence(x[:10])
        second = layer.sequence(x[10:], first.mem, first.syn, first.out[-1])
        return [whole.out, whole.mem, whole.syn, torch.cat([first.out, second.out]), second.mem, second.syn]

    readable, compiled = both(whole_and_parts)
    assert runs["FORWARD"] == 3
    for a, b in zip(readable, compiled, strict=True):
        assert equal(a, b)
    assert equal(compiled[0], compiled[3])
    assert equal(compiled[1], compiled[4])


@pytest.mark.parametrize("profile", ["reckon", "generic8", "generic16"])
def test_other_chips(profile: str, runs: dict[str, int]) -> None:
    compare(layer_of(profile, "table", cuba=False, learn=False, each=False), *drive(), runs)


def test_leaks_after_the_input_are_learned_the_readable_way(runs: dict[str, int]) -> None:
    layer = layer_of("reckon", "table", cuba=False, learn=True, each=False)
    assert not layer.neuron.spec.leak_first
    compare(layer, *drive(), runs, ways=(0, 0))


def test_read_outs_that_learn(runs: dict[str, int]) -> None:
    layer = quant.LI(hw_profiles.load("loihi2"), beta=0.9, learn_beta=True)
    readable, compiled = both(lambda: gradients(layer, *drive()))
    assert (runs["FORWARD"], runs["BACKWARD"]) == (1, 1)
    assert all(equal(a, b) for a, b in zip(readable, compiled, strict=True))


def test_sums_that_float32_does_not_hold_go_the_readable_way(runs: dict[str, int]) -> None:
    layer = layer_of("loihi2", "table", cuba=False, learn=False, each=False)
    x, grad = drive(1000.0)
    compare(layer, x, grad, runs, ways=(0, 1))


def test_learned_thresholds_go_back_the_readable_way(runs: dict[str, int]) -> None:
    layer = layer_of("loihi2", "table", cuba=False, learn=True, each=True, learn_threshold=True)
    compare(layer, *drive(), runs, ways=(1, 0))


@pytest.fixture
def fed_back(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the kernel of all steps at once returns, call after call."""
    return watched(monkeypatch, "spikelut_integer_fed")


def sequence(layer: Any, x: Tensor, last: Tensor | None = None) -> list[Tensor]:
    """Spikes and the last states."""
    with torch.no_grad():
        return list(layer.sequence(x, last=last))


@pytest.mark.parametrize("cuba", [False, True])
def test_all_steps_at_once(cuba: bool, runs: dict[str, int], fed_back: list[int]) -> None:
    layer = layer_of("loihi2", "no kernel", cuba=cuba, learn=False, each=cuba, bias=SIZE, truncate=11)
    x, grad = drive()
    x[10:, :, ::2] -= 8.0
    compare(layer, x, grad, runs)
    low = layer.neuron.spec.membrane.min_code * layer.neuron.spec.membrane.step
    assert float(layer.sequence(x).mem.detach().min()) <= low * 0.99, "no membrane got to the end of its register"
    assert fed_back == [0, 0]


def test_spikes_before_the_first_step(runs: dict[str, int], fed_back: list[int]) -> None:
    layer = layer_of("loihi2", "table", cuba=True, learn=False, each=False)
    x, _ = drive()
    last = (torch.rand(BATCH, SIZE) < 0.5).float()
    for given, taken in ((last, 0), (2 * last, 4)):
        readable, compiled = both(partial(sequence, layer, x, given))
        assert fed_back.pop() == taken
        assert all(equal(a, b) for a, b in zip(readable, compiled, strict=True))
        assert not torch.equal(compiled[0], sequence(layer, x)[0])
    assert runs["FORWARD"] == 4


def test_samples_are_shared_out(fed_back: list[int]) -> None:
    layer = quant.Recurrent(quant.LIF(hw_profiles.load("loihi2"), ReluGrad(), beta=0.9), 700)
    torch.manual_seed(0)
    with torch.no_grad():
        layer.linear.weight.copy_(-torch.rand(700, 700) * 0.002)
        layer.linear.weight[:100] = -0.0625  # more than 16 bits where many spike
    x, last = torch.randn(8, 13, 700) * 0.5, (torch.rand(13, 700) < 0.5).float()
    x[2] += 9
    readable, _ = both(lambda: sequence(layer, x, last))
    for count in (1, 2, 3, 16):
        with threads(count):
            found = sequence(layer, x, last)
        assert all(equal(a, b) for a, b in zip(readable, found, strict=True))
    assert fed_back == [0] * 5
    assert float(readable[0].sum(2).max()) > 500
    assert 0.02 < float(readable[0].mean()) < 0.9
