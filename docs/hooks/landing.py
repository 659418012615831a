"""The picture of the first page: one digit in floats, in the integers of a chip, and in a compiled C program.

    python docs/hooks/landing.py docs/float-chip-c.png

Needs a C compiler, and so is not drawn while the site is built; `make gallery` draws it.
"""

import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from matplotlib.figure import Figure
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates, training

STEPS, HIDDEN = 24, 40
PROGRAM = """
#include <stdio.h>
#include "net.h"
int main(void) {
    static net_state state;
    uint8_t input[NET_INPUTS], output[NET_OUTPUTS];
    net_reset(&state);
    while (fread(input, 1, sizeof input, stdin) == sizeof input) {
        if (net_step(&state, input, output)) return 1;
        fwrite(state.spikes_1, 1, sizeof state.spikes_1, stdout);
        fwrite(output, 1, sizeof output, stdout);
    }
    return 0;
}
"""
Spikes = tuple[NDArray[np.uint8], NDArray[np.uint8]]
"""Of the hidden layer and of the outputs, [T, N] each."""


def in_c(network: quant.IntegerNetwork, x: NDArray[np.uint8]) -> Spikes:
    """What the exported C gives for one sample [T, 64], compiled and run."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        export.to_c(network, folder, "net")
        (folder / "main.c").write_text(PROGRAM, encoding="utf-8")
        subprocess.run(["cc", "-std=c99", "-O1", "net.c", "main.c", "-o", "net"], cwd=folder, check=True)
        said = subprocess.run([folder / "net"], input=x.tobytes(), capture_output=True, check=True).stdout
    both = np.frombuffer(said, np.uint8).reshape(len(x), HIDDEN + 10)
    return both[:, :HIDDEN], both[:, HIDDEN:]


def of(model: nn.Module, x: torch.Tensor) -> Spikes:
    """What a torch model gives for one sample [T, 1, 64]."""
    trains = quant.spike_trains(model, x)
    first, last = (trains[name][:, 0].numpy().astype(np.uint8) for name in ("1", "3"))
    return first, last


def compared() -> list[tuple[str, Spikes]]:
    """The three programs, by what stands above them."""
    torch.manual_seed(0)
    images, labels = load_digits(return_X_y=True)
    data = training.SpikeDataset(training.rate(images / 16, STEPS), labels)
    train, test = training.split(data, 0.25, seed=0)
    floats = nn.Sequential(
        nn.Linear(64, HIDDEN, bias=False),
        quant.FloatLIF(surrogates.Arctan(alpha=2.0), beta=0.9),
        nn.Linear(HIDDEN, 10, bias=False),
        quant.FloatLIF(surrogates.Arctan(alpha=2.0), beta=0.9),
    )
    training.fit(floats, train, epochs=15, progress=False)
    chip = quant.convert(floats, hw_profiles.load("loihi2"), train.batch(range(200)).x, weight_bits=4)
    network = quant.integer(chip.model)
    x = test.batch([3]).x
    sample = x[:, 0].numpy().astype(np.uint8)
    return [
        ("trained in floats", of(floats, x)),
        ("the chip's integers, 4-bit weights", of(chip.model, x)),
        ("exported as C, compiled, run", in_c(network, sample)),
    ]


def draw(programs: list[tuple[str, Spikes]]) -> Figure:
    """A raster each; below, how many spikes are not those to the left."""
    figure = Figure(figsize=(10, 3.9), layout="constrained")
    before: Spikes | None = None
    for axes, (title, (hidden, out)) in zip(figure.subplots(1, 3, sharey=True), programs, strict=True):
        both = np.hstack([out, hidden])
        wrong = np.zeros_like(both) if before is None else both != np.hstack([before[1], before[0]])
        step, neuron = np.nonzero(both)
        axes.plot(step, neuron, "|", color="#0550ae", markersize=4.5, markeredgewidth=1.6)
        step, neuron = np.nonzero(wrong)
        axes.plot(step, neuron, "s", color="#d1242f", markersize=5, fillstyle="none", markeredgewidth=0.8)
        axes.axhline(9.5, color="#8c959f", linewidth=0.8)
        axes.set_title(title, fontsize=11)
        said = f"answer {out.sum(0).argmax()}, {both.sum():,} spikes"
        said += "" if before is None else f"\n{wrong.sum():,} not as on the left"
        axes.set_xlabel(f"time step\n{said}", fontsize=10)
        axes.spines[["top", "right"]].set_visible(False)
        before = hidden, out
    figure.axes[0].set_yticks([4.5, 10 + HIDDEN / 2], ["10\noutputs", f"{HIDDEN}\nhidden"])
    return figure


if __name__ == "__main__":
    draw(compared()).savefig(sys.argv[1], dpi=110)
