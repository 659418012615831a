# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Convert and deploy
#
# This notebook trains a network in floats, converts it to a chip's integers, and writes it as ONNX and as C. It then
# verifies that every value of every step is equal to that of the integer reference.
#
# ## A network in floats

# %%
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

from spikelut import export, hw_profiles, plot, quant, surrogates, training

torch.manual_seed(0)
images, labels = load_digits(return_X_y=True)
data = training.SpikeDataset(training.rate(images / 16, 10), labels)
train, test = training.split(data, 0.25, seed=0)

curve = surrogates.Arctan(alpha=2.0)
floats = nn.Sequential(
    nn.Linear(64, 48, bias=False),
    quant.FloatLIF(curve, beta=0.9),
    nn.Linear(48, 10, bias=False),
    quant.FloatLIF(curve, beta=0.9),
)
training.fit(floats, train, epochs=6, progress=False)

# %% [markdown]
# ## Onto the chip
#
# `convert` chooses a scale for each layer, from samples of the data. It rounds weights, decays and thresholds to values
# that the chip has, and reports the changes. The profile here is 8-bit logic, as in an FPGA, with weights of 6 bits.

# %%
profile = hw_profiles.load("generic8")
samples = train.batch(range(200)).x
converted = quant.convert(floats, profile, samples, weight_bits=6)
converted

# %% [markdown]
# Weights of fewer bits lose more accuracy. If the loss is too large, train the converted network further (see
# [Train for a chip](qat.md)).

# %%
for bits in (8, 6, 4, 3):
    model = quant.convert(floats, profile, samples, weight_bits=bits).model
    print(f"{bits} bits: {training.evaluate(model, test).accuracy:.1%}")
print(f"floats: {training.evaluate(floats, test).accuracy:.1%}")

# %% [markdown]
# Single spikes differ here and there, but the firing rates should stay the same. The figure shows those of the hidden
# layer, in floats and in integers:

# %%
x = test.batch(range(len(test))).x
activities = {}
for name, model in (("floats", floats), ("6 bits", converted.model)):
    rates = training.FiringRates()
    rates.update(quant.spike_trains(model, x))
    activities[name] = rates.compute()["1"]
distance = training.rate_distance(*(activity.rates for activity in activities.values()))
plot.firing_rates(activities, title=f"Earth Mover's distance {distance:.4f} spikes a step")
plt.show()

# %% [markdown]
# ## Its integers

# %%
network = quant.integer(converted.model.eval())
network

# %% [markdown]
# ## ONNX
#
# The network becomes a graph of integers that any runtime executes. Here onnxruntime runs it on the test samples.

# %%
folder = Path(mkdtemp())
x = x.numpy()
export.to_onnx(network, x.shape, folder / "digits.onnx", dialect="integer", hidden_spikes=True)
count = export.count_differences(network.run(x), export.run_onnx(folder / "digits.onnx", x))
print(f"{count.compared:,} values compared, {count.nonzero_share:.1%} not zero, {count.different} different")
assert count.different == 0

# %% [markdown]
# ## C
#
# The same network is written as C99 for firmware: integers, no heap, one function for a time step. Its self-test
# contains the results of the reference.

# %%
files = export.to_c(network, folder, "digits")
print((folder / "digits.h").read_text()[:1200])

# %%
compiler = shutil.which("cc")
if compiler:
    sources = [str(path) for path in files if path.suffix == ".c"]
    subprocess.run([compiler, "-std=c99", "-O1", *sources, "-o", str(folder / "digits_test")], check=True)
    print(subprocess.run([str(folder / "digits_test")], check=True, capture_output=True, text=True).stdout)

# %% [markdown]
# A network file keeps the whole network, for later and for other tools. For example, `spikelut export
# digits.safetensors --dialect integer --form step --out step.onnx` writes the graph of a single step. `spikelut verify`
# runs the networks in a folder of `spikelut train` in every installed runtime.

# %%
export.save_network(network, folder / "digits.safetensors")
again = export.load_network(folder / "digits.safetensors")
print(again, (again.run(x)["3"] == network.run(x)["3"]).all())
