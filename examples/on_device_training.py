"""Train digits for a chip, then let a device without torch learn another writer's hand with the exported training step.

The first part trains a network for Loihi 2 on scikit-learn's digits in torch and writes two files: the training step as
ONNX, and an archive with the weights and data. The second part, `device_loop.py`, imports nothing but NumPy and
onnxruntime: it sees digits written at a slant, which the network gets wrong, and trains on a few hundred of them.

Run: python examples/on_device_training.py
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track
from scipy.ndimage import rotate
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn

from spikelut import hw_profiles, quant, surrogates
from spikelut.export.train_step.write import to_train_step

STEPS, BATCH = 6, 32
LEVELS = 16  # of grey: an event of the input is a sixteenth


def network() -> nn.Sequential:
    """64-64-10; the same image in every time step, read out by the mean membrane."""
    profile = hw_profiles.load("loihi2")
    slope = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    return nn.Sequential(
        quant.QuantLinear(64, 64, profile=profile, input_step=1 / LEVELS),
        quant.Repeat(STEPS),
        quant.LIF(profile, slope, bias=64),
        quant.QuantLinear(64, 10, profile=profile),
        quant.LI(profile, bias=10),
    )


def slanted(images: NDArray[Any], degrees: float) -> NDArray[Any]:
    """Images [N, 64] turned, in whole levels of grey."""
    turned: NDArray[Any] = rotate(images.reshape(-1, 8, 8), degrees, axes=(1, 2), reshape=False, order=1)
    return np.asarray(turned.clip(0, LEVELS).round().reshape(-1, 64))


def fit(model: nn.Sequential, images: NDArray[Any], labels: NDArray[Any], epochs: int) -> None:
    """Train with Adam."""
    x, y = torch.from_numpy(images).float() / LEVELS, torch.from_numpy(labels)
    optimiser = torch.optim.Adam(model.parameters(), lr=5e-3)
    for _ in track(range(epochs), "training in torch"):
        for index in torch.randperm(len(x)).split(BATCH):
            loss = nn.functional.cross_entropy(model(x[None, index]).mean(0), y[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("runs/on_device"), help="folder of the two files")
    parser.add_argument("--epochs", type=int, default=25, help="of the training in torch")
    parser.add_argument("--device-epochs", type=int, default=15, help="of the training on the device")
    parser.add_argument("--degrees", type=float, default=35.0, help="how far the device's digits are turned")
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(1)

    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(images, labels, test_size=0.4, random_state=0, stratify=labels)
    known, other, known_labels, other_labels = parts
    model = network()
    fit(model, known, known_labels, options.epochs)

    options.out.mkdir(parents=True, exist_ok=True)
    step = to_train_step(model, (1, BATCH, 64), options.out / "train_step.onnx")
    weights = {f"weight:{name}": value.detach().numpy() for name, value in model.named_parameters()}
    turned = slanted(other, options.degrees)
    learn, test, learn_labels, test_labels, _, upright = train_test_split(
        turned, other_labels, other, test_size=0.5, random_state=0, stratify=other_labels
    )
    np.savez(
        options.out / "device.npz",
        **weights,
        learn=learn / LEVELS,
        learn_labels=learn_labels,
        test=test / LEVELS,
        test_labels=test_labels,
        upright=upright / LEVELS,
        upright_labels=test_labels,
    )
    print(f"{options.out}/train_step.onnx: {len(step.graph.node)} nodes, {STEPS} time steps, any batch")
    loop = Path(__file__).with_name("device_loop.py")
    command = [sys.executable, str(loop), str(options.out), "--epochs", str(options.device_epochs)]
    sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main()
