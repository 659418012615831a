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
# # Learn on the device
#
# A chip that learns while it runs keeps no history, so it cannot use backpropagation through time. Instead, it has a
# trace for each axon, a table for the derivative of a spike, and a learning signal from the output. This algorithm is
# e-prop. Here it runs with the traces that ReckOn keeps, and in ReckOn's integers.

# %%
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

import matplotlib.pyplot as plt
import torch
from torch import nn

from spikelut import export, hw_profiles, plot, quant, surrogates

profile = hw_profiles.load("reckon")
spike = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
spike.table

# %% [markdown]
# ReckOn's table has five values, separated by four breakpoints. It needs comparators, but no memory.
#
# ## A task with a delay
#
# A cue comes early, on the first or on the second half of the inputs. Then noise follows. At the end the network must
# say on which half the cue was.

# %%
STEPS, INPUTS, CUE = 30, 40, 8


def trials(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Events [T, B, inputs] and which half the cue was on, [B]."""
    generator = torch.Generator().manual_seed(seed)
    side = torch.randint(0, 2, (count,), generator=generator)
    rate = torch.full((STEPS, count, INPUTS), 0.03)
    on = (torch.arange(INPUTS) < INPUTS // 2) == (side[:, None] == 0)
    rate[:CUE] += 0.4 * on
    return torch.bernoulli(rate, generator=generator), side


x, side = trials(64, seed=0)
plot.raster(x, title=f"a trial: the cue is on side {int(side[0])}")
plt.show()

# %% [markdown]
# ## The network
#
# The network has one recurrent hidden layer, and a read-out whose membrane is the answer.

# %%
torch.manual_seed(1)
model = nn.Sequential(
    quant.QuantLinear(INPUTS, 32, profile=profile),
    quant.Recurrent(quant.LIF(profile, spike, beta=0.95), 32),
    quant.QuantLinear(32, 2, profile=profile),
    quant.LI(profile, beta=0.95),
)
quant.integer(model)

# %% [markdown]
# ## How good is the gradient?
#
# Backpropagation through time looks back over all steps. A weight also acts through spikes of other neurons at later
# steps, and e-prop leaves this part out. Chips keep traces of axons, which leave out resets and saturation as well.
# The feedback may use random weights in place of the read-out's. At first, it then has nothing of the gradient's
# direction. As the network learns, its read-out comes to agree with the random weights. The next cell prints the cosine
# of each gradient with that of backpropagation:

# %%
ANSWER_FROM = STEPS - 6


def error_of(side: torch.Tensor) -> Callable[[int, torch.Tensor], torch.Tensor | None]:
    """The derivative of the cross entropy of the membranes, in the last steps alone."""
    target = nn.functional.one_hot(side, 2).float()
    return lambda t, membrane: torch.softmax(membrane, 1) - target if t >= ANSWER_FROM else None


def gradients() -> list[torch.Tensor]:
    found = [parameter.grad.flatten().clone() for parameter in model.parameters()]
    model.zero_grad()
    return found


x, side = trials(64, seed=77)
out = model(x)[ANSWER_FROM:]
nn.functional.cross_entropy(out.flatten(0, 1), side.repeat(len(out)), reduction="sum").backward()
exact, names = gradients(), [name for name, _ in model.named_parameters()]
for traces, feedback in (("synapse", "symmetric"), ("axon", "symmetric"), ("axon", "random")):
    quant.EProp(model, traces=traces, feedback=feedback).run(x, error_of(side))
    cosines = [torch.cosine_similarity(a, b, dim=0).item() for a, b in zip(exact, gradients(), strict=True)]
    print(f"{traces}, {feedback}: ", ", ".join(f"{n} {c:.2f}" for n, c in zip(names, cosines, strict=True)))

# %% [markdown]
# ## Learning
#
# `EProp` runs the network step by step, with the traces and the feedback of the chip. The error, softmax minus the
# right answer, is given while it runs. No step is kept, so the chip's memory does not grow with time.

# %%
learner = quant.EProp(model, traces="axon", feedback="random")
optimiser = torch.optim.Adam(model.parameters(), lr=4e-3)
accuracies = []
for update in range(60):
    x, side = trials(32, seed=update + 1)
    optimiser.zero_grad()
    membranes = learner.run(x, error_of(side))
    optimiser.step()
    answer = membranes[ANSWER_FROM:].mean(0).argmax(1)
    accuracies.append(float((answer == side).float().mean()))

plt.figure(figsize=(7, 2.4), layout="constrained")
plt.plot(range(1, 61), [100 * a for a in accuracies])
plt.gca().set(xlabel="update", ylabel="accuracy, %", ylim=(0, 102))
plt.show()

# %% [markdown]
# The accuracy on trials that the network has not seen:

# %%
x, side = trials(500, seed=10_000)
with torch.no_grad():
    answer = model(x)[ANSWER_FROM:].mean(0).argmax(1)
accuracy = float((answer == side).float().mean())
print(f"{accuracy:.1%} of 500 trials")
assert accuracy > 0.8

# %% [markdown]
# ## On the chip
#
# The learned weights are integers already. The table for the chip's learning rule is written to a file.

# %%
folder = Path(mkdtemp())
export.save_table(spike.table, folder / "slope.h")
print((folder / "slope.h").read_text()[:900])
