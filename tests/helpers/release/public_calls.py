"""Calls of public functions and classes, each with what it is given at least, for tests that change one argument."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates, training

LOIHI, XYLO, ODIN = (hw_profiles.load(name) for name in ("loihi2", "xylo", "odin"))
LUT = quant.LUTSurrogate(surrogates.Arctan(), LOIHI)
X = torch.ones(4, 2, 3)
DATA = training.SpikeDataset(torch.ones(4, 4, 3), torch.arange(4) % 2)


def network() -> nn.Module:
    return nn.Sequential(quant.QuantLinear(3, 2, profile=LOIHI), quant.LIF(LOIHI, LUT))


def floats() -> nn.Module:
    return nn.Sequential(nn.Linear(3, 2), quant.FloatLIF(surrogates.Arctan(), reset="zero"))


def recorded(**flags: Any) -> None:
    with training.recorded_spikes(network(), **flags):
        pass


# Each with what it is given besides.
CALLS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    (quant.QuantLinear, (3, 2), {"profile": LOIHI}),
    *((kind, (3, 2, 3), {"profile": LOIHI}) for kind in (quant.QuantConv1d, quant.QuantConv2d)),
    *((kind, (3, 2, 3), {"profile": LOIHI}) for kind in (quant.QuantConvTranspose1d, quant.QuantConvTranspose2d)),
    (quant.DelayedLinear, (3, 2), {"delay": 1, "profile": LOIHI}),
    (quant.Delay, (1,), {"profile": LOIHI}),
    *((kind, (LOIHI, LUT), {}) for kind in (quant.LIF, quant.CubaLIF, quant.AdaptiveLIF)),
    (quant.LI, (LOIHI,), {}),
    (quant.Delta, (LOIHI, 0.5), {}),
    (quant.SigmaDelta, (LOIHI, 0.5), {}),
    (quant.EventLIF, (3, 2), {"profile": ODIN, "surrogate": surrogates.Arctan()}),
    (quant.EventConv2d, (3, 2, 3), {"profile": ODIN, "surrogate": surrogates.Arctan()}),
    (quant.Affine, (1.0, 0), {}),
    (quant.FixedPoint, (8, 0), {}),
    (quant.Calibration, (), {}),
    (quant.convert, (floats(), LOIHI, X), {}),
    (quant.compare_gradients, (network(), [], None), {}),
    (export.to_onnx, (network(), X, Path("none.onnx"), "integer"), {}),
    (export.to_train_step, (network(), X, Path("none.onnx")), {}),
    (training.fit, (network(), DATA), {"epochs": 1}),
    (training.eprop, (network(), DATA), {"epochs": 1}),
    (training.load, ("none.npz",), {}),
    (recorded, (), {"strict": True}),
]


def of_files(folder: Path) -> list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]:
    """Those that read a file, which is written here."""
    export.to_nir(network(), folder / "given.nir", input_shape=(3,))
    export.to_onnx(network(), X, folder / "given.onnx", "integer")
    return [
        (export.from_nir, (folder / "given.nir",), {}),
        (export.run_onnx, (folder / "given.onnx", EVENTS), {}),
    ]


INTEGERS = quant.integer(network(), largest_input=1)
EVENTS = np.ones((4, 2, 3), np.uint8)

OTHERS: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]] = [
    *((kind, (), {}) for kind in (*surrogates.ALL, *surrogates.ALL_TWO_INPUT)),
    (surrogates.crossing, (X, X, surrogates.ReluGrad()), {}),
    (surrogates.spike, (X, surrogates.Arctan()), {}),
    (hw_profiles.ApFixed, (8, 4), {}),
    (hw_profiles.NumberFormat, (8,), {}),
    *((kind, (surrogates.Arctan(),), {}) for kind in (quant.FloatLIF, quant.FloatAdaptiveLIF)),
    (quant.FoldedBatchNorm, (3,), {}),
    (quant.LUTSurrogate, (surrogates.Arctan(), LOIHI), {}),
    *((kind, (2,), {}) for kind in (quant.MaxPool1d, quant.MaxPool2d, quant.SumPool1d, quant.SumPool2d)),
    (quant.OnOff, (), {}),
    (quant.Recurrent, (quant.LIF(LOIHI, LUT), 3), {}),
    (quant.Sigma, (LOIHI,), {}),
    (quant.TimeDistributed, (nn.Linear(2, 2),), {}),
    (quant.check, (network(), X), {}),
    (quant.compare, (surrogates.Arctan(), LOIHI), {}),
    (quant.cost, (INTEGERS, EVENTS), {}),
    (quant.fold_batch_norm, (network(),), {}),
    (quant.from_integer, (INTEGERS,), {}),
    (quant.integer, (network(),), {"largest_input": 1}),
    (quant.quantize_state, (X, quant.threshold_levels(4)), {}),
    (quant.spike_trains, (network(), X), {}),
    (quant.synaptic_events, (INTEGERS, EVENTS), {}),
    (quant.threshold_levels, (4,), {}),
    (export.count_differences, ({"a": EVENTS}, {"a": EVENTS}), {}),
    (export.save_network, (INTEGERS, "network.safetensors"), {}),
    (export.to_c, (INTEGERS, "c", "net"), {}),
    (export.to_nir, (network(), "network.nir"), {"input_shape": (3,)}),
    (export.to_verilog, (INTEGERS, "verilog"), {}),
    (training.EarlyStopping, (2,), {}),
    (training.FiringRate, (0.1,), {}),
    (training.Membrane, (), {}),
    (training.SpikeDataset, (torch.ones(4, 4, 3), torch.arange(4) % 2), {}),
    (training.SpikeRate, (), {}),
    (training.Subset, (DATA, [0, 1]), {}),
    (training.TimeToFirstSpike, (), {}),
    (training.evaluate, (network(), DATA), {}),
    *((function, (X, 4), {}) for function in (training.constant, training.latency, training.rate)),
    (training.delta, (X, 0.5), {}),
    (training.folds, (DATA, 2), {}),
    (training.parameter_groups, (network(), 0.1), {}),
    (training.split, (DATA, 0.5), {}),
]
"""Without flags."""
