"""The options of `spikelut export`, `verify`, `cost`, `program`, `import` and `cite`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.root import app


@app.command(
    help="Write a trained network as a file that other programs run: ONNX in several dialects,"
    " C, Verilog or NIR.\n\nDialects: functions (operators of org.spikelut with bodies), "
    "flat (standard operators), integer (int8, int32), arith (floats, no comparisons), "
    "qcdq, qonnx, table (only the surrogate's lookup), train-step (forward, gradient and "
    "update of the weights), nir, hls4ml (a folder from which hls4ml makes an FPGA "
    "project).\n\nForms: scan (any number of steps), step (one step; states are inputs and "
    "outputs), unrolled (a fixed number of steps).",
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
    place: Annotated[
        Path | None, typer.Argument(metavar="OUT", help="File or folder to write; the same as --out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; for hls4ml, a folder.")] = None,
    dialect: Annotated[str, typer.Option("--dialect", "--target", help="What to write; see above.")] = "functions",
    form: Annotated[
        str | None, typer.Option(help="scan, step or unrolled. Default: scan, for dialects that have forms.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Time steps of unrolled and train-step. Default: the run's.")
    ] = None,
    batch: Annotated[int | None, typer.Option(min=1, help="Fixed batch size of train-step. Default: any size.")] = None,
    size: Annotated[
        str | None, typer.Option(help="Height and width of images, such as 28x28. Default: the run's, if known.")
    ] = None,
    hidden_spikes: Annotated[
        bool, typer.Option("--hidden-spikes", help="Make the spikes of all layers outputs, not only of the last.")
    ] = False,
    packed: Annotated[
        bool, typer.Option("--packed", help="Store weights of up to 4 bits in 4 bits (integer, qcdq; opset 21).")
    ] = False,
    spike_node: Annotated[
        str, typer.Option(help="For qonnx: write thresholds as MultiThreshold (FINN) or BipolarQuant (hls4ml).")
    ] = "standard",
    learning_rate: Annotated[
        float | None, typer.Option(help="Learning rate of train-step. Default: it is an input of the graph.")
    ] = None,
    c: Annotated[
        Path | None,
        typer.Option("--c", help="Also write the network as C99, with a self-test, to this folder (integer and flat)."),
    ] = None,
    verilog: Annotated[
        Path | None,
        typer.Option(
            help="Write the network as Verilog to this folder, with a self-checking test bench on "
            "samples of the run. Without OUT, write nothing else."
        ),
    ] = None,
    decision_rule: Annotated[
        str | None, typer.Option(help="How hls4ml's read-out decides. Default: by the largest count or membrane.")
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
    help="Run exported ONNX files in every runtime that is installed, and count the values "
    "that differ from the integer reference: every output, and the spikes and states of "
    "every layer at every step.\n\nFILE_OR_RUN is an .onnx file, the folder of a run of "
    "'spikelut train', or a folder of 'spikelut export --target hls4ml', which is "
    "compiled and run. The reference is the network that the run saved, or "
    "NAME.safetensors beside NAME.onnx; without one it is onnxruntime. The exit code is 1"
    " if a runtime that should agree does not.",
    epilog="Examples:\n\nspikelut verify runs/digits\n\nspikelut verify model.onnx --runtimes onnxruntime,c",
)
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE_OR_RUN", help="An .onnx file, or the folder of a run.")],
    samples: Annotated[
        int,
        typer.Option(
            min=1,
            max=65536,
            help="Number of samples. Up to half are test samples that the run has kept; the others are"
            " searched for, so that layers spike.",
        ),
    ] = 32,
    runtimes: Annotated[
        str, typer.Option(help="Names of runtimes, separated by commas. Default: all that are installed.")
    ] = "",
    data: Annotated[
        Path | None,
        typer.Option(help="An .npz file with x, event counts [N, T, ...]. Only its first samples are run."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed for the events.")] = 0,
    time_limit: Annotated[
        float, typer.Option(min=1, max=86400, help="Seconds after which a runtime that does not answer is stopped.")
    ] = 120.0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.verify import VerifyOptions, verify_command

    raise typer.Exit(verify_command(VerifyOptions(path, samples, runtimes, data, seed, json, time_limit)))


@app.command(
    help="Say what a trained network costs on a chip: whether it fits, on how many cores, and "
    "which limit it meets first; its spikes, synaptic events, updates and memory accesses"
    " on data; and its bits.\n\nThe limits are those that the profile has from published "
    "sources; limits that nobody published are named. Counts are exact, from the integer "
    "reference. Energy is modelled from published constants, if there are any.",
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
        typer.Option(
            help="Profiles of chips, separated by commas: names, paths of .toml files, or 'all'. "
            "Default: the network's own."
        ),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(help="An .npz file with x, event counts [N, T, ...]. Default: the samples that the run has kept."),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=1, max=65536, help="Number of samples to count, from the first on.")
    ] = 256,
    out: Annotated[
        list[Path] | None, typer.Option(help="File to write: .html or .json. Can be given several times.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.cost import CostOptions, cost_command

    raise typer.Exit(cost_command(CostOptions(source, profile or [], data, samples, out or [], json)))


@app.command(
    help="Write a network for the RTL of a chip, as its authors publish it, in any simulator: "
    "SPI words, events, and the expected answers.\n\nThe chip is odin, tinyodin or reckon, "
    "and the network must have that profile. DIR must not exist yet. Its README.md says "
    "how a test bench uses the files.",
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
        typer.Option(
            help="An .npz file with x, event counts [N, T, in]. Default: the samples that the run has "
            "kept, or else generated ones."
        ),
    ] = None,
    samples: Annotated[int, typer.Option(min=1, max=65536, help="Number of samples to send, from the first on.")] = 4,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.program import ProgramOptions, program_command

    raise typer.Exit(program_command(ProgramOptions(source, out, chip, data, samples, json)))


@app.command(
    "import",
    help="Read a network that another library trained, and write it as a run folder of "
    "integers, for 'spikelut export' and 'spikelut verify'.\n\nSOURCE is a .net file of "
    "lava-dl, with Loihi 2's integers, or a NIR graph. The options --layer-delays to "
    "--largest-input are for .net files, the others for NIR graphs. A graph that spikelut"
    " wrote has integers; a graph in floats is converted for --profile, with the events "
    "in --data.",
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
            help="Let events take one step from layer to layer, as on Lava. Without these delays, the "
            "results are the same but earlier, if the states of the layers are reset one after "
            "the other.",
        ),
    ] = True,
    num_layers: Annotated[int | None, typer.Option(min=1, help="Read only the first N layers.")] = None,
    input_shape: Annotated[
        str | None, typer.Option(help="Shape of the input, such as 3x66x200, if the file begins with a convolution.")
    ] = None,
    largest_input: Annotated[
        int | None, typer.Option(min=1, help="Largest input count. Default: 1, or what an image can give.")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(help="For a graph in floats: the profile's name, or the path of a .toml file.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="An .npz file with x, event counts [N, T, ...], which set the scales.")
    ] = None,
    weight_bits: Annotated[
        str | None,
        typer.Option(
            help="Weight bits. auto:3.5 chooses bits for each layer, by the data, with that mean. "
            "auto:agreement>=0.98 chooses the fewest bits that keep the answers, and "
            "auto:accuracy>=0.9 the accuracy, for which the data need y [N]. Default: the "
            "profile's."
        ),
    ] = None,
    calibrate: Annotated[
        str | None,
        typer.Option(
            help="nearest (the default) rounds the weights. spikes also chooses scales, thresholds, "
            "biases and rounding by the spikes that layers give on the data. This takes minutes, "
            "and is far better at few bits."
        ),
    ] = None,
    substitute: Annotated[
        bool | None,
        typer.Option(
            "--substitute",
            help="Replace neurons that the chip does not have by the most similar ones. The report says what changed.",
        ),
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write the report of the conversion, with figures, to this HTML file.")
    ] = None,
    dt: Annotated[float | None, typer.Option(help="Seconds of a time step. Default: 1e-4.")] = None,
    decay: Annotated[
        str | None, typer.Option(help="How decays were written: euler (snnTorch, norse) or exponential (sinabs).")
    ] = None,
    reset: Annotated[str | None, typer.Option(help="Reset: zero, as NIR says, or subtract.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print run.json.")] = False,
) -> None:
    """Run the job the options describe."""
    given = dict(locals())
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.imports import ImportOptions, import_command

    raise typer.Exit(import_command(ImportOptions(**given)))


@app.command(
    help="Print BibTeX for this library, and for the chip, the surrogate and the data that a "
    "run used.\n\nWhatever has no known source is named in a comment.",
    epilog="Examples:\n\nspikelut cite runs/digits\n\nspikelut cite runs/digits --out used.bib",
)
def cite(
    run: Annotated[Path, typer.Argument(help="The folder of a run.")],
    out: Annotated[Path | None, typer.Option(help="Write to this file instead.")] = None,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.deploy.cite import cite_command

    raise typer.Exit(cite_command(run, out))
