"""Train a small network for a chip, look at its integers, and export it.

Run: python examples/train_and_export.py
"""

import torch
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates

torch.manual_seed(0)
profile = hw_profiles.load("reckon")
spike = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)  # backward reads ReckOn's five segments

model = nn.Sequential(
    quant.QuantLinear(20, 32, profile=profile),
    quant.LIF(profile, spike, beta=0.95),
    quant.QuantLinear(32, 2, profile=profile),
    quant.LIF(profile, spike, beta=0.95),
)

# 200 samples of 12 steps: which half of the inputs is busier?
labels = torch.arange(200) % 2
rate = torch.where((torch.arange(20) < 10) == labels[:, None].bool(), 0.4, 0.1)
x = torch.bernoulli(rate.expand(12, 200, 20))

optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
for epoch in range(40):
    counts = model(x).sum(0)
    loss = nn.functional.cross_entropy(counts, labels)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    if epoch % 10 == 9:
        accuracy = (counts.argmax(1) == labels).float().mean()
        print(f"epoch {epoch + 1}: loss {loss:.3f}, accuracy {accuracy:.1%}")

network = quant.integer(model)
for layer in network.layers:
    if isinstance(layer, quant.IntegerLinear):
        print(f"{layer.name}: {layer.codes.dtype} codes {layer.codes.shape}, shifted left by {layer.left_shift}")
    else:
        print(f"{layer.name}: threshold {layer.spec.threshold}, beta {layer.spec.beta:.4f}")

export.to_onnx(model, x, "reckon.int.onnx", dialect="integer", hidden_spikes=True)
count = export.count_differences(network.run(x.numpy()), export.run_onnx("reckon.int.onnx", x.numpy()))
share = f"{count.nonzero_share:.1%} of them not zero"
print(f"{count.compared} spikes compared with onnxruntime, {share}, {count.different} different")
