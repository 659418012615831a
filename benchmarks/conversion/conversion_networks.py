"""The float networks of the conversion benchmark, their data, and what belongs to a row."""

import json
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

sys.path.append(str(Path(__file__).parents[1] / "sequences"))
from sequence_data import held_out

from spikelut import export, hw_profiles
from spikelut.cli.data.npz import read_npz
from spikelut.cli.options.train_options import options_of
from spikelut.cli.train.job import Job, prepare
from spikelut.cli.train.loop import Split, accuracy, train_network
from spikelut.cli.train.variants import recipe_of

RUNS = Path(__file__).parents[2] / "runs" / "conversion"
VALIDATION_SEED = 20260
CHIP = ("profile", "membrane_bits", "grid_frac", "per_channel", "data")
"""Options that make no difference to a float network, and where its data lie."""
FEW = 96
NIR_STEP = 1e-4
"""The time step of graphs that snnTorch wrote."""


@dataclass(frozen=True)
class Row:
    """A float network with its data: samples to calibrate with, those that choose options, and those of the test."""

    settings: dict[str, Any]
    model: nn.Module
    pool: Split
    val: Split
    test: Split
    convert: dict[str, Any]

    def subset(self, samples: int, seed: int) -> Tensor:
        """Calibration data [T, B, ...]: so many samples of the pool."""
        order = torch.randperm(len(self.pool), generator=torch.Generator().manual_seed(seed))
        return self.pool.part(order[:samples]).real(slice(None))


def row_of(settings: dict[str, Any], shared: Path | None, *, quick: bool = False) -> Row:
    """A row, whose float network is trained if that was not done before; `quick`: of a few samples, and not kept."""
    chosen = dict(settings["convert"])
    if "graph" in settings:
        assert shared is not None  # main looked
        model: nn.Module = export.from_nir(shared / settings["graph"], dt=NIR_STEP)
        data = np.load(shared / settings["data"])
        spikes, labels = torch.from_numpy(data["x"]).transpose(0, 1), torch.from_numpy(data["y"]).long()
        tests = torch.from_numpy(data["test"])
        whole, test = Split(spikes[:, ~tests], labels[~tests]), Split(spikes[:, tests], labels[tests])
        held = len(whole) // 3
        chosen["profile"] = hw_profiles.load(chosen["profile"])
    else:
        job = job_of(settings, shared)
        job = replace(job, train=few(job.train), test=few(job.test)) if quick else job
        chosen |= {"profile": job.profile, "input_step": job.data.input_step}
        if "held" in settings:
            job, val = without_validation(job, settings)
            model = trained(settings, job, keep=not quick).eval()
            return Row(settings, model, job.train, few(val) if quick else val, job.test, chosen)
        model, whole, test = trained(settings, job, keep=not quick), job.train, job.test
        held = min(1000, len(whole) // 3)
    whole, test = (few(whole), few(test)) if quick else (whole, test)
    held = min(held, len(whole) // 3)
    order = torch.randperm(len(whole), generator=torch.Generator().manual_seed(VALIDATION_SEED))
    return Row(settings, model.eval(), whole.part(order[held:]), whole.part(order[:held]), test, chosen)


def job_of(settings: dict[str, Any], shared: Path | None) -> Job:
    """What `spikelut train` makes of the options of a row."""
    given = dict(settings["train"])
    given["data"] = given["data"].format(shared=shared)
    given["weight_bits"] = str(settings["convert"]["weight_bits"])
    return prepare(options_of(given, None))


def without_validation(job: Job, settings: dict[str, Any]) -> tuple[Job, Split]:
    """The job without the share `held` of each speaker's recordings of each digit, and these, which validate."""
    found = read_npz(Path(job.options.data), ("y", "test", "speaker"))
    groups = np.unique(found["speaker"], return_inverse=True)[1] * 10 + found["y"]
    held = torch.from_numpy(held_out(groups[~found["test"]], settings["held"]))[: len(job.train)]
    train, val = (job.train.part(torch.where(mask)[0]) for mask in (~held, held))
    return replace(job, train=train), val


def trained(settings: dict[str, Any], job: Job, *, keep: bool = True) -> nn.Module:
    """The float network of a row, from its file, if it was trained by these options, or trained, which `keep` keeps."""
    path, model = RUNS / f"{settings['name']}.safetensors", job.network(job.surrogate, floats=True)
    given = {**settings["train"], **({"held": settings["held"]} if "held" in settings else {})}
    how = json.dumps({name: value for name, value in sorted(given.items()) if name not in CHIP})
    if keep and path.is_file():
        with safe_open(path, "pt") as found:
            if (found.metadata() or {}).get("train") == how:
                model.load_state_dict(load_file(path))
                return model
    gain = job.gain(job.surrogate, floats=True)
    train_network(model, job.train, job.test, recipe_of(job, "float"), gain=gain, progress=True)
    if keep:
        path.parent.mkdir(parents=True, exist_ok=True)
        state = {key: value.contiguous() for key, value in model.state_dict().items()}
        save_file(state, path, {"train": how})
    return model


def few(split: Split) -> Split:
    """The first samples."""
    return split.part(torch.arange(min(FEW, len(split))))


def right(model: nn.Module, split: Split) -> float:
    """Accuracy in percent."""
    return 100 * accuracy(model, split)
