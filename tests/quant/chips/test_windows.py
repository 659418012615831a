"""Windows: a sequence is its windows, each from rest, in values and in gradients, from any step of a window on."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("hls4ml")
SLOPE = quant.LUTSurrogate(Arctan(alpha=2.0), PROFILE)
STEPS, SIZE, NEURONS = 14, 4, 6


def layer(kind: Any, size: int | None, **options: Any) -> Any:
    common: dict[str, Any] = {"bias": NEURONS, "learn_beta": True, "window_size": size, **options}
    if kind == "LI":
        made: Any = quant.LI(PROFILE, beta=0.9, **common)
    else:
        made = quant.LIF(PROFILE, SLOPE, beta=0.9, reset=kind, learn_threshold=True, **common)
    with torch.no_grad():
        made.bias.copy_(torch.linspace(-0.1, 0.2, NEURONS))
    return made


def currents() -> Tensor:
    random = torch.Generator().manual_seed(1)
    return (torch.randint(-900, 1500, (STEPS, 3, NEURONS), generator=random) / 1024).requires_grad_()


def in_parts(run: Any, current: Tensor) -> Tensor:
    """The windows one after the other, each by itself."""
    return torch.cat([run(current[t : t + SIZE]) for t in range(0, STEPS, SIZE)])


# Where gradients are truncated, and here they never are, steps are run one by one; else window after window.
@pytest.mark.parametrize("truncate", [None, 1000])
@pytest.mark.parametrize("kind", ["subtract", "zero", "LI"])
def test_a_sequence_is_its_windows(kind: str, truncate: int | None) -> None:
    windowed, plain = layer(kind, SIZE, truncate=truncate), layer(kind, None)
    towards = torch.randn((STEPS, 3, NEURONS), generator=torch.Generator().manual_seed(2))
    found, wanted = currents(), currents()
    out, expected = windowed(found), in_parts(plain, wanted)
    assert torch.equal(out, expected)
    assert out.count_nonzero() > 0.05 * out.numel()
    torch.autograd.backward([(out * towards).sum(), (expected * towards).sum()])
    pairs = [(found.grad, wanted.grad)]
    pairs += [(p.grad, q.grad) for p, q in zip(windowed.parameters(), plain.parameters(), strict=True)]
    assert len(pairs) >= 3
    for ours, theirs in pairs:
        # Sums of the same numbers, in parts.
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
        assert torch.as_tensor(ours).count_nonzero() > 0


@pytest.mark.parametrize("kind", ["subtract", "LI"])
def test_each_sample_may_be_at_a_step_of_its_own(kind: str) -> None:
    neurons, current = layer(kind, SIZE), currents().detach()
    begun = [neurons.run(current[:n]).states for n in (1, 2, 4)]
    states = {name: torch.stack([s[name][b] for b, s in enumerate(begun)]) for name in begun[0]}
    together = neurons.run(current, states=states)
    for b, own in enumerate(begun):
        alone = neurons.run(current, states=own)
        assert torch.equal(together.out[:, b], alone.out[:, b])
        for name, state in alone.states.items():
            assert torch.equal(together.states[name][b], state[b])
    assert together.out.any()


@pytest.mark.parametrize("truncate", [None, 1000])
@pytest.mark.parametrize("kind", ["subtract", "LI"])
def test_states_go_on_from_any_step(kind: str, truncate: int | None) -> None:
    neurons, current = layer(kind, SIZE, truncate=truncate), currents().detach()
    whole = neurons.run(current)
    assert list(whole.states) == ["mem", "window"]
    for cut in range(1, STEPS):
        first = neurons.run(current[:cut])
        rest = neurons.run(current[cut:], states=first.states)
        assert torch.equal(torch.cat([first.out, rest.out]), whole.out)
        for name, state in whole.states.items():
            assert torch.equal(rest.states[name], state)


def test_no_gradient_goes_back_over_the_end_of_a_window() -> None:
    for kind, ends in (("subtract", SIZE), ("LI", SIZE)):
        current = currents()
        torch.autograd.backward([layer(kind, SIZE)(current)[ends].sum()])
        assert current.grad is not None
        assert not current.grad[:ends].any()
        assert current.grad[ends].any()


def test_what_is_refused() -> None:
    neurons, current = layer("zero", SIZE), currents().detach()
    mem = torch.zeros(3, NEURONS)
    message = r"LIF: mem must come with the steps of its window that are over: run\(current, states=ended\.states\)"
    for given in ({"mem": mem}, {"states": {"mem": mem}}):
        with pytest.raises(ValueError, match=message):
            neurons.run(current, **given)
    with pytest.raises(ValueError, match=r"Recurrent: neuron must have no window_size, .* got 4"):
        quant.Recurrent(neurons, NEURONS)
    with pytest.raises(ValueError, match="LIF: loihi2 clears no membranes, so window_size must be None, got 4"):
        quant.LIF(hw_profiles.load("loihi2"), Arctan(), window_size=4)
    for wrong in (0, 2**16 + 1, 2.0, True):
        with pytest.raises(ValueError, match=r"window_size must be an integer in 1\.\.65536"):
            quant.LI(PROFILE, window_size=wrong)  # type: ignore[arg-type]


class Loop(nn.Module):
    """A loop over time that hands on the steps of the window, or forgets them."""

    def __init__(self, forgets: bool) -> None:
        super().__init__()
        self.linear = quant.QuantLinear(5, NEURONS, profile=PROFILE)
        self.neurons = quant.IF(PROFILE, SLOPE, window_size=SIZE)
        self.forgets = forgets
        nn.init.uniform_(self.linear.weight, -0.2, 0.5)

    def forward(self, x: Tensor) -> Tensor:
        outs, states = [], None
        for given in x:
            ended = self.neurons.run(self.linear(given).unsqueeze(0), states=states)
            states = {"mem": ended.mem} if self.forgets else ended.states
            outs.append(ended.out[0])
        return torch.stack(outs)


def test_loops_over_time() -> None:
    torch.manual_seed(0)
    model, x = Loop(False), (torch.rand(STEPS, 3, 5) < 0.4).float()
    spikes = model(x)
    assert torch.equal(spikes, model.neurons(model.linear(x)))
    assert spikes.any()
    with pytest.raises(ValueError, match="mem must come with the steps of its window"):
        Loop(True)(x)


def test_the_share_of_cut_registers_counts_no_windows() -> None:
    neurons = layer("zero", 1)
    integers = quant.IntegerLIF("x", neurons.spec, Arctan(), None, others=neurons.others)
    codes = (currents().detach() * 1024).long().numpy()
    assert integers.saturated(codes) == 0.0
