"""Learning on ReckOn: pseudo-derivatives as tables, as the curve and wrong; states rounded by chance or not.

Runs every case of reckon_settings.toml from every seed on the chip's integers, which equal its RTL's, and writes
results/reckon_learning.json after each; what stands there already is not run again. Then the figure of
docs/reckon-learning.md. Without --cue the samples of cue accumulation are made here; with it they are those of the
chip's repository, in a folder with reckon_cue.npz. --braille is a folder with braille7.npz.
"""

import argparse
import json
import platform
import time
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import reckon_cues
import torch
from reckon_braille import run_braille
from reckon_figure import draw, table

from spikelut import hw_profiles, quant, surrogates
from spikelut.export import write_whole

HERE = Path(__file__).parent
RESULT = HERE.parent / "results" / "reckon_learning.json"
PAGE = HERE.parents[1] / "docs" / "reckon-learning.md"
FIGURE = HERE.parents[1] / "docs" / "assets" / "reckon-learning.png"
WORDS = ("inp", "rec", "out", "strnd_neur", "strnd_oneur", "strnd_tinp", "strnd_trec", "strnd_tout", "noise_neur")


def slopes_of(case: dict[str, Any], threshold: int) -> tuple[dict[str, int], quant.reckon.Curve | None]:
    """Registers of a case's pseudo-derivative, or a curve in their place where the chip has too few."""
    if "edges" in case:
        return registers_of(case["edges"], case["slopes"]), None
    step = 1 / threshold
    profile = replace(hw_profiles.load("reckon"), memory=None).with_table(entries=case["entries"] or 5)
    table = quant.Table.from_surrogate(surrogates.ReluGrad(), profile, step)
    assert isinstance(table, quant.SegmentTable)
    moved, factor = round(case.get("moved", 0) * threshold), case.get("factor", 1)
    if case["entries"] == 5:
        return registers_of(
            [edge + threshold + moved for edge in table.breakpoints], (table.codes * factor).tolist()
        ), None
    membranes = np.arange(-(2**15), 2**15) - threshold
    x = torch.from_numpy(membranes)
    if case["entries"]:
        return {}, quant.reckon.Curve(table.lookup_codes(x).numpy())
    exact = surrogates.ReluGrad().surrogate_grad(x.double() * step) * 2.0**6 / table.value.step
    return {}, quant.reckon.Curve(exact.round().long().numpy(), 6)


def registers_of(edges: list[int], slopes: list[int]) -> dict[str, int]:
    """By their names."""
    return {f"thr_h_{k}": edge for k, edge in enumerate(edges)} | {f"h_{k}": slope for k, slope in enumerate(slopes)}


def run_cue(settings: dict[str, Any], case: dict[str, Any], seed: int, data: reckon_cues.Cues) -> dict[str, Any]:
    """Accuracy in training and test of each epoch, each answer while the chip learns, or after."""
    rng = np.random.default_rng(seed)
    slopes, curve = slopes_of(case, settings["threshold"])
    seeds = {f"seed_{word}": int(rng.integers(1, 2**32)) for word in WORDS}
    registers = quant.reckon.Registers(**(settings["registers"] | seeds | slopes | case.get("registers", {})))
    sizes = {"inp": (registers.inputs, registers.neurons), "rec": (registers.neurons,) * 2}
    sizes["out"] = registers.neurons, registers.outputs
    w_inp, w_rec, w_out = (
        rng.normal(0, settings["spread"][kind], size).round().clip(-128, 127) for kind, size in sizes.items()
    )
    chip = quant.reckon.Chip(registers, settings["alpha"], settings["threshold"], w_inp, w_rec, w_out)
    chip.curve = curve
    found: dict[str, Any] = {"name": case["name"], "seed": seed, "train": [], "test": []}
    for _ in range(settings["epochs"]):
        for part, (x, y) in data._asdict().items():
            learns = part == "train"
            answers = [
                quant.reckon.run(chip, a, int(b), target_from=settings["target_from"], learn=learns).prediction == b
                for a, b in zip(x, y, strict=True)
            ]
            found[part].append(float(np.mean(answers)))
    return found


def with_tables(page: str, results: dict[str, Any]) -> str:
    """The page with the tables of the results between its marks."""
    for task in (task for task in ("cue", "braille") if results[task]):
        before, rest = page.split(f"<!-- {task} -->\n", 1)
        after = rest.split("<!-- end -->", 1)[1]
        page = f"{before}<!-- {task} -->\n{table(results[task])}\n<!-- end -->{after}"
    return page


def main() -> None:
    """Run what is missing, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cue", type=Path)
    parser.add_argument("--braille", type=Path)
    chosen = parser.parse_args()
    settings = tomllib.loads((HERE / "reckon_settings.toml").read_text(encoding="utf-8"))
    data = reckon_cues.load(chosen.cue)
    kept: dict[str, Any] = (
        json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {"cue": [], "braille": []}
    )
    kept["cue_data"] = (
        "made by reckon_cues.py" if chosen.cue is None else "ChFrenkel/ReckOn src/data, 50 and 50 samples"
    )
    for task, rows in (
        ("cue", settings["cue"]["case"]),
        ("braille", settings["braille"]["case"] if chosen.braille else []),
    ):
        for case in rows:
            for seed in settings[task]["seeds"]:
                if any((row["name"], row["seed"]) == (case["name"], seed) for row in kept[task]):
                    continue
                started = time.perf_counter()
                if task == "cue":
                    found = run_cue(settings["cue"], case, seed, data)
                else:
                    found = run_braille(settings["braille"], case, seed, chosen.braille)
                found["seconds"] = round(time.perf_counter() - started, 1)
                kept[task].append(found)
                kept["processor"] = platform.processor() or platform.machine()
                write_whole(RESULT, json.dumps(kept, indent=1) + "\n")
                print(case["name"], seed, found["train"][-1], found["test"], flush=True)
    draw(kept, FIGURE)
    write_whole(PAGE, with_tables(PAGE.read_text(encoding="utf-8"), kept))


if __name__ == "__main__":
    main()
