"""What torch makes by default, and modes of it that a caller has entered, change no integers and no counts."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant, surrogates, training

LOIHI, RECKON, GENERIC = (hw_profiles.load(name) for name in ("loihi2", "reckon", "generic16"))
CURVE = surrogates.Arctan(alpha=2.0)
EVENTS = (torch.rand(12, 16, 6, generator=torch.Generator().manual_seed(1)) < 0.4).float()


@contextmanager
def default_dtype(dtype: torch.dtype) -> Iterator[None]:
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@contextmanager
def deterministic() -> Iterator[None]:
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(False)


SURROUNDINGS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "float64": lambda: default_dtype(torch.float64),
    "float16": lambda: default_dtype(torch.float16),
    "bfloat16": lambda: default_dtype(torch.bfloat16),
    "meta": lambda: torch.device("meta"),
    "autocast": lambda: torch.autocast("cpu", torch.bfloat16),
    "no_grad": torch.no_grad,
    "deterministic": deterministic,
}


def floats() -> nn.Module:
    torch.manual_seed(0)
    layers = nn.Linear(6, 8), quant.FloatLIF(CURVE, beta=0.9, reset="zero"), nn.Linear(8, 2)
    model = nn.Sequential(*layers, quant.FloatLIF(None, beta=0.9))
    with torch.no_grad():
        for value in model.parameters():
            value.mul_(3)
    return model.eval()


def learner() -> nn.Module:
    torch.manual_seed(0)
    lif = quant.LIF(RECKON, quant.LUTSurrogate(CURVE, RECKON), beta=0.9)
    layers = quant.QuantLinear(6, 8, profile=RECKON), lif, quant.QuantLinear(8, 2, profile=RECKON)
    model = nn.Sequential(*layers, quant.LI(RECKON, beta=0.9))
    with torch.no_grad():
        for value in model.parameters():
            value.mul_(3)
    return model


def converted(calibrate: Any) -> list[Any]:
    found = quant.convert(model, LOIHI, EVENTS, weight_bits=4, calibrate=calibrate)
    return [*found.model.state_dict().values()]


def learned(feedback: Any) -> list[Any]:
    for value in chip.parameters():
        value.grad = None
    out = quant.EProp(chip, feedback=feedback).run(EVENTS, lambda t, membranes: membranes - 0.3)
    return [out, *[value.grad for value in chip.parameters()]]


def tables() -> list[Any]:
    made = [quant.Table.from_surrogate(CURVE, hw_profiles.load(name)) for name in hw_profiles.names()]
    numbers = [[table.error_bound, table.tail_error, table.peak] for table in made]
    return [*[table.codes for table in made], torch.tensor(numbers, dtype=torch.float64, device="cpu")]


def batches() -> list[Any]:
    counts = (np.arange(120) % 5).reshape(4, 10, 3)
    spikes = training.SpikeDataset(counts, [0, 1, 0, 1], lengths=None)
    times, unit = np.arange(30) // 3, np.arange(30) % 2
    events = training.EventDataset(times, unit, [0, 10, 30], [0, 1], shape=(2,), step=2.0)
    return [spikes.batch([2, 0]).x, events.batch([1, 0]).x]


def numbers() -> list[Any]:
    spikes = next(iter(network.run(EVENTS.numpy()).values()))
    again: Any = quant.from_integer(network)
    return [spikes, again[0].weight]


model, chip = floats(), learner()
wide = nn.Sequential(quant.QuantLinear(6, 2, profile=GENERIC), quant.LIF(GENERIC, CURVE))
network = quant.integer(wide)
WORK: dict[str, Callable[[], list[Any]]] = {
    "convert, nearest": lambda: converted("nearest"),
    "convert, spikes": lambda: converted(quant.Calibration()),
    "e-prop, symmetric": lambda: learned("symmetric"),
    "e-prop, random": lambda: learned("random"),
    "tables": tables,
    "batches": batches,
    "integers of 16 bits": numbers,
}


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("surroundings", SURROUNDINGS)
def test_results_are_the_same_to_the_bit(surroundings: str, work: str) -> None:
    wanted = [plain(value) for value in WORK[work]()]
    with SURROUNDINGS[surroundings]():
        found = WORK[work]()
    assert len(found) == len(wanted)
    assert all(bool(value.any()) for value in wanted[:1])
    assert all(torch.equal(plain(a), b) for a, b in zip(found, wanted, strict=True))


def plain(value: Any) -> Tensor:
    return torch.as_tensor(value, device="cpu").detach().clone().double()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_counts_that_the_default_type_does_not_hold_are_refused(dtype: torch.dtype) -> None:
    most = 4099 if dtype == torch.float16 else 257
    spikes = training.SpikeDataset(np.full((1, 2, 3), most), [0])
    same = np.zeros(most, np.int64)
    events = training.EventDataset(same, same, [0, most], [0], shape=(2,), step=1, steps=2)
    assert [int(data.batch([0]).x.max()) for data in (spikes, events)] == [most, most]
    with default_dtype(dtype):
        for data in (spikes, events):
            with pytest.raises(ValueError, match=f"counts that torch.s default type, {str(dtype)[6:]}.*got {most}"):
                data.batch([0])
        with pytest.raises(ValueError, match=f"collate: sample 0 .*default type.*got {most}"):
            training.collate([(torch.full((2, 3), most), 0)])


def test_the_order_of_samples_is_drawn_on_the_cpu_whatever_device_is_set() -> None:
    data = training.SpikeDataset(np.ones((8, 3, 2), np.uint8), [0, 1] * 4)
    model = nn.Sequential(nn.Flatten(2), nn.Linear(2, 2))
    start = {name: value.clone() for name, value in model.state_dict().items()}
    ends = []
    for device in ("cpu", "meta"):
        model.load_state_dict(start)
        torch.set_default_device(device)
        try:
            training.fit(model, data, epochs=1, batch_size=3, progress=False, loss=training.Membrane())
        finally:
            torch.set_default_device(None)
        ends.append([value.clone() for value in model.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*ends, strict=True))
    assert not torch.equal(ends[0][0], start["1.weight"])


@pytest.mark.parametrize("name", ["loihi2", "reckon", "tflm_int16"])
@pytest.mark.parametrize("begun", ["meta", "cpu"])
def test_a_model_of_shapes_alone_has_its_tables_again_after_to_empty(name: str, begun: str) -> None:
    profile = hw_profiles.load(name)

    def made() -> Any:
        slope = quant.LUTSurrogate(CURVE, profile)
        return nn.Sequential(quant.QuantLinear(6, 8, profile=profile), quant.LIF(profile, slope, beta=0.9))

    before = made()
    with torch.no_grad():
        before[0].weight.mul_(3)
    with torch.device(begun):
        after = made()
    after[1].surrogate.codes.fill_(3)  # as memory that held something else
    after.to_empty(device="cpu").load_state_dict(before.state_dict())
    for one in (before, after):
        one(EVENTS).sum().backward()
    assert int(before[0].weight.grad.count_nonzero()) > 20
    assert torch.equal(before[0].weight.grad, after[0].weight.grad)
    assert torch.equal(before[1].surrogate.codes, after[1].surrogate.codes)


@pytest.mark.parametrize("surroundings", ["float64", "float16", "bfloat16", "autocast"])
def test_a_training_step_is_the_same_file(surroundings: str, tmp_path: Path) -> None:
    steps = nn.Sequential(quant.QuantLinear(6, 2, profile=LOIHI), quant.LIF(LOIHI, CURVE))
    export.to_train_step(steps, EVENTS[:2], tmp_path / "before.onnx")
    with SURROUNDINGS[surroundings]():
        export.to_train_step(steps, EVENTS[:2], tmp_path / "after.onnx")
    assert (tmp_path / "after.onnx").read_bytes() == (tmp_path / "before.onnx").read_bytes()


def test_what_is_kept_for_the_process_is_made_on_the_cpu() -> None:
    x = torch.arange(-4096, 4096, 97)
    quant.tflm.logistic_table.cache_clear()
    with torch.device("meta"):
        found = quant.tflm.logistic_int16(x, 2.0**-12)
    assert int(found.count_nonzero()) == len(x)
    assert torch.equal(found, quant.tflm.logistic_int16(x, 2.0**-12))


def test_eprop_refuses_a_model_of_inference_mode() -> None:
    with torch.inference_mode(), pytest.raises(ValueError, match=r"EProp: model must be made outside"):
        quant.EProp(learner())
