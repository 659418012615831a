"""Windows of a read-out: several neurons of a class, each read in its part of the steps."""

import torch
from torch import Tensor

from spikelut._checks import require


def read_in_windows(who: str, out: Tensor, mask: Tensor | None, windows: int) -> Tensor:
    """Of outputs [T, B, K * windows], those that are read, [T, B, K].

    read[t, b, k] = out[t, b, k * windows + n * windows // N], where n counts the steps of the sample that count, from
    0, and N is their number; in steps that do not count it is the neuron of the last one that did.
    """
    steps, samples, units = out.shape
    message = f"out must be [T, B, K * {windows}], {windows} neurons of each class"
    require(units % windows == 0 < units, who, message, list(out.shape))
    if mask is None:
        place = torch.arange(steps, device=out.device)[:, None].expand(steps, samples) * windows // steps
    else:
        place = (mask.cumsum(0) - 1).clamp(min=0) * windows // mask.sum(0)
    chosen = place[:, :, None, None].expand(-1, -1, units // windows, 1)
    return out.reshape(steps, samples, units // windows, windows).gather(3, chosen).squeeze(3)
