"""Fine-tuning after conversion: the two Braille graphs of the NIR paper on `loihi2`, in 4 bits.

    python benchmarks/conversion/finetune.py --shared DIR --validate   # five folds; looks at no test sample
    python benchmarks/conversion/finetune.py --shared DIR              # writes the results and the table

Writes results/finetune.json and a table of docs/conversion.md; what stands in the results is not trained again. The
test part is fold 0 of the authors' validation folds, 280 samples. From the other 759 a network is calibrated, with
256 that the seed draws, and then trained: thresholds and biases of its neurons, while weights stay on their codes, by
the float network's answers. What is done was chosen by cross-validation within the 759. A test sample is looked at
once, by the network that comes out. What `fit` starts from is compared with the converted integers, and what comes out
in torch and NumPy.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from conversion_page import CONVERSION_PAGE, put
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.nn import functional

from spikelut import export, hw_profiles, quant, training
from spikelut.cli.train.loop import Split, accuracy
from spikelut.export import write_whole

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "finetune.json"
GRAPHS = ("bias_zero", "noBias_subtract")
SAMPLES, BITS, EPOCHS, FOLDS = 256, 4, 5, 5
OPTIONS: dict[str, Any] = {"learning_rate": 3e-3, "batch_size": 8, "progress": False}
SCALE = 0.3
"""Of spike counts in the loss."""


def splits(shared: Path) -> dict[str, Split]:
    """`test`, and what is learned from (`pool`)."""
    data = np.load(shared / "braille7" / "braille7.npz")
    spikes, labels = torch.from_numpy(data["x"]).transpose(0, 1), torch.from_numpy(data["y"]).long()
    tests = torch.from_numpy(data["test"])
    return {"test": Split(spikes[:, tests], labels[tests]), "pool": Split(spikes[:, ~tests], labels[~tests])}


def folds(whole: Split) -> list[dict[str, Split]]:
    """The pool in so many parts, each held out once, as `test` of the others."""
    order = torch.randperm(len(whole), generator=torch.Generator().manual_seed(0))
    parts = [order[k::FOLDS] for k in range(FOLDS)]
    return [
        {"test": whole.part(parts[k]), "pool": whole.part(torch.cat([*parts[:k], *parts[k + 1 :]]))}
        for k in range(FOLDS)
    ]


def converted(shared: Path, graph: str, pool: Split, seed: int, calibrate: str) -> quant.Conversion:
    """The graph on the chip, calibrated on samples that the seed draws."""
    model = export.from_nir(shared / "braille7" / f"braille_noDelay_{graph}.nir")
    chosen = torch.randperm(len(pool), generator=torch.Generator().manual_seed(seed))[:SAMPLES]
    how: Any = quant.Calibration(seed=seed, progress=False) if calibrate == "spikes" else "nearest"
    profile = hw_profiles.load("loihi2")
    x = pool.part(chosen).real(slice(None))
    return quant.convert(model, profile, x, weight_bits=BITS, calibrate=how, surrogate="scaled")


def different(first: quant.IntegerNetwork, second: nn.Module, x: Any) -> dict[str, int]:
    """Spikes of all layers in NumPy beside those of the output in torch, on some samples."""
    found = first.run(x.numpy())
    again = quant.integer(second).run(x.numpy())
    with torch.no_grad():
        torch_out = second.eval()(x).numpy()
    *_, out = again.values()
    pairs = [*zip(found.values(), again.values(), strict=True), (out, torch_out)]
    return {
        "compared": sum(a.size for a, _ in pairs),
        "nonzero": sum(int((a != 0).sum()) for a, _ in pairs),
        "different": sum(int((a != b).sum()) for a, b in pairs),
    }


class Taught:
    """The loss of a network that is to answer as the float one: the divergence of its answers from that one's.

    `augment` of `fit` is where the float network sees a batch before the other does; on samples it did not see, those
    by which the start is compared, the loss is the cross-entropy with the labels.
    """

    def __init__(self, floats: nn.Module) -> None:
        self.floats = floats.eval()
        self.answers: Tensor | None = None

    def look(self, x: Tensor) -> Tensor:
        """Note the answers of the float network, log-probabilities [B, K]."""
        with torch.no_grad():
            self.answers = functional.log_softmax(SCALE * self.floats(x).sum(0), 1)
        return x

    def scores(self, out: Tensor, mask: Tensor | None) -> Tensor:
        """Numbers of spikes."""
        return out.detach().sum(0)

    def __call__(self, out: Tensor, y: Tensor, mask: Tensor | None) -> Tensor:
        answers, self.answers = self.answers, None
        if answers is None:
            return functional.cross_entropy(SCALE * out.sum(0), y)
        ours = functional.log_softmax(SCALE * out.sum(0), 1)
        return functional.kl_div(ours, answers, reduction="batchmean", log_target=True)


class Start(training.Callback):
    """Compares what is trained with the converted integers, before the first update."""

    def __init__(self, wanted: quant.IntegerNetwork, x: Any) -> None:
        self.wanted, self.x, self.found = wanted, x, {}  # type: ignore[var-annotated]  # a dictionary of numbers

    def on_start(self, state: training.State) -> None:
        """Count."""
        self.found = different(self.wanted, state.model, self.x)


def tuned(shared: Path, graph: str, seed: int, data: dict[str, Split], args: Any) -> dict[str, Any]:
    """One network: converted, trained for a few epochs, tested."""
    started = time.process_time()
    found = converted(shared, graph, data["pool"], seed, args.calibrate)
    took, model = time.process_time() - started, found.model
    floats = export.from_nir(shared / "braille7" / f"braille_noDelay_{graph}.nir")
    record: dict[str, Any] = {"graph": graph, "seed": seed, "calibrate": args.calibrate, "convert_s": round(took, 1)}
    record |= {"loss": args.loss, "weights": args.weights}
    record["float_test"] = accuracy(floats, data["test"])
    record["converted_test"] = accuracy(model, data["test"])
    x = data["test"].real(slice(None))
    start = Start(quant.integer(model), x[:, :32])
    taught = Taught(floats)
    how: dict[str, Any] = {"loss": taught, "augment": taught.look} if args.loss == "taught" else {}
    how = how or {"loss": training.SpikeCount(scale=SCALE)}
    if not args.weights:
        training.learn_neurons(model)
    started = time.process_time()
    done = training.fit(model, data["pool"], **how, **OPTIONS, seed=seed, callbacks=[start], epochs=EPOCHS)
    record |= {"start": start.found, "kept": done.best.number, "tune_s": round(time.process_time() - started, 1)}
    record["tuned_test"] = accuracy(model, data["test"])
    record["numpy"] = different(quant.integer(model), model, x)
    return record


def page(records: list[dict[str, Any]]) -> str:
    """The table of docs/conversion.md."""
    lines = ["| graph | float | converted | fine-tuned | s of CPU |", "|---|---|---|---|---|"]
    for graph in GRAPHS:
        rows = [record for record in records if record["graph"] == graph]

        def shown(name: str, rows: list[dict[str, Any]] = rows) -> str:
            values = [100 * row[name] for row in rows]
            return f"{np.mean(values):.1f} ({max(values) - min(values):.1f})"

        if rows:
            seconds = np.mean([row["tune_s"] for row in rows])
            cells = (shown(f"{name}_test") for name in ("float", "converted", "tuned"))
            lines.append(f"| `{graph}` | {' | '.join(cells)} | {seconds:.0f} |")
    return "\n".join(lines)


def key(graph: str, seed: int, args: Any) -> dict[str, Any]:
    """What a record is found by."""
    return {"graph": graph, "seed": seed, "calibrate": args.calibrate, "loss": args.loss, "weights": args.weights}


def main() -> None:
    """Run what the command line asks for, but for what stands in the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder with braille7/")
    parser.add_argument("--validate", action="store_true", help="look at no test sample, write nothing")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--graphs", default=",".join(GRAPHS))
    parser.add_argument("--loss", default="taught", choices=("taught", "labels"), help="the float network's answers")
    parser.add_argument("--weights", action="store_true", help="train the weights as well")
    parser.add_argument("--calibrate", default="spikes", choices=("spikes", "nearest"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    data, records = splits(args.shared), list[dict[str, Any]]()
    if not args.validate and RESULTS.is_file():
        records = json.loads(RESULTS.read_text())
    places = [(graph, seed) for graph in args.graphs.split(",") for seed in range(args.seeds)]
    had = [{name: record[name] for name in key("", 0, args)} for record in records]
    left = [place for place in places if key(*place, args) not in had]
    for graph, seed in track(left, "fine-tuning", console=Console(stderr=True)):
        for part in folds(data["pool"]) if args.validate else [data]:
            records.append(tuned(args.shared, graph, seed, part, args))
            print(json.dumps(records[-1]), flush=True)
        if not args.validate:
            write_whole(RESULTS, json.dumps(records, indent=2) + "\n")
    if args.validate:
        print(page(records))
    else:
        put(CONVERSION_PAGE, "finetune", page(records))


if __name__ == "__main__":
    main()
