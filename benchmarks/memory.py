"""Memory that training keeps for the backward pass: the same network here and in snnTorch.

Counts the bytes of every tensor that autograd saves in one forward pass, each storage once, inputs and parameters left
out. Needs snnTorch (`make test-interop` installs it). Prints a table; writes results/memory.json.
"""

import json
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.export import write_whole
from spikelut.surrogates import Arctan

STEPS, BATCH, SIZES = (16, 100), 128, (784, 128, 10)


def saved_bytes(model: Any, x: Tensor) -> int:
    """The bytes that a forward pass keeps."""
    kept: dict[int, int] = {}

    def pack(tensor: Tensor) -> Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    known = [x, *(parameter for module in model.modules() for parameter in module.parameters(recurse=False))]
    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        out = model(x)
    for tensor in known:
        kept.pop(tensor.untyped_storage().data_ptr(), None)
    assert out.requires_grad
    return sum(kept.values())


def ours(profile_name: str, tabulated: bool) -> nn.Module:
    """The network in a chip's integers."""
    profile = hw_profiles.load(profile_name)
    slope: Any = quant.LUTSurrogate(Arctan(alpha=2.0), profile) if tabulated else Arctan(alpha=2.0)
    return nn.Sequential(
        quant.QuantLinear(SIZES[0], SIZES[1], profile=profile),
        quant.LIF(profile, slope),
        quant.QuantLinear(SIZES[1], SIZES[2], profile=profile),
        quant.LIF(profile, slope),
    )


class SnnTorch(nn.Module):
    """The network in snnTorch's floats; `bits` quantises its states, as snnTorch does it."""

    def __init__(self, bits: int | None) -> None:
        import snntorch
        from snntorch.functional import quant as state

        super().__init__()
        quantised = state.state_quant(num_bits=bits, uniform=True, threshold=1.0) if bits else False
        self.linears = nn.ModuleList([nn.Linear(SIZES[0], SIZES[1]), nn.Linear(SIZES[1], SIZES[2])])
        self.neurons = nn.ModuleList([snntorch.Leaky(beta=0.9, state_quant=quantised) for _ in self.linears])

    def forward(self, x: Tensor) -> Tensor:
        """Spikes [T, B, 10]."""
        mems: list[Any] = [torch.zeros(x.shape[1], n) for n in SIZES[1:]]
        outs = []
        for spikes in x:
            for i, (linear, neuron) in enumerate(zip(self.linears, self.neurons, strict=True)):
                spikes, mems[i] = neuron(linear(spikes), mems[i])
            outs.append(spikes)
        return torch.stack(outs)


def main() -> None:
    torch.manual_seed(0)
    cases: dict[str, Any] = {
        "snnTorch Leaky, floats": SnnTorch(None),
        "snnTorch Leaky, state_quant 4 bits": SnnTorch(4),
        "snnTorch Leaky, state_quant 8 bits": SnnTorch(8),
        "loihi2, analytic gradient": ours("loihi2", False),
        "loihi2, table gradient": ours("loihi2", True),
        "reckon, table gradient": ours("reckon", True),
    }
    found: dict[str, list[int]] = {name: [] for name in cases}
    for steps in STEPS:
        x = (torch.rand(steps, BATCH, SIZES[0]) < 0.2).float()
        for name, model in cases.items():
            found[name].append(saved_bytes(model, x))
    first = next(iter(found.values()))
    print("| network | " + " | ".join(f"T = {steps}, MiB (ratio)" for steps in STEPS) + " |")
    for name, sizes in found.items():
        cells = (f"{size / 2**20:.2f} ({size / base:.2f})" for size, base in zip(sizes, first, strict=True))
        print(f"| {name} | " + " | ".join(cells) + " |")
    record = {"network": SIZES, "steps": STEPS, "batch": BATCH, "torch": torch.__version__, "saved_bytes": found}
    (Path(__file__).parent / "results").mkdir(exist_ok=True)
    write_whole(Path(__file__).parent / "results" / "memory.json", json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
