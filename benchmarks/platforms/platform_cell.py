"""One cell of the table of platforms: a network on a chip with weights of so many bits, from one seed."""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from platform_data import Part, Parts
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant, training
from spikelut.cli.train.measure import trains_of

COUNTED = re.compile(r"(\d+) values compared, (\d+) nonzero, (\d+) different")


def accuracy(model: nn.Module, events: Tensor, labels: NDArray[Any]) -> float:
    """The share of samples, in percent, whose class spikes most often; of several the first."""
    with torch.no_grad():
        counts: Tensor = model(events).sum(0)
    return round(100 * float((counts.argmax(1).numpy() == labels).mean()), 2)


def cell(
    floats: nn.Module, data: Parts, platform: str, bits: int, seed: int, settings: dict[str, Any], *, test: bool = True
) -> dict[str, Any]:
    """What becomes of a float network on a platform: accuracies, substitutes, spikes compared, costs.

    `test`: look at the test part, compare and count there; else only at the validation part. With `tune` among the
    settings it is tuned, compared and counted. A platform that cannot have it gives the reason alone, as `refused`.
    """
    profile = hw_profiles.load(platform)
    random = np.random.default_rng(seed)
    chosen = random.permutation(len(data.train.labels))[: settings["data"]["calibration"]]
    calibrating = data.train.some(chosen).events
    options: dict[str, Any] = {"weight_bits": bits, "substitute": True}
    try:
        made = quant.convert(floats, profile, calibrating, **options)
    except ValueError as error:
        return {"refused": " ".join(str(error).split())}
    line = any("AlwaysOn" in note for note in made.notes)
    given = {
        name: quant.AlwaysOn()(part.events) if line else part.events
        for name, part in (("train", data.train), ("validation", data.validation), ("test", data.test))
    }

    def reached(model: nn.Module) -> dict[str, float]:
        """Accuracies, that of the test part only where it may be looked at."""
        found = {"validation": accuracy(model, given["validation"], data.validation.labels)}
        return found | ({"test": accuracy(model, given["test"], data.test.labels)} if test else {})

    record: dict[str, Any] = {
        "substitutes": list(dict.fromkeys(change for layer in made.layers for change in layer.changes)),
        "notes": list(made.notes),
        "differing": [layer.differing for layer in made.layers],
        "converted": reached(made.model),
    }
    if "calibrate" in settings:
        search = quant.Calibration(iterations=settings["calibrate"]["iterations"], seed=seed, progress=False)
        some = calibrating[:, : settings["calibrate"]["samples"]]
        made = quant.convert(floats, profile, some, **options, calibrate=search)
        record["calibrated"] = reached(made.model)
    if not settings["tune"]:
        return record
    fine_tuned(made.model, given, data, seed, settings["fine_tune"])
    record["tuned"] = reached(made.model)
    if test:
        network = quant.integer(made.model)
        record["compared"] = compared(made.model, network, given["test"], settings["compare"]["c_samples"])
        record["cost"] = cost_of(network, given["test"])
    return record


def fine_tuned(model: nn.Module, given: dict[str, Tensor], data: Parts, seed: int, settings: dict[str, Any]) -> None:
    """Train on from the converted integers; the epoch that is best on the validation part is kept."""
    sets = [
        training.SpikeDataset(given[name].movedim(1, 0).contiguous(), torch.from_numpy(part.labels))
        for name, part in (("train", data.train), ("validation", data.validation))
    ]
    training.fit(model, sets[0], val=sets[1], seed=seed, progress=False, **settings)


def compared(model: nn.Module, network: quant.IntegerNetwork, events: Tensor, c_samples: int) -> dict[str, Any]:
    """Spikes of all layers and steps in torch, onnxruntime and C against the NumPy reference."""
    whole = events.numpy().astype(np.int64)
    reference = network.run(whole)
    with torch.no_grad():
        trains = trains_of(model.eval(), events)
    found = {"torch": export.count_differences({name: reference[name] for name in trains}, trains)._asdict()}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        export.to_onnx(network, whole.shape, path, "integer", hidden_spikes=True)
        given = export.run_onnx(path, whole)
        found["onnxruntime"] = export.count_differences(reference, given)._asdict()
        found["c"] = in_c(network, Path(folder), whole[:, :c_samples])
    return found


def in_c(network: quant.IntegerNetwork, folder: Path, events: NDArray[Any]) -> dict[str, int]:
    """The same of a compiled program, which compares every state as well; RuntimeError if it cannot be run."""
    export.to_c(network, folder, "network", events=events)
    for command in (["cc", "-std=c99", "-O1", "network.c", "network_test.c", "-o", "network_test"], ["./network_test"]):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
        read = COUNTED.search(done.stdout)
        if done.returncode and read is None:
            raise RuntimeError(f"{' '.join(command)} failed: {done.stderr.strip()[:200]}")
    assert read is not None  # the program says it
    count, nonzero, different = (int(n) for n in read.groups())
    return {"compared": count, "different": different, "nonzero": nonzero}


def cost_of(network: quant.IntegerNetwork, events: Tensor) -> dict[str, Any]:
    """Whether it fits, its bits, and what it does for a sample of the test part."""
    found = quant.cost(network, events.numpy().astype(np.int64))
    assert found.spikes is not None  # there are data
    assert found.synaptic_events is not None
    energy = None if found.energy is None else found.as_dict()["modelled_energy"]
    return {
        "fits": found.fit.fits,
        "verdict": found.fit.verdict,
        "neurons": found.neurons,
        "bits": found.footprint.total,
        "spikes": round(found.spikes / found.samples, 1),
        "synaptic_events": round(found.synaptic_events / found.samples, 1),
        "energy": energy,
    }


def floats_record(floats: nn.Module, data: Parts, *, test: bool = True) -> dict[str, float]:
    """What the float network itself comes to."""
    record = {"validation": accuracy(floats, data.validation.events, data.validation.labels)}
    return record | ({"test": accuracy(floats, data.test.events, data.test.labels)} if test else {})


def fewer(part: Part, count: int) -> Part:
    """The first samples of each class in turn, so many in all, for a quick look."""
    turns = [np.count_nonzero(part.labels[:i] == label) for i, label in enumerate(part.labels)]
    order = np.argsort(turns, kind="stable")
    return part.some(order[:count])
