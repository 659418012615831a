"""A network of integers as a folder from which a test bench programs a chip's own RTL and checks it."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from spikelut._aside import folder_aside
from spikelut._checks import require, require_path
from spikelut._files import naming, write_whole
from spikelut.export.program import odin, reckon, tinyodin
from spikelut.export.program.image import WHO
from spikelut.quant.network.network import IntegerNetwork

CHIPS = {module.TARGET.name: module.image for module in (odin, reckon, tinyodin)}


def to_chip(
    network: IntegerNetwork, events: NDArray[Any], folder: str | os.PathLike[str], *, chip: str | None = None
) -> list[Path]:
    """Write the files that program a chip's own RTL with `network`, send it `events` and say what it must answer.

    - `network`: a network of the profile `odin`, `tinyodin` or `reckon`. On the first two chips, it consists of
      `EventLIF` layers one after the other. On `reckon`, it consists of layers of `LIF` (recurrent ones too) or
      `EventLIF`, and ends with a read-out or with at most 16 neurons.
    - `events`: counts [T, B, in] of some samples; on `reckon`, each count is 0 or 1.
    - `folder`: must not be there yet, or be empty.
    - `chip`: the chip that is programmed; by default the network's.

    Returns the files. `spi.hex` holds the SPI transactions that write registers, neurons and synapses; `reset.hex`
    holds those before each sample. `events.hex` holds what the host sends, `expected.hex` what comes out, and
    `states.hex` the membranes. `README.md` says how a test bench uses these files, and `program.json` says what stands
    where.

    Raises ValueError for networks that the chip does not hold, and for events with which `reckon` would saturate on the
    way of a sum. Raises OSError if the folder cannot be written.

    Source: the doc/README.md of ChFrenkel/ODIN 17819318, ChFrenkel/tinyODIN 18656534 and ChFrenkel/ReckOn 5e5c0bea.

    ```pycon
    >>> layer = quant.EventLIF(6, 3, profile=hw_profiles.load("tinyodin"), surrogate=surrogates.Arctan())
    >>> network = quant.integer(torch.nn.Sequential(layer))
    >>> files = export.to_chip(network, (torch.rand(20, 2, 6) < 0.5).numpy(), "crossbar")
    >>> sorted(path.name for path in files)[:4]
    ['README.md', 'events.hex', 'expected.hex', 'program.json']
    ```
    """
    require(isinstance(network, IntegerNetwork), WHO, "network must be an IntegerNetwork", type(network).__name__)
    name = network.profile.name if chip is None else chip
    require(name in CHIPS, WHO, f"chip must be one of {', '.join(sorted(CHIPS))}", name)
    require(len(network.inputs) == 1, WHO, "network must have one input", len(network.inputs))
    given = network.checked(events)[network.inputs[0].name]
    require(given.size > 0, WHO, "events must have steps and samples", list(given.shape))
    files = CHIPS[name](network, given).files
    require_path("to_chip", "folder", folder)
    place = Path(folder)
    _write(place, files)
    return [place / name for name in files]


def _write(place: Path, files: dict[str, str]) -> None:
    """The folder with all files, or nothing."""
    if place.exists() or place.is_symlink():
        empty = place.is_dir() and not any(place.iterdir())
        require(empty, WHO, "folder must not be there yet, or be empty", str(place))
    made = [folder for folder in place.parents if not folder.exists()]
    try:
        with naming(place):
            place.parent.mkdir(parents=True, exist_ok=True)
            with folder_aside(place.parent) as aside:
                inner = aside / "files"
                inner.mkdir()
                for name, text in files.items():
                    write_whole(inner / name, text)
                inner.replace(place)
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise
