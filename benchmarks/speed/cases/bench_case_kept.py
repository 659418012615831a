"""What layers of every kind of neuron keep for the way back."""

from collections.abc import Callable, Iterator

import torch
from bench_backends import ours
from bench_case import Case, Contender, Setting, equal
from bench_case_kinds import LOIHI, SHAPE, table, work
from bench_case_lif import CURVE
from bench_peers import ALPHA, BETA, Layer
from torch import Tensor

from spikelut import hw_profiles, quant

GENERIC, XYLO = (hw_profiles.load(name) for name in ("generic8", "xylo"))

KINDS: dict[str, Callable[[], Layer]] = {
    "reset to zero": lambda: quant.LIF(LOIHI, table("loihi2"), beta=BETA, reset="zero"),
    "reset by subtraction": lambda: quant.LIF(GENERIC, table("generic8"), beta=BETA, reset="subtract"),
    "current that decays": lambda: quant.CubaLIF(LOIHI, table("loihi2"), alpha=ALPHA, beta=BETA),
    "refractory": lambda: quant.LIF(LOIHI, table("loihi2"), beta=BETA, refractory=2),
    "threshold that adapts": lambda: quant.AdaptiveLIF(LOIHI, table("loihi2"), beta=BETA),
    "several spikes": lambda: quant.CubaLIF(XYLO, table("xylo"), alpha=ALPHA, beta=BETA),
    "read-out": lambda: quant.LI(LOIHI, beta=BETA),
    "curve instead of a table": lambda: quant.LIF(LOIHI, CURVE, beta=BETA, reset="zero"),
}


class Kept(Case):
    """A layer of each kind, forward and backward."""

    name = "kept"
    title = "What neurons of each kind keep, forward and backward"
    text = (
        f"T = {SHAPE[0]}, {SHAPE[1]} × {SHAPE[2]} neurons in integers, with tables of 256 entries. The profile is "
        "`loihi2`; for the reset by subtraction it is `generic8`, and for several spikes in a step `xylo`. "
        "Memory is counted per neuron and step. The next layer may also keep the spikes, which are not counted "
        "here."
    )
    main = ("layer",)
    drawn = False

    def settings(self) -> list[Setting]:
        return [{"kind": name, "threads": 2} for name in KINDS]

    def quick(self) -> list[Setting]:
        return self.settings()

    def contenders(self, setting: Setting, backends: list[str]) -> Iterator[Contender]:
        yield from ours("layer", lambda: work(KINDS[str(setting["kind"])](), events=False), backends)

    def check(self) -> int:
        """The kept spikes, or what tells them, give the gradients of a layer that is run in two halves."""
        x = torch.randn(8, 4, 64, generator=torch.Generator().manual_seed(0))
        return sum(equal(name, _gradient(make(), x, 8), _gradient(make(), x, 4), 1e-6) for name, make in KINDS.items())


def _gradient(layer: Layer, x: Tensor, steps: int) -> Tensor:
    """That of the currents, for so many steps at a time."""
    neurons: quant.LIF = layer  # type: ignore[assignment]  # all of them have `run`
    given, outs = x.clone().requires_grad_(), []
    states: dict[str, Tensor] = {}
    for start in range(0, len(x), steps):
        ended = neurons.run(given[start : start + steps], states=states)
        outs.append(ended.out)
        states = ended.states
    total = torch.cat(outs).square().sum() + torch.stack([state.sum() for state in states.values()]).sum()
    return torch.autograd.grad(total, given)[0]
