"""LIF layers as they are explained: a loop over time in plain torch, differentiated by autograd."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.dynamics.current import synapse_step
from spikelut.quant.dynamics.lif import lif_step


def lif(
    x: Tensor, spike: Callable[[Tensor], Tensor], beta: float, reset: str = "zero", alpha: float | None = None
) -> Tensor:
    """Spikes [T, B, ...]: leak, add, compare with 1, set to zero or subtract 1, a constant to the gradient."""
    mem, syn = torch.zeros_like(x[0]), torch.zeros_like(x[0])
    outs = []
    for arriving in x:
        syn = arriving if alpha is None else alpha * syn + arriving
        mem = beta * mem + syn
        spikes = spike(mem - 1.0)
        outs.append(spikes)
        fired = spikes.detach()
        mem = mem * (1 - fired) if reset == "zero" else mem - fired
    return torch.stack(outs)


def integer_lif(x: Tensor, layer: Any) -> Tensor:
    """Spikes of a `LIF` or `CubaLIF` layer of a chip that leaks first and reads the surrogate before the reset.

    Every value is the integer of NumPy, every gradient that of `lif`. No register may saturate.
    """
    spec, synapse, step = layer.spec, layer.synapse, layer.spec.membrane.step
    mem, syn = torch.zeros_like(x[0]), torch.zeros_like(x[0])
    code = held = np.zeros(x.shape[1:], np.int64)
    outs = []
    for arriving in x:
        now = np.rint(arriving.detach().numpy() / step).astype(np.int64)
        syn = arriving if synapse is None else float(synapse.leak.beta) * syn + arriving
        if synapse is not None:
            held, _ = synapse_step(NumpyOps, synapse, held, now)
            now = held
        done = lif_step(NumpyOps, spec, code, now)
        code = done.mem
        mem = float(spec.beta) * mem + syn
        mem = mem + (torch.from_numpy(done.full * step).float() - mem).detach()
        spikes = layer.surrogate(mem - spec.spike_at * step)
        outs.append(spikes)
        fired = spikes.detach()
        mem = mem * (1 - fired) if spec.reset == "zero" else mem - fired * (spec.threshold * step)
    return torch.stack(outs)
