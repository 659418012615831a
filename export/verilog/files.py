"""A network as Verilog: modules, tables, and a test bench that compares them with the integer reference."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from spikelut._checks import require, require_int, require_path
from spikelut._files import write_files
from spikelut.export.verilog.bench import Bench, bench
from spikelut.export.verilog.cores.words import WHO, ram, rom
from spikelut.export.verilog.names import require_name
from spikelut.export.verilog.plan import Plan, plan
from spikelut.export.verilog.top import top_module
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import Inputs
from spikelut.quant.network.shapes.order import IntegerRepeat
from spikelut.quant.network.stimuli import STEPS, stimuli
from spikelut.quant.reading.from_model import Example, integer

SAMPLES, MOST = 4, 2**20
"""Inputs of the test bench that are searched for, where none are given; and the values that it compares of several."""
LONGEST = 1024


def to_verilog(
    model: nn.Module | IntegerNetwork,
    folder: str | os.PathLike[str],
    name: str = "network",
    *,
    size: tuple[int, ...] | None = None,
    steps: int | None = None,
    events: Inputs | None = None,
    example: Example | None = None,
) -> list[Path]:
    """Write a network as Verilog-2005 for FPGAs and simulators, with a test bench; returns the files.

    - `NAME.v`: the module `NAME`, with one clock, a synchronous reset, and streams with valid and ready for the values
      of a time step. The layers have their turns one after the other.
    - `NAME_core_LAYER.v`: a layer, which takes one source of one output in each clock. `NAME_step_LAYER.v` and
      `NAME_event_LAYER.v`: the arithmetic of one neuron, without a clock. Registers are as wide as their ranges.
    - `NAME_*.hex`: weights, biases and other tables, as `$readmemh` reads them.
    - `NAME_bench.v`: the test bench. It fails unless every state, spike and output of every step is that of the integer
      reference. It says how many values it compared, and how many of them are not zero.
    - `NAME.f`: the names of all modules, for `iverilog -f` and `verilator -f`.

    - `size`: height and width of images, unless the network or an example has them.
    - `events`: inputs [T, B, ...] of the bench; several inputs by name. The bench takes the first samples, as many as
      give some 2**20 values to compare. If not given, inputs of `steps` time steps are searched for.
    - `example`: for a model that `quant.integer` reads with an example.

    Run it in the folder: `iverilog -g2012 -o bench NAME_bench.v -f NAME.f && vvp -n bench`.

    Raises ValueError for a network whose layers have no core (products of matrices, delays), that reverses time, or
    whose memories have more than 2**24 words. Also for images of unknown size, and for a `name` that is a keyword of
    Verilog, or is no identifier there. Raises OSError if a file cannot be written. All files appear or none.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> _ = torch.nn.init.constant_(model[0].weight, 0.25)
    >>> [path.name for path in export.to_verilog(model, "fpga", "net")][:4]
    ['net.v', 'net_core_1.v', 'net_step_1.v', 'net_ram.v']
    ```
    """
    require_name(WHO, name)
    require_path(WHO, "folder", folder)
    if steps is not None:
        require_int(WHO, "steps", steps, 1, LONGEST)
    known = isinstance(model, nn.Module | IntegerNetwork)
    require(known, WHO, "model must be a torch module or an IntegerNetwork", type(model).__name__)
    require(example is None or isinstance(model, nn.Module), WHO, "example must be None but for a model", "one")
    network = model if isinstance(model, IntegerNetwork) else integer(model, example=example)
    made = plan(network, name, size)
    files = files_of(made, bench(made, _inputs(made, steps, events)))
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    write_files({target / file: content for file, content in files.items()})
    return [target / file for file in files]


def _inputs(made: Plan, steps: int | None, events: Inputs | None) -> Inputs:
    """As many as the bench compares in some seconds, one at least."""
    repeats = [layer.steps for layer in made.network.layers if isinstance(layer, IntegerRepeat)]
    if events is None:
        times = repeats[0] if repeats else steps or STEPS
        shape = made.inputs[0].signal.shape if len(made.inputs) == 1 else ()
        fixed = [one.steps for one in made.network.inputs if one.steps is not None]
        chosen = None if repeats else min(fixed) if fixed else steps
        count = max(1, min(SAMPLES, MOST // (made.values * times)))
        found: Inputs = stimuli(made.network, shape, samples=count, steps=chosen).events
        return found
    given = dict(events) if isinstance(events, Mapping) else {made.inputs[0].name: events}
    arrays: dict[str, Any] = {key: np.asarray(array) for key, array in given.items()}
    whole = bool(arrays) and all(array.ndim >= 2 and array.size for array in arrays.values())
    require(whole, WHO, "events must be [T, B, ...], not empty", [array.shape for array in arrays.values()])
    times = max(len(array) for array in arrays.values()) * (repeats[0] if repeats else 1)
    count = max(1, MOST // max(1, made.values * times))
    return {key: array[:, :count] for key, array in arrays.items()}


def modules_of(made: Plan) -> dict[str, str]:
    """The files of a network: each module in one of its name."""
    found = {f"{made.name}.v": top_module(made)}
    for core in made.cores:
        found[f"{core.name}.v"] = core.text
        found |= {f"{module.name}.v": module.text for module in core.modules}
    found[f"{made.name}_ram.v"] = ram(made.name)
    if any(core.tables for core in made.cores):
        found[f"{made.name}_rom.v"] = rom(made.name)
    return found


def files_of(made: Plan, test: Bench) -> dict[str, bytes | str]:
    """All files by their names."""
    modules = modules_of(made)
    found: dict[str, bytes | str] = dict(modules)
    found |= {f"{table.name}.hex": table.text for table in made.tables}
    found[f"{made.name}.f"] = "".join(f"{file}\n" for file in modules)
    found |= {f"{made.name}_bench.v": test.text, **test.files}
    return found
