"""What NeuroBench says of a network for a chip: sparsity, synaptic operations, and the footprint in the chip's bits.

Run: python examples/neurobench_metrics.py, with `pip install neurobench` beside spikelut[qat].
"""

import torch
from neurobench.benchmarks import Benchmark
from neurobench.metrics.static import ConnectionSparsity, Footprint
from neurobench.metrics.workload import ActivationSparsity, SynapticOperations
from neurobench.models import TorchModel
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from spikelut import export, hw_profiles, quant, surrogates


class Network(nn.Module):
    """Counts of spikes [batch, classes] for what NeuroBench gives: [batch, time, features]."""

    def __init__(self) -> None:
        super().__init__()
        profile = hw_profiles.load("loihi2")
        spike = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
        self.layers = nn.Sequential(
            quant.QuantLinear(20, 16, profile=profile, weight_bits=4),
            quant.LIF(profile, spike, beta=0.9, threshold=0.5),
            quant.QuantLinear(16, 2, profile=profile, weight_bits=4),
            quant.LIF(profile, spike, beta=0.9, threshold=0.5),
        )

    def forward(self, batch: Tensor) -> Tensor:
        spikes: Tensor = self.layers(batch.transpose(0, 1))
        return spikes.sum(0)


def main() -> None:
    torch.manual_seed(0)
    data = TensorDataset((torch.rand(32, 12, 20) < 0.3).float(), torch.randint(0, 2, (32,)))
    # The one line that is ours: NeuroBench then finds integers of 4 bits, and spikes, in layers that it knows.
    model = TorchModel(export.for_neurobench(Network()))
    metrics = [[Footprint, ConnectionSparsity], [ActivationSparsity, SynapticOperations]]
    found = Benchmark(model, DataLoader(data, batch_size=8), [], [], metrics).run(quiet=True)
    operations = found["SynapticOperations"]
    print("footprint, bytes", found["Footprint"])
    print("connection sparsity", found["ConnectionSparsity"])
    print("activation sparsity", found["ActivationSparsity"])
    print("operations a sample, dense", operations["Dense"])
    print("operations a sample, effective", operations["Effective_ACs"])


if __name__ == "__main__":
    main()
