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
# A network that was trained in floats, brought onto a chip's integers, written as ONNX and as C, and verified: every
# value of every step is that of the integer reference.
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
# `convert` chooses a scale for each layer, rounds weights, decays and thresholds to what the chip has, and reports
# what that changed, on data that calibrate it. Here it is logic of 8 bits, as in an FPGA, with weights of 6.

# %%
profile = hw_profiles.load("generic8")
samples = train.batch(range(200)).x
converted = quant.convert(floats, profile, samples, weight_bits=6)
converted

# %% [markdown]
# With weights of fewer bits more is lost. How much shows in the accuracy; where it is too much, training goes on from
# the converted network (see [Train for a chip](qat.md)).

# %%
for bits in (8, 6, 4, 3):
    model = quant.convert(floats, profile, samples, weight_bits=bits).model
    print(f"{bits} bits: {training.evaluate(model, test).accuracy:.1%}")
print(f"floats: {training.evaluate(floats, test).accuracy:.1%}")

# %% [markdown]
# Spikes differ here and there; what should stay is how often neurons fire. Of the hidden layer, in floats and in
# integers:

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
# A graph of integers that any runtime executes; here onnxruntime, on the samples of the test.

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
# The same network as C99 for firmware: integers, no heap, one function for a time step. Its self-test knows what the
# reference gives.

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
# A network file keeps all of it, for later and for other tools: `spikelut export digits.safetensors --dialect integer
# --form step --out step.onnx` writes the graph of a single step, and `spikelut verify` runs a folder of `spikelut
# train` in every runtime that is installed.

# %%
export.save_network(network, folder / "digits.safetensors")
again = export.load_network(folder / "digits.safetensors")
print(again, (again.run(x)["3"] == network.run(x)["3"]).all())
