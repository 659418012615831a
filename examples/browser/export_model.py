"""Write model/network.onnx and model/network.json, which the page loads, from the folder of a run on the digits.

Run: python examples/browser/export_model.py [runs/digits]
"""

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from spikelut import export, quant
from spikelut.cli.data.datasets import Dataset, load_dataset
from spikelut.cli.shared.recipe import Recipe

HERE = Path(__file__).parent
SIDE = 8


def read_run(folder: Path) -> tuple[quant.IntegerNetwork, dict[str, Any], Dataset]:
    """The network, what run.json says of it, and the events it was trained on. Raises ValueError for other data."""
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    if record["data"]["name"] != "digits":
        raise ValueError(f"{folder} must be a run on digits, got {record['data']['name']}")
    network = quant.integer(export.load(folder / "model.onnx"))
    data = load_dataset("digits", Recipe(**record["recipe"]))
    if int(np.prod(data.spikes.shape[2:])) != SIDE**2 or network.in_features not in (1, SIDE**2):
        raise ValueError(f"{folder} must be a network of {SIDE**2} inputs, got {network.in_features}")
    return network, record, data


def event_table(images: NDArray[np.int64], data: Dataset) -> list[list[int]]:
    """The events of each intensity, [intensity, step]; one step where they are the same in all.

    It is the whole coding: the page needs no other rule.
    """
    spikes = data.spikes.reshape(len(data.spikes), *images.shape)
    table = np.zeros((images.max() + 1, len(spikes)), np.uint8)
    table[images] = spikes.transpose(1, 2, 0)
    if not np.array_equal(table[images], spikes.transpose(1, 2, 0)):
        raise ValueError("events must depend on the intensity and the step alone")
    return [[int(events) for events in row] for row in table]


def samples(images: NDArray[np.int64], data: Dataset, network: quant.IntegerNetwork) -> list[dict[str, Any]]:
    """The first test image of each class, and what the integer reference gives for it: sums over the steps."""
    test = np.flatnonzero(data.test)
    chosen = [int(test[data.labels[test] == label][0]) for label in range(data.classes)]
    sums = {name: trace.sum(0) for name, trace in network.run(data.spikes[:, chosen]).items()}
    last = list(sums.values())[-1]
    return [
        {
            "image": images[index].tolist(),
            "label": int(data.labels[index]),
            "answer": int(last[place].argmax()),
            "sums": {name: total[place].ravel().tolist() for name, total in sums.items()},
        }
        for place, index in enumerate(chosen)
    ]


def write_model(run: Path, out: Path) -> None:
    """Write both files into the folder `out`, which is made if needed."""
    network, record, data = read_run(run)
    images = load_digits(return_X_y=True)[0].astype(np.int64)
    about = {
        "name": record["network"]["name"],
        "weight_bits": record["network"]["weight_bits"],
        "profile": record["profile"]["name"],
        "chip": record["profile"]["title"],
        "accuracy": record["results"]["accuracy_table"],
        "test_samples": record["data"]["test_samples"],
        "steps": data.steps,
        "events": event_table(images, data),
        "samples": samples(images, data, network),
    }
    out.mkdir(parents=True, exist_ok=True)
    shape = (data.steps, 1, *data.spikes.shape[2:])
    export.to_onnx(network, shape, out / "network.onnx", "integer", form="step", hidden_spikes=True)
    export.write_whole(out / "network.json", json.dumps(about, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=Path, default=Path("runs/digits"), help="folder of `spikelut train`")
    parser.add_argument("--out", type=Path, default=HERE / "model", help="folder to write into")
    given = parser.parse_args()
    write_model(given.run, given.out)
