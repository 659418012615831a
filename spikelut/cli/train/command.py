"""`spikelut train` on the command line; its options are the settings of `Options` and of `Recipe`."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from spikelut._extras import check_train
from spikelut.cli.options.train_options import Options, defaults, options_of, resumed_options
from spikelut.cli.options.typer_options import with_options
from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.shared.root import app

OTHERS: dict[str, Any] = {
    "config": Annotated[
        Path | None,
        typer.Option(
            help="Read options from a .yaml, .toml or .json file, such as 'beta: 0.9'. The run.json of"
            " a run repeats that run. Options on the command line override the file."
        ),
    ],
    "print_config": Annotated[
        bool | None, typer.Option("--print-config", help="Print all options as a config file, and exit.")
    ],
    "json": Annotated[
        bool | None,
        typer.Option("--json", help="Print the results as JSON: run.json, or summary.json of several runs."),
    ],
    "no_measure": Annotated[bool | None, typer.Option("--no-measure", help="The same as --measure none.")],
    "resume": Annotated[
        bool | None,
        typer.Option("--resume", help="Continue the training in --out, with the options that it began with."),
    ],
    "fresh": Annotated[
        bool | None, typer.Option("--fresh", help="Start again, even if --out contains an unfinished training.")
    ],
}
"""Options that are not part of a config file."""


def _train(**given: Any) -> None:
    """Run the job the options describe."""
    others = {name: given.pop(name) for name in OTHERS}
    with user_errors():
        if others["no_measure"]:
            if given["measure"] is not None:
                raise ValueError("measure must not be given with no-measure")
            given["measure"] = "none"
        options = options_of(given, others["config"])
        if others["print_config"]:
            typer.echo(options.config(), nl=False)
            raise typer.Exit
        if others["resume"]:
            said = {name for name, value in given.items() if value is not None and name != "out"}
            options = resumed_options(options, said if others["config"] is None else set(options.given))
    with Console(stderr=True).status("Loading libraries"), user_errors():
        check_train("brevitas", "onnx", "safetensors", "matplotlib", "jinja2", "lightning_fabric")
        from spikelut.cli.train.run import train_command

    how = {name: bool(others[name]) for name in ("resume", "fresh")}
    raise typer.Exit(train_command(options, bool(others["json"]), **how))


train = with_options(_train, (Options, Recipe), OTHERS, defaults())
train.__name__ = "train"
app.command(
    help="Train a network with the table gradient and with the analytic gradient; compare, "
    "export and verify them.\n\nThe defaults of the network and its training depend on the "
    "data. digits, fashion-mnist and mnist have their own; for other data they are those "
    "of digits.\n\nAn .npz file for --data contains x, y (labels 0..K-1) and optionally "
    "test, a boolean mask of the test samples. x has event counts [N, T, F] or [N, T, C, "
    "H, W], intensities [N, F], or images [N, H, W] or [N, C, H, W]. With three axes, "
    "integers and booleans are read as events, and floats as images. Use --events or "
    "--images if that is wrong, or if it is ambiguous.",
    epilog="Examples:\n\nspikelut train\n\nspikelut train --profile reckon --weight-bits 4 --out runs/reckon\n\n"
    "spikelut train --data my.npz --surrogate sigmoid:alpha=2.5 --layers 128,64 --out runs/my\n\n"
    "spikelut train --model my_networks:make --out runs/own\n\n"
    "spikelut train --config my.yaml --val 0.1 --seeds 3 --out runs/three\n\n"
    "spikelut train --resume --out runs/three\n\n"
    "spikelut train --data fashion-mnist --layers 16C5,P2,64C5,P2 --steps 4 --variants table,float,ptq --out runs/conv",
)(train)
