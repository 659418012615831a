"""Braille letters, read by touch, learned on the chip: a network of spikelut's layers and `training.eprop`."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from spikelut import hw_profiles, quant, surrogates, training

STEPS = 256


def network(settings: dict[str, Any], case: dict[str, Any], seed: int) -> nn.Module:
    """Twelve inputs, recurrent neurons, seven read-outs, with weights drawn from the seed."""
    profile, neurons = hw_profiles.load("reckon"), int(settings["neurons"])
    curve: surrogates.Surrogate = surrogates.by_name(case["surrogate"])
    torch.manual_seed(seed)
    slope = quant.LUTSurrogate(curve, profile) if case["table"] else curve
    lif = quant.Recurrent(quant.LIF(profile, slope, beta=settings["beta"]), neurons)
    first, last = quant.QuantLinear(12, neurons, profile=profile), quant.QuantLinear(neurons, 7, profile=profile)
    for layer, spread in ((first, "inp"), (lif.linear, "rec"), (last, "out")):
        nn.init.normal_(layer.weight, std=settings["spread"][spread])
    return nn.Sequential(first, lif, last, quant.LI(profile, beta=settings["readout_beta"]))


def data(folder: Path, part: slice | None = None) -> tuple[training.SpikeDataset, training.SpikeDataset]:
    """Training and test, as the file splits them."""
    with np.load(folder / "braille7.npz") as file:
        x, y, test = file["x"], file["y"], file["test"].astype(bool)
    made = []
    for rows in (~test, test):
        made.append(
            training.SpikeDataset(
                torch.from_numpy(x[rows][part or slice(None)]),
                torch.from_numpy(y[rows].astype(np.int64))[part or slice(None)],
            )
        )
    return made[0], made[1]


def run_braille(settings: dict[str, Any], case: dict[str, Any], seed: int, folder: Path) -> dict[str, Any]:
    """Accuracy in training, while it learns, and on test of each epoch."""
    train, test = data(folder)
    registers = settings["registers"] | case.get("registers", {})
    done = training.eprop(
        network(settings, case, seed),
        train,
        val=test,
        epochs=settings["epochs"],
        registers=registers,
        target_from=settings["target_from"],
        beyond_the_chip=not case["table"],
        seed=seed,
    )
    history = done.history
    return {
        "name": case["name"],
        "seed": seed,
        "train": [epoch.accuracy for epoch in history],
        "test": [epoch.val_accuracy for epoch in history],
    }
