"""The options of `spikelut export`, `verify`, `cost`, `program`, `import` and `cite`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.root import app


@app.command(
    help="Write a trained network as a file that others run: ONNX in several dialects, C, Verilog or NIR."
    "\n\nDialects: functions (operators of org.spikelut with bodies), flat (standard operators), integer (int8, "
    "int32), arith (floats, no comparisons), qcdq, qonnx, table (the surrogate's lookup alone), train-step "
    "(forward, gradient and update of the weights), nir, hls4ml (a folder from which hls4ml makes an FPGA project)."
    "\n\nForms: scan (any number of steps), step (one; states are inputs and outputs), unrolled (a fixed number).",
    epilog="Examples:\n\nspikelut export runs/digits --dialect integer --out digits.onnx\n\n"
    "spikelut export runs/digits --dialect integer --form step --out step.onnx --c build\n\n"
    "spikelut export runs/digits --verilog fpga\n\n"
    "spikelut export runs/digits --dialect train-step --steps 8 --batch 16 --out learn.onnx\n\n"
    "spikelut export runs/fpga --target hls4ml fpga",
)
def export(
    source: Annotated[
        Path,
        typer.Argument(help="A run folder, a network.safetensors, or an .onnx file of the dialect functions."),
    ],
    place: Annotated[Path | None, typer.Argument(metavar="OUT", help="File or folder to write, as --out.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; of hls4ml a folder.")] = None,
    dialect: Annotated[str, typer.Option("--dialect", "--target", help="What to write, see above.")] = "functions",
    form: Annotated[str | None, typer.Option(help="scan, step or unrolled; scan where it makes sense.")] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Time steps of unrolled and train-step; the run's if not given.")
    ] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Fix the batch of train-step; else it is free.")] = None,
    size: Annotated[str | None, typer.Option(help="Height and width of images, as 28x28; the run's if known.")] = None,
    hidden_spikes: Annotated[
        bool, typer.Option("--hidden-spikes", help="All layers of neurons are outputs, not the last alone.")
    ] = False,
    packed: Annotated[
        bool, typer.Option("--packed", help="Store weights of up to 4 bits in 4 (integer, qcdq; opset 21).")
    ] = False,
    spike_node: Annotated[
        str, typer.Option(help="For qonnx, thresholds as MultiThreshold (FINN) or BipolarQuant (hls4ml).")
    ] = "standard",
    learning_rate: Annotated[
        float | None, typer.Option(help="Of train-step; if not given it is an input of the graph.")
    ] = None,
    c: Annotated[
        Path | None,
        typer.Option("--c", help="Also write the network as C99, with a self-test, in this folder (integer and flat)."),
    ] = None,
    verilog: Annotated[
        Path | None,
        typer.Option(
            help="Write the network as Verilog, with a self-checking test bench on samples of the run, in this folder; "
            "without OUT nothing else."
        ),
    ] = None,
    decision_rule: Annotated[
        str | None, typer.Option(help="Of hls4ml's read-out; the largest count or membrane if not given.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    given = dict(locals())
    with Console(stderr=True).status("Loading libraries"), user_errors():
        once = (out is None) != (place is None) or (verilog is not None and out is None)
        if not once:
            raise ValueError("out must be given, once: --out FILE, or after the run")
        given["out"] = given.pop("place") or out
        from spikelut.cli.deploy.export import ExportOptions, export_command

    raise typer.Exit(export_command(ExportOptions(**given)))


@app.command(
    help="Run exported ONNX files in every runtime that is installed, and count the values that are not those of the "
    "integer reference: every output, and the spikes and states of every layer at every step."
    "\n\nFILE_OR_RUN is an .onnx file, the folder of a run of 'spikelut train', or one of 'spikelut export --target "
    "hls4ml', which is compiled and run. The reference is the network that "
    "the run saved, or NAME.safetensors beside NAME.onnx; without one it is onnxruntime. Exit code 1 if a runtime that "
    "should agree does not.",
    epilog="Examples:\n\nspikelut verify runs/digits\n\nspikelut verify model.onnx --runtimes onnxruntime,c",
)
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE_OR_RUN", help="An .onnx file, or the folder of a run.")],
    samples: Annotated[
        int,
        typer.Option(
            min=1,
            max=65536,
            help="Samples: up to half are those a run has kept, the others are searched for such that layers spike.",
        ),
    ] = 32,
    runtimes: Annotated[str, typer.Option(help="Names separated by commas; all that are installed if not given.")] = "",
    data: Annotated[
        Path | None,
        typer.Option(help="An .npz file with x, event counts [N, T, ...]; its first samples alone are run."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the events.")] = 0,
    time_limit: Annotated[
        float, typer.Option(min=1, max=86400, help="Seconds after which a runtime that does not answer is ended.")
    ] = 120.0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.verify import VerifyOptions, verify_command

    raise typer.Exit(verify_command(VerifyOptions(path, samples, runtimes, data, seed, json, time_limit)))


@app.command(
    help="What a trained network costs on a chip: whether it fits, on how many cores, which limit it meets first; its "
    "spikes, synaptic events, updates and accesses of memory on data; its bits."
    "\n\nLimits are those that the profile has from published sources; what nobody published is named. Counts are "
    "exact, from the integer reference. Energy is modelled from published constants, where there are any.",
    epilog="Examples:\n\nspikelut cost runs/digits\n\nspikelut cost runs/digits --profile all\n\n"
    "spikelut cost runs/digits --profile loihi2,odin --data events.npz --out cost.html",
)
def cost(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="A run folder, a network.safetensors, or an .onnx file of the dialect functions."
        ),
    ],
    profile: Annotated[
        list[str] | None,
        typer.Option(help="Chips: names, or paths of .toml files, separated by commas; 'all'; its own if not given."),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            help="An .npz file with x, event counts [N, T, ...]; the samples that the run has kept if not given."
        ),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, max=65536, help="The first of them are counted.")] = 256,
    out: Annotated[
        list[Path] | None, typer.Option(help="File to write: .html or .json; may be given several times.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.cost import CostOptions, cost_command

    raise typer.Exit(cost_command(CostOptions(source, profile or [], data, samples, out or [], json)))


@app.command(
    help="Write a network as SPI words, events and expected answers for the RTL of a chip, as its authors publish it, "
    "in any simulator."
    "\n\nThe chip is odin, tinyodin or reckon, and the network one of that profile. DIR must not be there yet; its "
    "README.md says how a test bench uses the files.",
    epilog="Examples:\n\nspikelut program runs/digits --chip reckon build/reckon\n\n"
    "spikelut program network.safetensors --chip tinyodin build/crossbar --data events.npz --samples 8",
)
def program(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="A run folder, a network.safetensors, or an .onnx file of the dialect functions."
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to write.")],
    chip: Annotated[str, typer.Option(help="odin, tinyodin or reckon.")],
    data: Annotated[
        Path | None,
        typer.Option(help="An .npz file with x, event counts [N, T, in]; else those that the run has kept, or others."),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, max=65536, help="The first of them are sent.")] = 4,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.program import ProgramOptions, program_command

    raise typer.Exit(program_command(ProgramOptions(source, out, chip, data, samples, json)))


@app.command(
    "import",
    help="Take a network that another library trained into a run folder, as integers: what 'spikelut export' and "
    "'verify' take."
    "\n\nSOURCE is a .net file of lava-dl, whose integers Loihi 2 has (--layer-delays and the three options after "
    "it), or a NIR graph (the others): one that spikelut wrote, with its integers, or one in floats, which is "
    "converted for --profile with the events in --data.",
    epilog="Examples:\n\nspikelut import network.net --out runs/pilotnet\n\n"
    "spikelut import network.net --no-layer-delays --num-layers 5 --out runs/five\n\n"
    "spikelut import graph.nir --profile loihi2 --data events.npz --weight-bits 8 --out runs/graph",
)
def import_(
    source: Annotated[Path, typer.Argument(help="A .net file of lava-dl, or a .nir file.")],
    out: Annotated[Path, typer.Option(help="The run folder to write.")],
    layer_delays: Annotated[
        bool,
        typer.Option(
            "--layer-delays/--no-layer-delays",
            help="Events take a step from layer to layer, as on Lava; without them layers whose states are reset in "
            "turn give the same earlier.",
        ),
    ] = True,
    num_layers: Annotated[int | None, typer.Option(min=1, help="Read only so many layers.")] = None,
    input_shape: Annotated[
        str | None, typer.Option(help="As 3x66x200, of a file that begins with a convolution.")
    ] = None,
    largest_input: Annotated[
        int | None, typer.Option(min=1, help="The most that comes in; if not given 1 event, or what an image gives.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="The chip for a network in floats, or the path of a profile.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="An .npz file with x, event counts [N, T, ...], that sets the scales.")
    ] = None,
    weight_bits: Annotated[
        str | None,
        typer.Option(
            help="Of its weights, a number or as auto:3.5, for which the data find bits of each layer; "
            "auto:agreement>=0.98 keeps answers, auto:accuracy>=0.9 needs y [N] beside x. The chip's if not given."
        ),
    ] = None,
    calibrate: Annotated[
        str | None,
        typer.Option(
            help="nearest rounds weights as they are; spikes then chooses scales, thresholds, biases and the rounding "
            "by the spikes that layers give on the data, in minutes: far better at few bits. nearest if not given."
        ),
    ] = None,
    substitute: Annotated[
        bool | None,
        typer.Option(
            "--substitute", help="Neurons that the chip lacks become the nearest it has; the report says what changed."
        ),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="An HTML file for the report of the conversion, with figures.")
    ] = None,
    dt: Annotated[float | None, typer.Option(help="The seconds of a time step; 1e-4 if not given.")] = None,
    decay: Annotated[str | None, typer.Option(help="euler (snnTorch, norse) or exponential (sinabs).")] = None,
    reset: Annotated[str | None, typer.Option(help="zero, as NIR says, or subtract.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print what run.json says.")] = False,
) -> None:
    """Run the job the options describe."""
    given = dict(locals())
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.imports import ImportOptions, import_command

    raise typer.Exit(import_command(ImportOptions(**given)))


@app.command(
    help="Print BibTeX of the chip, the surrogate, the data and this library, as a run used them."
    "\n\nWhat is not known is a comment that names it.",
    epilog="Examples:\n\nspikelut cite runs/digits\n\nspikelut cite runs/digits --out used.bib",
)
def cite(
    run: Annotated[Path, typer.Argument(help="The folder of a run.")],
    out: Annotated[Path | None, typer.Option(help="File to write instead.")] = None,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.cite import cite_command

    raise typer.Exit(cite_command(run, out))
