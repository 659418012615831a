"""The float networks of the conversion benchmark, their data, and what belongs to a row."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from spikelut import export, hw_profiles
from spikelut.cli.options.train_options import options_of
from spikelut.cli.train.job import Job, prepare
from spikelut.cli.train.loop import Split, accuracy, train_network
from spikelut.cli.train.variants import recipe_of

RUNS = Path(__file__).parents[2] / "runs" / "conversion"
VALIDATION_SEED = 20260
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


def row_of(settings: dict[str, Any], shared: Path | None) -> Row:
    """A row, whose float network is trained if that was not done before."""
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
        model, whole, test = trained(settings["name"], job), job.train, job.test
        held = min(1000, len(whole) // 3)
        chosen |= {"profile": job.profile, "input_step": job.data.input_step}
    order = torch.randperm(len(whole), generator=torch.Generator().manual_seed(VALIDATION_SEED))
    return Row(settings, model.eval(), whole.part(order[held:]), whole.part(order[:held]), test, chosen)


def job_of(settings: dict[str, Any], shared: Path | None) -> Job:
    """What `spikelut train` makes of the options of a row."""
    given = dict(settings["train"])
    given["data"] = given["data"].format(shared=shared)
    given["weight_bits"] = str(settings["convert"]["weight_bits"])
    return prepare(options_of(given, None))


def trained(name: str, job: Job) -> nn.Module:
    """The float network of a row, from its file or trained."""
    path, model = RUNS / f"{name}.safetensors", job.network(job.surrogate, floats=True)
    if path.is_file():
        model.load_state_dict(load_file(path))
        return model
    train_network(
        model,
        job.train,
        job.test,
        recipe_of(job, "float"),
        gain=job.gain(job.surrogate, floats=True),
        progress=True,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({key: value.contiguous() for key, value in model.state_dict().items()}, path)
    return model


def right(model: nn.Module, split: Split) -> float:
    """Accuracy in percent."""
    return 100 * accuracy(model, split)
