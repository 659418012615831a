"""The options of `spikelut train`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.root import app

NET, TRAINING = "Network", "Training"
"""Panels of the help."""


@app.command(
    help="Train a network with the table gradient and with the analytic one; compare, export and verify."
    "\n\nDefaults of the network and of its training depend on the data: digits, fashion-mnist and mnist have theirs; "
    "other data take those of digits."
    "\n\nA file given as --data holds x: event counts [N, T, F] or [N, T, C, H, W], intensities [N, F], or images "
    "[N, H, W] or [N, C, H, W]; y: labels 0..K-1; and, if wanted, test: a boolean mask of the test samples. "
    "Integers and booleans with three axes are events, floats are images; --events and --images decide otherwise, and "
    "where neither is sure.",
    epilog="Examples:\n\nspikelut train\n\nspikelut train --profile reckon --weight-bits 4 --out runs/reckon\n\n"
    "spikelut train --data my.npz --surrogate sigmoid:alpha=2.5 --layers 128,64 --out runs/my\n\n"
    "spikelut train --model my_networks:make --out runs/own\n\n"
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
    events: Annotated[
        bool | None,
        typer.Option("--events/--images", help="What x is, event counts or images; by type and axes if not given."),
    ] = None,
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
    json: Annotated[bool, typer.Option("--json", help="Print run.json.")] = False,
    weight_bits: Annotated[
        str | None,
        typer.Option(
            help="Weight bits, of all layers or of some by name, as conv1=4,linear2=8; the profile's if not given.",
            rich_help_panel=NET,
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="MODULE:CALLABLE, found from the current folder on: makes any torch module over [T, B, ...] of "
            "spikelut's layers, instead of --layers. It is called with those of profile, surrogate, inputs, classes, "
            "input_step, weight_bits and steps that it takes.",
            rich_help_panel=NET,
        ),
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
    per_channel: Annotated[
        bool | None,
        typer.Option(
            "--per-channel/--per-layer",
            help="Weights have a scale for each neuron or channel, on a chip that can.",
            rich_help_panel=NET,
        ),
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
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.train.job import Options
        from spikelut.cli.train.run import train_command

    names = ("profile", "data", "seed", "weight_bits", "device", "compiled", "variants", "recipe", "events", "model")
    own = {name: given.pop(name) for name in names}
    own["weight_bits"] = int(weight_bits) if weight_bits is not None and weight_bits.isdigit() else weight_bits
    given.pop("json")
    code = train_command(Options(**own, out=str(given.pop("out")), changes=given), json)
    raise typer.Exit(code)
