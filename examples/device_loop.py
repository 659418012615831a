"""Train a network with nothing but NumPy and onnxruntime, from the files that `on_device_training.py` writes.

Run: python examples/device_loop.py FOLDER
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

BATCH = 32


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="with train_step.onnx and device.npz")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--learning-rate", type=float, default=0.2)
    options = parser.parse_args()

    settings = onnxruntime.SessionOptions()
    settings.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(options.folder / "train_step.onnx"), settings)
    with np.load(options.folder / "device.npz") as archive:
        data = {name: archive[name] for name in archive.files}
    weights = {name.removeprefix("weight:"): data[name] for name in data if name.startswith("weight:")}
    names = [output.name for output in session.get_outputs()]

    def step(images: NDArray[Any], labels: NDArray[Any], rate: float) -> dict[str, NDArray[Any]]:
        """The outputs of one training step; its input is one time step [1, B, 64], which the network repeats."""
        feed = {"input": images[None].astype(np.float32), "target": labels, "learning_rate": np.array(rate, np.float32)}
        return dict(zip(names, session.run(names, feed | weights), strict=True))

    def accuracy(part: str) -> float:
        found = step(data[part], data[f"{part}_labels"], 0.0)["output"]  # a rate of zero only evaluates
        return float((found.mean(0).argmax(1) == data[f"{part}_labels"]).mean())

    def accuracies() -> tuple[float, float]:
        return accuracy("test"), accuracy("upright")

    before, start, random, steps = accuracies(), time.perf_counter(), np.random.default_rng(0), 0
    for epoch in range(options.epochs):
        losses = []
        order = random.permutation(len(data["learn"]))
        for first in range(0, len(order), BATCH):
            index = order[first : first + BATCH]
            made = step(data["learn"][index], data["learn_labels"][index], options.learning_rate)
            weights = {name: made[f"{name}.new"] for name in weights}
            losses.append(float(made["loss"]))
            steps += 1
        done = 30 * (epoch + 1) // options.epochs
        if sys.stderr.isatty():
            end = "\n" if epoch + 1 == options.epochs else ""
            print(f"\rtraining on the device [{'#' * done:30}] loss {np.mean(losses):.3f}", end=end, file=sys.stderr)
    seconds = time.perf_counter() - start
    after = accuracies()

    assert "torch" not in sys.modules
    each = 1000 * seconds / max(steps, 1)
    print(f"{len(data['learn'])} samples, {steps} steps of {BATCH}, {seconds:.1f} s, {each:.1f} ms a step")
    print(f"{'accuracy on':28}{'before':>8}{'after':>8}")
    for row, name in enumerate(("slanted digits, unseen", "the same upright")):
        print(f"{name:28}{before[row]:8.1%}{after[row]:8.1%}")


if __name__ == "__main__":
    main()
