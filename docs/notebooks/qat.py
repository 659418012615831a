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
# This notebook shows quantisation-aware training of a small network for Intel's Loihi 2. The forward pass computes the
# chip's integers. The backward pass reads the derivative of a spike from a table that the chip can hold. So the trained
# network is exactly the deployed network.
#
# ## The chip
#
# A profile has every number of the chip that matters, each with its source.

# %%
import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

from spikelut import hw_profiles, plot, quant, surrogates, training

profile = hw_profiles.load("loihi2")
profile

# %% [markdown]
# The surrogate gradient of a spike is a curve, here that of an arctangent. The chip would hold a table of it:

# %%
curve = surrogates.Arctan(alpha=2.0)
spike = quant.LUTSurrogate(curve, profile)
spike.table

# %% [markdown]
# The difference between table and curve, over every membrane code of the table's range:

# %%
quant.compare(curve, profile)

# %% [markdown]
# ## The data
#
# The data are 1797 handwritten digits of 8 by 8 pixels. Each becomes events over 12 time steps: the brighter a pixel,
# the more events. A fifth of the digits is kept for the test at the end, and a tenth of the rest for validation.

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
# The network has weights of 4 bits, and neurons whose decay the chip rounds to a multiple of 2**-12. The layers show
# the rounded values.

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
# A check before training: can everything be deployed, and does every layer spike?

# %%
quant.check(model, val.batch(range(8)).x)

# %% [markdown]
# ## Training
#
# `fit` trains by backpropagation through time. If `val` is given, it keeps the weights of the best epoch.

# %%
done = training.fit(model, train, val=val, epochs=8, learning_rate=5e-3, progress=False)
done

# %% [markdown]
# The test samples are used only once, at the end. The confusion matrix shows which digits are mistaken for which:

# %%
metrics = {"confusion": training.ConfusionMatrix()}
found = training.evaluate(model, test, metrics=metrics)
plot.confusion(found.metrics["confusion"], title=f"{found.accuracy:.1%} of {found.samples} are right")
plt.show()

# %% [markdown]
# ## What the chip gets
#
# `quant.integer` returns the trained network as plain integers. Its NumPy reference is what everything deployed is
# compared with.

# %%
network = quant.integer(model.eval())
network

# %% [markdown]
# On the test samples, the integer network gives exactly the same spikes as the layers in torch:

# %%
x = test.batch(range(len(test))).x
(spikes,) = (network.run(x.numpy())[name] for name in network.outputs)
different = int((torch.from_numpy(spikes) != model(x)).sum())
print(f"{spikes.size:,} values compared, {spikes.mean():.1%} of them spikes, {different} different")
assert different == 0

# %% [markdown]
# The next figure follows one test sample through the network: the input, the spikes of both layers, and some membranes
# with the threshold.

# %%
plot.network(network, x, sample=3)
