"""Whole samples in which the chip learns, against its RTL, tick by tick; see golden/README.md."""

from collections.abc import Iterator

import numpy as np
import pytest
from golden_vectors import Ints, different, numbered

from spikelut import native, quant
from spikelut.quant.chips.reckon import Chip, Registers, Sample, run, sent

pytestmark = pytest.mark.golden
FILES = ("reckon_train_small_a", "reckon_train_small_b")


def configurations() -> Iterator[tuple[str, dict[str, Ints]]]:
    for name in FILES:
        for g in numbered(name, "n_configs", "c"):
            yield name, g


def chip_of(g: dict[str, Ints]) -> Chip:
    registers = Registers.of({key.removeprefix("reg_"): a for key, a in g.items() if key.startswith("reg_")})
    return Chip(registers, g["alpha"], g["threshold"], g["w_inp_init"], g["w_rec_init"], g["w_out_init"])


def samples(g: dict[str, Ints], chip: Chip, record: bool) -> Iterator[tuple[int, Sample]]:
    """Each of a configuration, one after the other on the same chip."""
    for s in range(int(g["n_samples"])):
        target_from = int(g["t_target"])
        yield s, run(chip, g["events"][s], g["target"][s], target_from=target_from, learn=True, record=record)


def outcome(name: str, g: dict[str, Ints], chip: Chip, s: int, sample: Sample) -> int:
    """Values of a sample's end and of its steps that differ: weights, calls, spikes, outputs, bytes on the bus."""
    wrong = sum(different(name, getattr(chip, key), g[key][s]) for key in ("w_inp", "w_rec", "w_out"))
    wrong += different(name, chip.calls, g["lfsr_calls"][s])
    wrong += different(name, sample.spikes, g["spike"][s]) + different(name, sample.outputs, g["u_out"][s])
    return wrong + different(name, sent(chip.registers, sample), g["out_bytes"][g["out_bytes"][:, 0] == s, 1:])


def inside(name: str, g: dict[str, Ints], s: int, sample: Sample, registers: Registers) -> int:
    """Values within the chip that differ, in every tick."""
    keys = ["u", "trace_inp", "trace_rec", "trace_out", "error"]
    # Without input and recurrent learning these were not observed.
    keys += [] if registers.do_eprop == 4 else ["learning_signal", "h", "regul"]
    return sum(different(name, getattr(sample.recorded, key), g[key][s]) for key in keys)


def changes(chip: Chip, before: list[Ints]) -> int:
    return sum(int((new != old).sum()) for new, old in zip(chip.weights, before, strict=True))


def test_every_tick_in_numpy() -> None:
    """Membranes, spikes, traces, errors, learning signals, slopes, excess; then weights and generators."""
    seen = moved = 0
    for name, g in configurations():
        chip = chip_of(g)
        before = [w.copy() for w in chip.weights]
        for s, sample in samples(g, chip, record=True):
            assert inside(name, g, s, sample, chip.registers) == 0
            assert outcome(name, g, chip, s, sample) == 0
            seen += 1
        moved += changes(chip, before)
    assert seen > 0
    assert moved > 0


@pytest.mark.skipif(bool(native.reason_missing()), reason="no library of native kernels")
def test_the_kernel() -> None:
    seen = 0
    for name, g in configurations():
        chip = chip_of(g)
        for s, sample in samples(g, chip, record=False):
            assert outcome(name, g, chip, s, sample) == 0
            seen += 1
    assert seen > 0


def test_weights_change_when_they_did() -> None:
    """The list of changes: the same weights in the same ticks, of one sample cut off after each tick that learns."""
    for name, g in configurations():
        ticks = np.unique(g["change"][g["change"][:, 0] == 0, 1])
        first = int(g["t_target"])
        for tick in ticks[:3]:
            chip = chip_of(g)
            cut = int(tick) + 2
            run(chip, g["events"][0][:cut], g["target"][0][:cut], target_from=first, learn=True)
            listed = g["change"][(g["change"][:, 0] == 0) & (g["change"][:, 1] <= tick)]
            for kind, (key, weights) in enumerate(zip(("w_inp", "w_rec", "w_out"), chip.weights, strict=True)):
                expected = g[f"{key}_init"].copy()
                of_kind = listed[listed[:, 2] == kind]
                np.add.at(expected, (of_kind[:, 3], of_kind[:, 4]), of_kind[:, 5])
                assert different(name, weights, expected) == 0


def test_a_chip_without_learning_keeps_weights_and_calls_its_generators() -> None:
    """Where rounding by chance is on the generators of steps run on; those of weights stay."""
    _, g = next(configurations())
    chip = chip_of(g)
    before, generators = [w.copy() for w in chip.weights], dict(chip.generators)
    quant.reckon.run(chip, g["events"][0], g["target"][0], target_from=int(g["t_target"]))
    assert changes(chip, before) == 0
    moved = {key for key in generators if not np.array_equal(generators[key], chip.generators[key])}
    expected = {"even", "odd", "tinp_even", "tinp_odd", "trec_even", "trec_odd", "tout_even", "tout_odd", "outputs"}
    assert moved == (expected if chip.registers.en_stoch_round else set())
