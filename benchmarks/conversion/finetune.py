"""Fine-tuning after conversion: the two Braille graphs of the NIR paper on `loihi2`, in 4 bits.

    python benchmarks/conversion/finetune.py --shared DIR --validate   # looks at no test sample
    python benchmarks/conversion/finetune.py --shared DIR              # writes benchmarks/results/finetune.json

The test part is fold 0 of the authors' validation folds, 280 samples; of the other 759 a third, 253, validates: it
chooses the epoch. From the rest a network is calibrated, with 256 samples that the seed draws, and then trained. The
options below were chosen on another part of these 759, with one seed. A test sample is looked at once, by the network
that comes out. What `fit` starts from is compared with the converted integers, and what comes out in torch and NumPy.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from spikelut import export, hw_profiles, quant, training
from spikelut.cli.train.loop import Split, accuracy
from spikelut.export import write_whole

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "finetune.json"
GRAPHS = ("bias_zero", "noBias_subtract")
SPLIT_SEED, SAMPLES, BITS, EPOCHS = 20260, 256, 4, 5
OPTIONS: dict[str, Any] = {"learning_rate": 5e-4, "batch_size": 8}
SCALE = 0.3
"""Of spike counts in the loss."""


def splits(shared: Path) -> dict[str, Split]:
    """`test`, what chooses (`val`), and what is learned from (`pool`)."""
    data = np.load(shared / "braille7" / "braille7.npz")
    spikes, labels = torch.from_numpy(data["x"]).transpose(0, 1), torch.from_numpy(data["y"]).long()
    tests = torch.from_numpy(data["test"])
    whole = Split(spikes[:, ~tests], labels[~tests])
    order = torch.randperm(len(whole), generator=torch.Generator().manual_seed(SPLIT_SEED))
    held = len(whole) // 3
    return {
        "test": Split(spikes[:, tests], labels[tests]),
        "val": whole.part(order[:held]),
        "pool": whole.part(order[held:]),
    }


def converted(shared: Path, graph: str, pool: Split, seed: int, calibrate: str) -> quant.Conversion:
    """The graph on the chip, calibrated on samples that the seed draws."""
    model = export.from_nir(shared / "braille7" / f"braille_noDelay_{graph}.nir")
    chosen = torch.randperm(len(pool), generator=torch.Generator().manual_seed(seed))[:SAMPLES]
    how: Any = quant.Calibration(seed=seed) if calibrate == "spikes" else "nearest"
    profile = hw_profiles.load("loihi2")
    return quant.convert(model, profile, pool.part(chosen).real(slice(None)), weight_bits=BITS, calibrate=how)


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

    `augment` of `fit` is where the float network sees a batch before the other does; on batches it did not see, those
    of the validation, the loss is the cross-entropy with the labels.
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
    started = time.perf_counter()
    found = converted(shared, graph, data["pool"], seed, args.calibrate)
    took, model = time.perf_counter() - started, found.model
    floats = export.from_nir(shared / "braille7" / f"braille_noDelay_{graph}.nir")
    parts = ("val",) if args.validate else ("val", "test")
    record: dict[str, Any] = {"graph": graph, "seed": seed, "calibrate": args.calibrate, "convert_s": round(took, 1)}
    for part in parts:
        record[f"float_{part}"] = accuracy(floats, data[part])
        record[f"converted_{part}"] = accuracy(model, data[part])
    start = Start(quant.integer(model), data["val"].real(slice(0, 32)))
    taught = Taught(floats)
    how: dict[str, Any] = {"loss": taught, "augment": taught.look} if args.loss == "taught" else {}
    how = how or {"loss": training.SpikeCount(scale=SCALE)}
    how |= OPTIONS | {"seed": seed, "callbacks": [start], "epochs": EPOCHS}
    done = training.fit(model, data["pool"], val=data["val"], **how)
    record |= {
        "start": start.found,
        "best_epoch": done.best.number,
        "tune_s": round(sum(e.seconds for e in done.history), 1),
    }
    record["val"] = [epoch.val_accuracy for epoch in done.history]
    record["tuned_val"] = done.best.val_accuracy
    if not args.validate:
        record["tuned_test"] = accuracy(model, data["test"])
        record["numpy"] = different(quant.integer(model), model, data["test"].real(slice(None)))
    return record


def page(records: list[dict[str, Any]]) -> str:
    """The table of docs/calibration.md."""
    lines = ["| graph | float | converted | fine-tuned | epochs that were best |", "|---|---|---|---|---|"]
    for graph in GRAPHS:
        rows = [record for record in records if record["graph"] == graph]

        def shown(name: str, rows: list[dict[str, Any]] = rows) -> str:
            values = [100 * row[name] for row in rows]
            return f"{np.mean(values):.1f} ({max(values) - min(values):.1f})"

        if rows and "tuned_test" in rows[0]:
            best = ", ".join(str(row["best_epoch"]) for row in rows)
            cells = (shown(f"{name}_test") for name in ("float", "converted", "tuned"))
            lines.append(f"| `{graph}` | {' | '.join(cells)} | {best} |")
    return "\n".join(lines)


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="the folder with braille7/")
    parser.add_argument("--validate", action="store_true", help="look at no test sample, write nothing")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--graphs", default=",".join(GRAPHS))
    parser.add_argument("--loss", default="taught", choices=("taught", "labels"), help="the float network's answers")
    parser.add_argument("--calibrate", default="spikes", choices=("spikes", "nearest"))
    args = parser.parse_args()
    torch.set_num_threads(1)
    data, records = splits(args.shared), []
    for graph in args.graphs.split(","):
        for seed in range(args.seeds):
            records.append(tuned(args.shared, graph, seed, data, args))
            print(json.dumps(records[-1]), flush=True)
    if not args.validate:
        write_whole(RESULTS, json.dumps(records, indent=2) + "\n")
        print(page(records))


if __name__ == "__main__":
    main()
