"""A network of integers as a folder from which hls4ml makes a project."""

import io
import json
import os
from pathlib import Path
from typing import Any, get_args

import numpy as np

from spikelut._aside import folder_aside
from spikelut._checks import require, require_int, require_one_of, require_path
from spikelut._files import move_whole, write_whole
from spikelut.export.c.flow import sized
from spikelut.export.hls4ml.description import IO, Readout
from spikelut.export.hls4ml.layers import described
from spikelut.export.hls4ml.types import WHO
from spikelut.export.network_file import save_network
from spikelut.quant.chips.hls4ml import DecisionRule
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork

DESCRIPTION, ARRAYS, SCRIPT, NETWORK = "network.json", "weights.npz", "build.py", "network.safetensors"
FORMAT = "spikelut hls4ml 1"


def to_hls4ml(
    network: IntegerNetwork,
    folder: str | os.PathLike[str],
    *,
    steps: int | None = None,
    size: tuple[int, int] | None = None,
    decision_rule: DecisionRule | None = None,
    class_threshold: int = 1,
) -> list[Path]:
    """Write a folder from which hls4ml makes an FPGA project that computes the integers of `network`.

    Returns the files. `python build.py` in the folder, in an environment with hls4ml and snnTorch, makes the project.
    It consists of a model of `Linear`, `Conv2d` and snnTorch's `Leaky`, and the `Precision` of every weight, sum, beta,
    threshold, membrane and result. The project rounds nothing that is not rounded here.

    - `steps`: time steps of a sample. With it, the project has an `SNNReadout` that decides after each time step, and
      all membranes are cleared after the last one. Without it, the project gives the last spikes, and its membranes are
      never cleared.
    - `size`: height and width of images, unless the network has them.
    - `decision_rule`: that of hls4ml, see `quant.hls4ml.decide`. Default: the largest count or membrane.

    Rows are written for `io_stream`, and images for `io_parallel`. hls4ml cannot compile the read-outs of
    `io_parallel`, so a network of images must end with a layer that spikes, and takes no `steps`.

    Raises ValueError for networks that hls4ml has no layers for, or whose neurons are not those of the profile `hls4ml`
    (`Profile.with_precision` makes it with other widths). Raises OSError if the folder cannot be written.

    Source: fastmachinelearning/hls4ml ef92ebdf, docs/advanced/snn.rst, hls4ml/converters/pytorch/snn.py.

    ```pycon
    >>> profile = hw_profiles.load("hls4ml")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> [path.name for path in export.to_hls4ml(quant.integer(model), "fpga", steps=20)]
    ['build.py', 'network.json', 'network.safetensors', 'weights.npz']
    ```
    """
    require(isinstance(network, IntegerNetwork), WHO, "network must be an IntegerNetwork", type(network).__name__)
    require_int(WHO, "class_threshold", class_threshold, 0, 2**31 - 1)
    if steps is not None:
        require_int(WHO, "steps", steps, 1, 2**31 - 1)
    last = network.nodes[-1].layer
    membranes = isinstance(last, IntegerLIF) and last.reads_out
    if decision_rule is not None:
        require_one_of(WHO, "decision_rule", decision_rule, DecisionRule)
        require(steps is not None, WHO, "decision_rule needs steps", decision_rule)
    rule: Any = decision_rule or ("argmax_membrane" if membranes else "argmax_spike_count")
    readout = None if steps is None else Readout(steps, rule, class_threshold)
    known = sized(network, size, WHO)
    images = len(known.inputs[0].signal.shape) == 3
    io_type: IO = get_args(IO)[images]
    found = described(known, readout, io_type)
    about = {"format": FORMAT, "io": io_type, "steps": steps, "layers": found.layers}
    file = io.BytesIO()
    np.savez(file, **found.arrays)  # type: ignore[arg-type]  # named arrays
    require_path("to_hls4ml", "folder", folder)
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    with folder_aside(place) as aside:
        write_whole(aside / DESCRIPTION, json.dumps(about, indent=1) + "\n")
        write_whole(aside / ARRAYS, file.getvalue())
        write_whole(aside / SCRIPT, Path(__file__).with_name(SCRIPT).read_text(encoding="utf-8"))
        save_network(known, aside / NETWORK)
        names = sorted(path.name for path in aside.iterdir())
        for name in names:
            move_whole(aside / name, place / name)
    return [place / name for name in names]
