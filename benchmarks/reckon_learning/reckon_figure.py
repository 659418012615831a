"""The figure and the table of docs/reckon-learning.md, from the results."""

from pathlib import Path
from typing import Any

import numpy as np

TITLES = {"cue": "Cue accumulation, 50 + 50 samples", "braille": "Braille letters, 759 + 280 samples"}


def by_name(rows: list[dict[str, Any]]) -> dict[str, tuple[Any, Any]]:
    """Accuracy in training and test of each case, [seeds, epochs]."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    parts = {name: [row for row in rows if row["name"] == name] for name in names}
    return {name: (_stack(found, "train"), _stack(found, "test")) for name, found in parts.items()}


def _stack(rows: list[dict[str, Any]], part: str) -> Any:
    return np.array([row[part] for row in rows])


def draw(results: dict[str, Any], path: Path) -> None:
    """Test accuracy by epoch, the mean over seeds."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    tasks = [task for task in TITLES if results[task]]
    figure, all_axes = plt.subplots(1, len(tasks), figsize=(6.4 * len(tasks), 4.6), squeeze=False, layout="constrained")
    for axes, task in zip(all_axes[0], tasks, strict=True):
        for name, (_, test) in by_name(results[task]).items():
            style = "--" if name.startswith("wrong") else ":" if "alone" in name else "-"
            axes.plot(range(1, test.shape[1] + 1), 100 * test.mean(0), style, label=name, marker="o", markersize=3)
        axes.set(title=TITLES[task], xlabel="epoch", ylabel="accuracy on test samples, %", ylim=(0, 102))
        axes.grid(alpha=0.3)
        axes.legend(fontsize="x-small", frameon=False)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def table(rows: list[dict[str, Any]]) -> str:
    """A row for each case: accuracy of the first and the last three epochs, in percent."""
    lines = [
        "| pseudo-derivative | seeds | training, last 3 epochs | test, epoch 1 | test, last 3 epochs |",
        "|---|---|---|---|---|",
    ]
    for name, (train, test) in by_name(rows).items():
        shown = [100 * train[:, -3:].mean(), 100 * test[:, 0].mean(), 100 * test[:, -3:].mean()]
        lines.append(f"| {name} | {len(test)} | " + " | ".join(f"{value:.1f} %" for value in shown) + " |")
    return "\n".join(lines)
