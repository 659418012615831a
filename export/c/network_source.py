"""A network as C that firmware can use: one time step, its state, and a self-test."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from spikelut._checks import require, require_int, require_path
from spikelut._extras import names_extra
from spikelut._files import write_files
from spikelut.export.c.files import header, source
from spikelut.export.c.names import c_name as c_name
from spikelut.export.c.names import require_name
from spikelut.export.c.plan import Plan, plan
from spikelut.export.c.self_test import self_test
from spikelut.quant.network.layers import IntegerRepeat
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.stimuli import STEPS, stimuli
from spikelut.quant.reading.from_model import Example, integer

Events = NDArray[Any] | Mapping[str, NDArray[Any]]
DIALECTS = ("integer", "flat")
"""Of files that are read back, and beside which the command line writes C."""
SAMPLES, MOST = 8, 64
"""Inputs of the self-test: so many, and more, up to the most, where networks are small."""
FEW, VALUES = 2**16, 2**19
"""Values that more inputs may come to, and those of so many; one input may have more."""
LONGEST = 1024


@names_extra
def to_c(
    model: nn.Module | IntegerNetwork | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    name: str,
    *,
    network: IntegerNetwork | None = None,
    size: tuple[int, ...] | None = None,
    steps: int | None = None,
    events: Events | None = None,
    example: Example | None = None,
) -> list[Path]:
    """Export a trained network as C99, which is C++ too, for firmware: integers only, no heap; returns the files.

    - `NAME.h`: `NAME_state`, a struct with all memory; `NAME_reset(&state)`; and `NAME_step(&state, input, output)`.
      The last takes the event counts of a time step. It gives spike counts, or the codes of a read-out's membranes or
      of synaptic sums. Several inputs or outputs are arguments `input_NAME` and `output_NAME`. No other name is visible
      outside, so several networks can be linked into one firmware.
    - `NAME.c`: integers only; allocates nothing, has no arrays on the stack, and needs memset, or memcpy for delays.
    - `NAME_test.c`: a self-test on inputs that make every layer spike. It returns 0 if every layer and every state
      after every step equals the integer reference, and says how many values it compared and how many are not zero.

    Compile with `cc -std=c99 NAME.c NAME_test.c`.

    - `model`: a model that `quant.integer` reads, or what it returned; or a file that `to_onnx` wrote in the dialect
      integer or flat, of any form.
    - `network`: the network that the file was written from. It is needed if its surrogates are your own, because a file
      cannot name these.
    - `size`: height and width of images, unless the file or an example has them.
    - `events`: recorded inputs [T, B, ...] for the self-test, which searches for more; several by name. `steps`: their
      T. Default: 32, up to 256 while layers stay silent, and 1 if the network repeats its input.
    - `example`: for a model that `quant.integer` reads with an example.

    Raises ValueError for any other file, a network that does not fit the file, images of unknown size, and reversed
    time, which cannot be computed step by step. Also for a `name` that is not an identifier in C and C++, or that ends
    in _test. Raises OSError if a file cannot be read or written. Each file appears whole or not at all.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = torch.nn.init.constant_(model[0].weight, 0.25)
    >>> [path.name for path in export.to_c(model, "firmware", "net")]
    ['net.h', 'net.c', 'net_test.c']
    ```
    """
    require_name("to_c", name)
    require_path("to_c", "folder", folder)
    if steps is not None:
        require_int("to_c", "steps", steps, 1, LONGEST)
    if isinstance(model, str | os.PathLike):
        # onnx is optional.
        from spikelut.export.c.from_onnx import network_of_file

        found, known = network_of_file(Path(model), network)
        require(size in (None, known) or known is None, "to_c", f"size must be that of the file, {known}", size)
        size = size or known
    else:
        require(network is None, "to_c", "network must be None but for a file", "another")
        found = model if isinstance(model, IntegerNetwork) else integer(model, example=example)
    read = example is None or not isinstance(model, IntegerNetwork | str | os.PathLike)
    require(read, "to_c", "example must be None but for a model", "one")
    made = plan(found, name, size)
    contents = {f"{name}.h": header(made), f"{name}.c": source(made), f"{name}_test.c": _test(made, steps, events)}
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    files: dict[Path, bytes | str] = {target / file: content for file, content in contents.items()}
    write_files(files)
    return list(files)


def _test(made: Plan, steps: int | None, events: Events | None) -> str:
    """The self-test, of fewer inputs where the network is large."""
    fixed = {one.steps for one in made.network.inputs if one.steps is not None}
    repeats = [layer.steps for layer in made.network.layers if isinstance(layer, IntegerRepeat)]
    given = None if events is None else _arrays(events)
    times = None if given is None else len(next(iter(given.values())) if isinstance(given, dict) else given)
    if repeats:
        message = "events must have one step, which the network repeats"
        require(times in (None, 1), "to_c", message, times)
        steps = None
    elif fixed:
        steps = min(fixed)  # as many as the model was read with
    length = repeats[0] if repeats else times or steps or STEPS
    values = length * sum(member.count for member in made.members if member.key)
    samples = max(1, min(VALUES // values, max(SAMPLES, min(MOST, FEW // values))))
    shape = made.given.shape if len(made.inputs) == 1 else ()
    found = stimuli(made.network, shape, samples=samples, steps=steps, given=given)
    if given is not None and found.silent and steps is None:
        # Recorded inputs may be too short for what comes after them to wake a layer.
        longer = stimuli(made.network, shape, samples=samples)
        found = longer if len(longer.silent) < len(found.silent) else found
    return self_test(made, found)


def _arrays(events: Events) -> Events:
    found = {name: np.asarray(array) for name, array in events.items()} if isinstance(events, Mapping) else None
    arrays = [np.asarray(events)] if found is None else list(found.values())
    whole = bool(arrays) and all(array.ndim >= 2 and array.size for array in arrays)
    require(whole, "to_c", "events must be [T, B, ...], not empty", [array.shape for array in arrays])
    return arrays[0] if found is None else found
