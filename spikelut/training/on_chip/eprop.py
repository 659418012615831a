"""`eprop`: a network trained by the learning of the chip that it is for."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from spikelut import quant
from spikelut._checks import require, require_flags, require_int, require_shown, require_type
from spikelut.quant.chips.reckon import Chip, run
from spikelut.quant.learning.on_reckon import to_reckon, with_learned
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import IntegerLinear
from spikelut.quant.reading.from_model import integer
from spikelut.training.fitting.arguments import listeners
from spikelut.training.fitting.callbacks import Callback, EarlyStopping, tell
from spikelut.training.fitting.checkpoints.random_states import seeded
from spikelut.training.fitting.feed import Feed, Shard, feed_of
from spikelut.training.fitting.loop import better
from spikelut.training.fitting.progress import Progress, is_shown
from spikelut.training.fitting.result import Fit
from spikelut.training.fitting.state import Epoch, State
from spikelut.training.on_chip.samples import samples_of


@dataclass(frozen=True, eq=False, repr=False)
class ChipFit(Fit):
    """The result of `eprop`: what `Fit` has, the `chip` as it is after its last sample, and the `network` it holds.

    With validation `network` and `model` are those of the best epoch, and the chip has gone on from there.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> lif = quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(), profile), beta=0.95)
    >>> first, last = quant.QuantLinear(6, 8, profile=profile), quant.QuantLinear(8, 3, profile=profile)
    >>> layers = first, quant.Recurrent(lif, 8), last, quant.LI(profile, beta=0.9)
    >>> model = torch.nn.Sequential(*layers)
    >>> data = training.SpikeDataset((torch.rand(12, 9, 6) < 0.3).float(), torch.arange(12) % 3)
    >>> done = training.eprop(model, data, epochs=1, registers={"lr_p_wout": 14})
    >>> done.chip, done.network.layers[2].codes.shape
    (Chip(6 inputs, 8 neurons, 3 outputs), (3, 8))
    ```
    """

    chip: Chip | None = None
    network: IntegerNetwork | None = None


def eprop(
    model: nn.Module | IntegerNetwork,
    train: Any,
    *,
    val: Any = None,
    epochs: int,
    registers: Mapping[str, int] | None = None,
    target_from: int = 1,
    settle: int = 2,
    shuffle: bool = True,
    beyond_the_chip: bool = False,
    patience: int | None = None,
    callbacks: Iterable[Callback] = (),
    loggers: Iterable[Callback] = (),
    seed: int | None = 0,
    progress: bool | None = None,
) -> ChipFit:
    """Train a network as ReckOn does by itself: e-prop in its integers, one sample after the other, to the bit.

    Weights, traces, learning signals, regularisation and random numbers are the chip's (`quant.reckon.run`): what comes
    out is what the chip has in its memories after the same samples. There is no batch and no optimiser; rates are
    shifts in registers. The model is changed in place: its weights are those that the chip has learned.

    - `model`: as `quant.to_reckon` takes it, a module or its integers. `train`, `val`: as `fit` takes them, with labels
      of classes, and events 0 or 1. If a sample is padded at its end, the chip sees nothing of these steps.
    - `registers`: by name, those that the network does not decide: the learning rates `lr_p_winp`, `lr_p_wrec`,
      `lr_p_wout` and the others of `quant.reckon.Registers`. Those left out are as in `LEARNING`, which is what the
      chip's own bench sets.
    - `target_from`: the first tick with a target. From there on, the chip learns in each tick, and outputs are voted
      for. `settle`: ticks without inputs after a sample. Two of them pass until outputs have seen the last events of
      the sample.
    - `shuffle`: a new order in every epoch, drawn by `seed`. False: the order of the samples.
    - `beyond_the_chip`: tables and curves that the chip does not have, see `quant.to_reckon`.
    - `patience`, `callbacks`, `loggers`, `progress`: see `fit`. An update is a sample; `loss` is the share of votes for
      other classes. With `val` the model ends with the weights of the best epoch. The chip's generators run on in
      validation, as on the chip.

    Raises ValueError for a network that the chip cannot hold, events that are not 0 or 1, and labels without an output.
    Source: C. Frenkel, G. Indiveri, ISSCC 2022; ChFrenkel/ReckOn 5e5c0bea.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> lif = quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(), profile), beta=0.95)
    >>> first, last = quant.QuantLinear(6, 8, profile=profile), quant.QuantLinear(8, 3, profile=profile)
    >>> layers = first, quant.Recurrent(lif, 8), last, quant.LI(profile, beta=0.9)
    >>> model = torch.nn.Sequential(*layers)
    >>> data = training.SpikeDataset((torch.rand(12, 9, 6) < 0.3).float(), torch.arange(12) % 3)
    >>> done = training.eprop(model, data, epochs=2, registers={"lr_p_wout": 14})
    >>> len(done.history), done.stopped
    (2, 'all epochs are done')
    ```
    """
    require_int("eprop", "epochs", epochs, 1, 2**31)
    require_int("eprop", "settle", settle, 0, 2**16)
    require_flags("eprop", shuffle=shuffle)
    network = model if isinstance(model, IntegerNetwork) else integer(model)
    module = quant.from_integer(network) if isinstance(model, IntegerNetwork) else model
    require_shown("eprop", progress)
    if registers is not None:
        require_type("eprop", "registers", registers, Mapping, "a mapping of registers")
    chip = to_reckon(network, registers=LEARNING | dict(registers or {}), beyond_the_chip=beyond_the_chip)
    feed, val_feed = feed_of(train, 1, "eprop: train"), None if val is None else feed_of(val, 1, "eprop: val")
    stopping = [EarlyStopping(patience)] if patience is not None else []
    shown = [Progress()] if is_shown(progress) else []
    listening = [*listeners(callbacks, "callbacks"), *stopping, *listeners(loggers, "loggers"), *shown]
    state = State(module, epochs=epochs)
    kept = _Kept(network, chip.copy())
    with seeded(seed, torch.device("cpu")):
        tell(listening, "on_start", state)
        while state.epoch < epochs and not state.stopped:
            _epoch(state, chip, feed, listening, _Times(target_from, settle), shuffle)
            _end_epoch(state, chip, val_feed, _Times(target_from, settle), kept)
            _write(module, with_learned(network, chip))
            tell(listening, "on_epoch", state)
        learned = with_learned(network, kept.best)
        _write(module, learned)
        tell(listening, "on_end", state)
    require(bool(state.history), "eprop", "callbacks must not stop the training before its first epoch", state.stopped)
    assert state.best is not None  # of these
    stopped = state.stopped or "all epochs are done"
    return ChipFit(module, tuple(state.history), state.best, stopped, chip=chip, network=learned)


LEARNING = {
    "fp_loc_tinp": 3,
    "fp_loc_trec": 4,
    "fp_loc_tout": 6,
    "learn_sig_scale": 5,
    "lr_p_winp": 8,
    "lr_p_wrec": 8,
    "lr_p_wout": 14,
    "en_stoch_round": 1,
}
"""Registers of learning where none are given: those of the bench of the chip's repository, without regularisation."""


@dataclass
class _Times:
    target_from: int
    settle: int


@dataclass
class _Kept:
    """The network as it was given, and the chip as it was best."""

    network: IntegerNetwork
    best: Chip


def _epoch(state: State, chip: Chip, feed: Feed, listening: list[Callback], times: _Times, shuffle: bool) -> None:
    """All samples of an epoch once, and their sums in the state."""
    started = time.perf_counter()
    state.epoch, state.batch, state.batches = state.epoch + 1, 0, feed.batches
    loss = right = count = 0.0
    pieces = feed.epoch(state.epoch, Shard()) if shuffle else feed.once(Shard())
    for piece in pieces:
        for events, label in samples_of(piece.batch, chip.registers, times.settle):
            state.loss, hit = _sample(chip, events, label, times, learn=True)
            loss, right, count = loss + state.loss, right + hit, count + 1
            state.update += 1
        state.batch += 1
        tell(listening, "on_batch", state)
        if state.stopped:
            break
    seconds = time.perf_counter() - started
    state.history.append(Epoch(state.epoch, loss / count, right / count, seconds=seconds))


def _end_epoch(state: State, chip: Chip, val: Feed | None, times: _Times, kept: _Kept) -> None:
    """Validate, and keep the chip if it is the best."""
    started, epoch = time.perf_counter(), state.history[-1]
    if val is not None:
        found = [
            _sample(chip, events, label, times, learn=False)
            for piece in val.once(Shard())
            for events, label in samples_of(piece.batch, chip.registers, times.settle)
        ]
        loss, accuracy = np.mean(found, axis=0)
        seconds = epoch.seconds + time.perf_counter() - started
        epoch = replace(epoch, val_loss=float(loss), val_accuracy=float(accuracy), seconds=seconds)
        state.history[-1] = epoch
    if state.best is None or better(epoch, state.best):
        state.best, kept.best = epoch, chip.copy()


def _sample(chip: Chip, events: Any, label: int, times: _Times, learn: bool) -> tuple[float, bool]:
    """The share of votes for other classes, and whether the answer is right."""
    sample = run(chip, events, label, target_from=times.target_from, learn=learn)
    return 1 - float(sample.votes[label] / sample.votes.sum()), sample.prediction == label


def _write(module: nn.Module, network: IntegerNetwork) -> None:
    """Give the module's layers the weights of a network."""
    step = network.profile.state_step
    with torch.no_grad():
        for layer in network.layers:
            weights = layer.recurrent if isinstance(layer, IntegerLIF) else layer
            if isinstance(weights, IntegerLinear):
                real = on_scale(weights.codes) * 2.0**weights.left_shift * step
                weight = module.get_submodule(weights.name).weight
                assert isinstance(weight, Tensor)  # as of every layer of weights
                weight.copy_(torch.from_numpy(real))


def on_scale(codes: Any) -> Any:
    """The codes as reals whose scale is found to be one that holds them.

    A largest weight of exactly a power of two would be clipped by one code on the scale that just reaches it; a little
    more, which rounding takes back, and the scale is the next one.
    """
    real = codes.astype(np.float64)
    most = int(codes.max(initial=0))
    if most > 0 and most & (most - 1) == 0:
        real[codes == most] += most / 256
    return real
