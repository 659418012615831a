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
    help="Train a network twice, with the table gradient and with the analytic one; compare both, export and verify."
    "\n\nA file given as --data holds x: spikes [N, T, F] of 0 and 1, or intensities [N, F] or [N, H, W]; "
    "y: labels 0..K-1; and, if wanted, test: a boolean mask of the test samples.",
    epilog="Examples:\n\nspikelut train\n\nspikelut train --profile reckon --weight-bits 4 --out runs/reckon\n\n"
    "spikelut train --data my.npz --surrogate sigmoid:alpha=2.5 --layers 128,64 --out runs/my",
)
def train(
    profile: Annotated[str, typer.Option(help="Hardware profile: a name, or the path of a .toml file.")] = "loihi2",
    surrogate: Annotated[str, typer.Option(help="Surrogate curve, with parameters as arctan:alpha=2.0.")] = "arctan",
    data: Annotated[
        str, typer.Option(help="'digits', or the path of an .npz file with x, y and, if wanted, test.")
    ] = "digits",
    out: Annotated[Path, typer.Option(help="Folder the results are written to.")] = Path("runs/digits"),
    layers: Annotated[str, typer.Option(help="Sizes of the hidden layers, as 128 or 128,64.")] = "128",
    epochs: Annotated[int, typer.Option(min=1, max=100_000, help="Passes over the training data.")] = 30,
    steps: Annotated[
        int | None,
        typer.Option(
            min=1, max=1024, help="Time steps an intensity is spread over; 16 if not given. Spike data has its own."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of weights, batches and dropout.")] = 0,
    weight_bits: Annotated[
        int | None, typer.Option(min=2, max=16, help="Weight bits; the profile's if not given.")
    ] = None,
    device: Annotated[str, typer.Option(help="Where to train: cpu, cuda or cuda:N.")] = "cpu",
) -> None:
    """Run the job the options describe."""
    with Console().status("Loading libraries"), user_errors():
        from spikelut.cli._train import Options, train_command

    code = train_command(
        Options(
            profile=profile,
            surrogate=surrogate,
            data=data,
            out=str(out),
            layers=layers,
            epochs=epochs,
            steps=steps,
            seed=seed,
            weight_bits=weight_bits,
            device=device,
        )
    )
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
    help="Build the surrogate table a profile would hold; describe it, and write it as .npz, .json, .h or .hex."
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
