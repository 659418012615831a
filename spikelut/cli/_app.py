"""The commands and their options."""

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from typer.exceptions import TyperException

from spikelut import __version__
from spikelut.cli._errors import UserError, user_errors

NET, TRAINING = "Network", "Training"
"""Panels of the help."""

app = typer.Typer(
    help="Train spiking neural networks with the gradient and the arithmetic of a chip, and deploy them bit for bit.",
    add_completion=True,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"spikelut {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    pass


@app.command(
    help="Train a network with the table gradient and with the analytic one; compare, export and verify."
    "\n\nDefaults of the network and of its training depend on the data: digits, fashion-mnist and mnist have theirs; "
    "other data take those of digits."
    "\n\nA file given as --data holds x: spikes [N, T, F] of 0 and 1, or intensities [N, F] or [N, H, W]; "
    "y: labels 0..K-1; and, if wanted, test: a boolean mask of the test samples.",
    epilog="Examples:\n\nspikelut train\n\nspikelut train --profile reckon --weight-bits 4 --out runs/reckon\n\n"
    "spikelut train --data my.npz --surrogate sigmoid:alpha=2.5 --layers 128,64 --out runs/my\n\n"
    "spikelut train --data fashion-mnist --layers 16C5,P2,64C5,P2 --steps 4 --variants table,float,ptq --out runs/conv",
)
def train(
    profile: Annotated[str, typer.Option(help="Hardware profile: a name, or the path of a .toml file.")] = "loihi2",
    data: Annotated[
        str,
        typer.Option(
            help="'digits', 'fashion-mnist' (Debian's dataset-fashion-mnist), a folder of IDX files, or the path of an "
            ".npz file with x, y and, if wanted, test."
        ),
    ] = "digits",
    out: Annotated[Path, typer.Option(help="Folder the results are written to.")] = Path("runs/digits"),
    recipe: Annotated[
        str | None, typer.Option(help="Take the defaults of digits, fashion-mnist or mnist, whatever the data.")
    ] = None,
    variants: Annotated[
        str,
        typer.Option(
            help="Of table, analytic (gradients of the chip's integers), float (a float network) and ptq (the float "
            "network converted after training)."
        ),
    ] = "table,analytic",
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of weights, batches and dropout.")] = 0,
    device: Annotated[str, typer.Option(help="Where to train: cpu, cuda or cuda:N.")] = "cpu",
    compiled: Annotated[
        bool,
        typer.Option("--compile", help="Compile the neurons: faster for large layers; needs a C++ compiler."),
    ] = False,
    weight_bits: Annotated[
        int | None, typer.Option(min=2, max=16, help="Weight bits; the profile's if not given.", rich_help_panel=NET)
    ] = None,
    layers: Annotated[
        str | None,
        typer.Option(
            help="Hidden layers: sizes as 128 or 128,64; for images 16C5 is a convolution of 16 channels with kernels "
            "of 5 by 5, P2 pools by 2.",
            rich_help_panel=NET,
        ),
    ] = None,
    recurrent: Annotated[
        bool | None,
        typer.Option(
            "--recurrent/--no-recurrent", help="Hidden layers feed back into themselves.", rich_help_panel=NET
        ),
    ] = None,
    readout: Annotated[
        str | None,
        typer.Option(help="Classes by output 'spikes', or by the mean 'membrane' of integrators.", rich_help_panel=NET),
    ] = None,
    bias: Annotated[
        bool | None,
        typer.Option(
            "--bias/--no-bias",
            help="Neurons have a bias; on a chip without one there is an input that is always on.",
            rich_help_panel=NET,
        ),
    ] = None,
    beta: Annotated[float | None, typer.Option(help="Decay factor of membranes.", rich_help_panel=NET)] = None,
    readout_beta: Annotated[float | None, typer.Option(help="That of the read-out.", rich_help_panel=NET)] = None,
    alpha: Annotated[
        float | None, typer.Option(help="Decay factor of synaptic currents, if wanted.", rich_help_panel=NET)
    ] = None,
    reset: Annotated[
        str | None, typer.Option(help="'zero' or 'subtract'; the profile's first if not given.", rich_help_panel=NET)
    ] = None,
    grid_frac: Annotated[
        int | None,
        typer.Option(help="A threshold of 1 is 2**N membrane codes; the profile's if not given.", rich_help_panel=NET),
    ] = None,
    membrane_bits: Annotated[
        int | None, typer.Option(help="Narrower or wider membranes than the profile's.", rich_help_panel=NET)
    ] = None,
    coding: Annotated[
        str | None,
        typer.Option(
            help="Intensities as 'rate', evenly spaced spikes; 'constant', the same graded spike in each step; or "
            "'latency', one spike, the earlier the larger.",
            rich_help_panel=NET,
        ),
    ] = None,
    input_bits: Annotated[
        int | None, typer.Option(help="Bits of a graded spike of the constant coding.", rich_help_panel=NET)
    ] = None,
    steps: Annotated[
        int | None,
        typer.Option(min=1, max=1024, help="Time steps of intensities. Spike data has its own.", rich_help_panel=NET),
    ] = None,
    surrogate: Annotated[
        str | None,
        typer.Option(help="Surrogate curve, with parameters as arctan:alpha=2.0.", rich_help_panel=TRAINING),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Passes over the training data.", rich_help_panel=TRAINING)
    ] = None,
    batch: Annotated[int | None, typer.Option(help="Samples in a batch.", rich_help_panel=TRAINING)] = None,
    learning_rate: Annotated[
        float | None, typer.Option(help="The first of a cosine schedule.", rich_help_panel=TRAINING)
    ] = None,
    dropout: Annotated[
        float | None, typer.Option(help="Share of hidden spikes left out.", rich_help_panel=TRAINING)
    ] = None,
    label_smoothing: Annotated[float | None, typer.Option(rich_help_panel=TRAINING)] = None,
    shift: Annotated[
        int | None, typer.Option(help="Move training samples in time by up to N steps.", rich_help_panel=TRAINING)
    ] = None,
    input_shift: Annotated[
        int | None, typer.Option(help="Move training samples along their inputs by up to N.", rich_help_panel=TRAINING)
    ] = None,
    score_scale: Annotated[
        float | None,
        typer.Option(help="What the loss multiplies spike counts or membranes by.", rich_help_panel=TRAINING),
    ] = None,
    drop: Annotated[
        float | None, typer.Option(help="Share of input events left out in training.", rich_help_panel=TRAINING)
    ] = None,
    flip: Annotated[
        bool | None,
        typer.Option("--flip/--no-flip", help="Mirror half of the training images.", rich_help_panel=TRAINING),
    ] = None,
    batch_norm: Annotated[
        bool | None,
        typer.Option(
            "--batch-norm/--no-batch-norm",
            help="The float network has batch norm before hidden neurons; needs a bias.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    fine_tune: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=100_000,
            help="Begin as the trained float network, batch norm folded, and train for N epochs in the chip's "
            "integers.",
            rich_help_panel=TRAINING,
        ),
    ] = None,
    fine_tune_rate: Annotated[
        float | None,
        typer.Option(help="The first learning rate of that; as before if not given.", rich_help_panel=TRAINING),
    ] = None,
) -> None:
    """Run the job the options describe."""
    given = dict(locals())
    with Console().status("Loading libraries"), user_errors():
        from spikelut.cli._job import Options
        from spikelut.cli._train import train_command

    names = ("profile", "data", "seed", "weight_bits", "device", "compiled", "variants", "recipe")
    own = {name: given.pop(name) for name in names}
    code = train_command(Options(**own, out=str(given.pop("out")), changes=given))
    raise typer.Exit(code)


@app.command(
    help="List the hardware profiles; show one with its sources; check a file; print the schema.",
    epilog="Examples:\n\nspikelut profiles\n\nspikelut profiles reckon\n\nspikelut profiles --check mychip.toml\n\n"
    "spikelut profiles --schema",
)
def profiles(
    name: Annotated[str | None, typer.Argument(help="A profile's name, or the path of a .toml file.")] = None,
    check: Annotated[Path | None, typer.Option(help="Check this .toml file; exit code 2 if it is wrong.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print what a profile holds, key by key.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    from spikelut.cli._profiles import profiles_command

    raise typer.Exit(profiles_command(name, check, schema, json))


@app.command(
    help="Build the surrogate table a profile would hold; describe it, and write it as .npz, .json, .h, .hex or .onnx."
    "\n\nWith 'all' in place of a surrogate, compare every surrogate on every profile; --out then takes one .md file.",
    epilog="Examples:\n\nspikelut table arctan:alpha=2 --profile reckon --out slope.h --out slope.hex\n\n"
    "spikelut table all --profile loihi2",
)
def table(
    surrogate: Annotated[str, typer.Argument(help="Surrogate curve, with parameters as arctan:alpha=2.0, or 'all'.")],
    profile: Annotated[
        str,
        typer.Option(help="Hardware profile: a name, or the path of a .toml file. Default: loihi2, or all of them."),
    ] = "",
    out: Annotated[list[Path] | None, typer.Option(help="File to write; may be given several times.")] = None,
    scale: Annotated[
        str, typer.Option(help="Real value of one step of the entries, or 'auto'; the profile's if not given.")
    ] = "",
    saturate: Annotated[bool, typer.Option("--saturate", help="Clip what does not fit the entries.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli._table import TableOptions, table_command

    raise typer.Exit(table_command(TableOptions(surrogate, profile, out or [], scale, saturate, json)))


@app.command(
    help="Write a trained network as a file that others run: ONNX in several dialects, C or NIR."
    "\n\nDialects: functions (operators of org.spikelut with bodies), flat (standard operators), integer (int8, "
    "int32), arith (floats, no comparisons), qcdq, qonnx, table (the surrogate's lookup alone), train-step "
    "(forward, gradient and update of the weights), nir."
    "\n\nForms: scan (any number of steps), step (one; states are inputs and outputs), unrolled (a fixed number).",
    epilog="Examples:\n\nspikelut export runs/digits --dialect integer --out digits.onnx\n\n"
    "spikelut export runs/digits --dialect integer --form step --out step.onnx --c build\n\n"
    "spikelut export runs/digits --dialect train-step --steps 8 --batch 16 --out learn.onnx",
)
def export(
    source: Annotated[
        Path,
        typer.Argument(help="A run folder, a network.safetensors, or an .onnx file of the dialect functions."),
    ],
    out: Annotated[Path, typer.Option(help="File to write.")],
    dialect: Annotated[str, typer.Option(help="What to write, see above.")] = "functions",
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
        Path | None, typer.Option("--c", help="Also compile integer or flat to C99, with a self-test, in this folder.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    given = dict(locals())
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli._export import ExportOptions, export_command

    raise typer.Exit(export_command(ExportOptions(**given)))


@app.command(
    help="Run exported ONNX files in every runtime that is installed, and count the values that are not those of the "
    "integer reference."
    "\n\nFILE_OR_RUN is an .onnx file, or the folder of a run of 'spikelut train'. The reference is the network that "
    "the run saved, or NAME.safetensors beside NAME.onnx; without one it is onnxruntime. Exit code 1 if a runtime that "
    "should agree does not.",
    epilog="Examples:\n\nspikelut verify runs/digits\n\nspikelut verify model.onnx --runtimes onnxruntime,c",
)
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE_OR_RUN", help="An .onnx file, or the folder of a run.")],
    samples: Annotated[int, typer.Option(min=1, max=65536, help="Samples of random events.")] = 32,
    runtimes: Annotated[str, typer.Option(help="Names separated by commas; all that are installed if not given.")] = "",
    data: Annotated[
        Path | None, typer.Option(help="An .npz file with x, event counts [N, T, ...]; its first samples are run.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the events.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli._verify import VerifyOptions, verify_command

    raise typer.Exit(verify_command(VerifyOptions(path, samples, runtimes, data, seed, json)))


def run(arguments: list[str]) -> int:
    """Run the command line and return the exit code; messages for the user are one line on stderr."""
    warnings.showwarning = _show_warning
    try:
        code = app(arguments or ["--help"], prog_name="spikelut", standalone_mode=False)
    except TyperException as error:
        return _fail(" ".join(error.format_message().split()), 2)
    except UserError as error:
        return _fail(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        code = 130
    if code == 130:
        return _fail("interrupted; nothing was written", 130)
    return code if isinstance(code, int) else 0


def _show_warning(message: Warning | str, *details: object, **more: object) -> None:
    """A warning as one line, as errors are."""
    print(f"spikelut: note: {message}", file=sys.stderr)


def _fail(message: str, code: int) -> int:
    print(f"spikelut: {message}", file=sys.stderr)
    return code
