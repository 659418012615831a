"""The command line itself; commands add themselves to it."""

from typing import Annotated

import typer

from spikelut import __version__

DEBUG = "--debug"
"""Anywhere on the command line; `run` takes it out."""

app = typer.Typer(
    help="Train spiking neural networks with the gradient and the arithmetic of a chip, and deploy them bit for bit.",
    epilog="Exit codes: 0 done; 1 an exported file gave other spikes, or a network of a sweep "
    "could not be trained; 2 wrong input, or too little memory or disk space; 70 a bug in "
    "spikelut; 130 interrupted; 143 terminated.",
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback(invoke_without_command=True)
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", help="With --version: also print the versions of the libraries, and which kernels compute."
        ),
    ] = False,
    debug: Annotated[
        bool, typer.Option(DEBUG, help="With any command: print the traceback of an error before its line.")
    ] = False,
) -> None:
    """Run the job the options describe."""
    if version:
        typer.echo(f"spikelut {__version__}")
        if verbose:
            from spikelut.cli.shared.versions import version_lines

            typer.echo("\n".join(version_lines()))
        raise typer.Exit
    if context.invoked_subcommand is None:
        raise typer.BadParameter("give a command: spikelut --help lists them")
