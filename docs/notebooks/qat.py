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
# # Train for a chip
#
# Quantisation-aware training of a small network for Intel's Loihi 2: forward it computes the chip's integers, and
# backward it reads the derivative of a spike from a table that the chip can hold. What is trained is what is
# deployed.
#
# ## The chip
#
# A profile has every number that matters, each with where it was read.

# %%
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

from spikelut import hw_profiles, plot, quant, surrogates, training

profile = hw_profiles.load("loihi2")
profile

# %% [markdown]
# The derivative of the spike is a curve, here that of an arctangent. Of it the chip would hold a table:

# %%
curve = surrogates.Arctan(alpha=2.0)
spike = quant.LUTSurrogate(curve, profile)
spike.table

# %% [markdown]
# How far the table is from the curve, over every membrane code of its range:

# %%
quant.compare(curve, profile)

# %% [markdown]
# ## The data
#
# 1797 handwritten digits of 8 by 8 pixels as events of 12 time steps: the brighter a pixel, the more of them. A fifth
# is kept for the test at the end, and a tenth of the rest for validation.

# %%
images, labels = load_digits(return_X_y=True)
events = training.rate(images / 16, 12)
data = training.SpikeDataset(events, labels)
rest, test = training.split(data, 0.2, seed=0)
train, val = training.split(rest, 0.1, seed=0)
len(train), len(val), len(test), data.shape

# %% [markdown]
# ## The network
#
# Weights of 4 bits and neurons whose decay the chip rounds to a multiple of 2**-12. The layers say what is in force.

# %%
torch.manual_seed(0)
model = nn.Sequential(
    quant.QuantLinear(64, 64, profile=profile, weight_bits=4),
    quant.LIF(profile, spike, beta=0.9),
    quant.QuantLinear(64, 10, profile=profile, weight_bits=4),
    quant.LIF(profile, spike, beta=0.9),
)
model

# %% [markdown]
# Before training: is there anything that could not be deployed, and does every layer spike?

# %%
quant.check(model, val.batch(range(8)).x)

# %% [markdown]
# ## Training
#
# `fit` is backpropagation through time. With `val` the weights of the best epoch are kept.

# %%
done = training.fit(model, train, val=val, epochs=8, learning_rate=5e-3, progress=False)
done

# %% [markdown]
# The test samples are looked at once, at the end: which digits are taken for which?

# %%
metrics = {"confusion": training.ConfusionMatrix()}
found = training.evaluate(model, test, metrics=metrics)
plot.confusion(found.metrics["confusion"], title=f"{found.accuracy:.1%} of {found.samples} are right")
plt.show()

# %% [markdown]
# ## What the chip gets
#
# The trained network as plain integers, with a reference in NumPy that everything deployed is compared with.

# %%
network = quant.integer(model.eval())
network

# %% [markdown]
# On the test samples the integers give the spikes of the layers in torch, without an exception:

# %%
x = test.batch(range(len(test))).x
(spikes,) = (network.run(x.numpy())[name] for name in network.outputs)
different = int((torch.from_numpy(spikes) != model(x)).sum())
print(f"{spikes.size:,} values compared, {spikes.mean():.1%} of them spikes, {different} different")
assert different == 0

# %% [markdown]
# One of them on its way through the network: the input, the spikes of both layers, and some membranes with the
# threshold.

# %%
plot.network(network, x, sample=3)
