"""The options of `spikelut sweep`."""

from typing import Annotated

import typer
from rich.console import Console

from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.root import app

NETWORKS, WORKERS = "Networks", "Workers"
"""Panels of the help."""


@app.command(
    help="How small may the table be? Compare every table of a grid with its curve, train "
    "networks with some of them, and recommend the smallest for each profile and "
    "surrogate.\n\nA range of ENTRIES doubles (8..1024 is 8, 16, ... 1024); all other ranges"
    " count by one. Lists such as 8,64 work everywhere. Tables that a profile cannot have"
    " are left out, and counted.\n\nFinished results are kept in OUT. The same command, or "
    "one with a larger grid, continues from there.",
    epilog="Examples:\n\nspikelut sweep --train none\n\n"
    "spikelut sweep --surrogates arctan,sigmoid --profiles reckon,loihi2 --entries 8..1024 --value-bits 3..16 "
    "--data fashion-mnist --samples 20000 --out runs/sweep-fashion\n\n"
    "spikelut sweep --profiles all --train none --json\n\n"
    "spikelut sweep --backend dask --scheduler tcp://10.0.0.1:8786 --train 64x5,256x7",
)
def sweep(
    surrogates: Annotated[
        str, typer.Option(help="Curves, separated by commas, with parameters as in arctan:alpha=2.0, or 'all'.")
    ] = "arctan",
    profiles: Annotated[
        str, typer.Option(help="Hardware profiles, separated by commas: names, paths of .toml files, or 'all'.")
    ] = "loihi2",
    entries: Annotated[
        str,
        typer.Option(
            help="Number of entries of tables with cells (of cells, if the table interpolates). '': the profile's."
        ),
    ] = "8..1024",
    segments: Annotated[
        str, typer.Option(help="Number of segments, on profiles whose tables have segments. '': the profile's.")
    ] = ("2..8"),
    value_bits: Annotated[str, typer.Option(help="Bits of the values. '': the profile's.")] = "3..16",
    rounding: Annotated[str, typer.Option(help="Rounding modes of the values, such as floor,half_even.")] = "",
    keep: Annotated[float, typer.Option(help="Recommend the smallest table that keeps this share of the gradient.")] = (
        0.99
    ),
    out: Annotated[str, typer.Option(help="Folder for the results.")] = "runs/sweep",
    results: Annotated[str, typer.Option(help="Name of the file with a row for each table: .csv or .parquet.")] = (
        "sweep.csv"
    ),
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute everything again, even if it is finished.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    train: Annotated[
        str,
        typer.Option(
            help="The tables to train networks with. 'pareto': some of those with the least error for "
            "their memory, evenly spread, and the recommended one. 'smallest': bisect these for "
            "the smallest table within --loss. 'all', 'none', or shapes such as 64x5,128x7.",
            rich_help_panel=NETWORKS,
        ),
    ] = "pareto",
    per_layer: Annotated[
        bool,
        typer.Option(
            "--per-layer",
            help="After 'smallest', also find the smallest table for each layer in turn.",
            rich_help_panel=NETWORKS,
        ),
    ] = False,
    max_networks: Annotated[
        int,
        typer.Option(
            help="Largest number of networks with tables. For each curve and seed, one network with "
            "the analytic gradient and one in floats are trained as well.",
            rich_help_panel=NETWORKS,
        ),
    ] = 24,
    loss: Annotated[
        float,
        typer.Option(
            help="Name the smallest trained table whose accuracy is at most N percentage points below "
            "the analytic gradient.",
            rich_help_panel=NETWORKS,
        ),
    ] = 0.5,
    data: Annotated[str, typer.Option(help="Data; see 'spikelut train'.", rich_help_panel=NETWORKS)] = "digits",
    events: Annotated[
        bool | None, typer.Option("--events/--images", help="See 'spikelut train'.", rich_help_panel=NETWORKS)
    ] = None,
    seeds: Annotated[
        str, typer.Option(help="Seeds; every network is trained with each of them.", rich_help_panel=NETWORKS)
    ] = "0..2",
    epochs: Annotated[
        int | None,
        typer.Option(
            min=1, max=100_000, help="Number of epochs. Default: a third of the recipe's.", rich_help_panel=NETWORKS
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(min=1, help="Train with only N samples, the same for all networks.", rich_help_panel=NETWORKS),
    ] = None,
    weight_bits: Annotated[
        int | None,
        typer.Option(min=2, max=16, help="Weight bits. Default: the profile's.", rich_help_panel=NETWORKS),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="Use the defaults of digits, fashion-mnist or mnist, for any data.", rich_help_panel=NETWORKS
        ),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Change an option of the recipe, such as batch=64. Can be given several times.",
            rich_help_panel=NETWORKS,
        ),
    ] = None,
    backend: Annotated[
        str,
        typer.Option(help="How to run in parallel: loky (processes), threading, dask or ray.", rich_help_panel=WORKERS),
    ] = "loky",
    scheduler: Annotated[
        str | None,
        typer.Option(help="Address of a Dask or Ray cluster. Default: one on this machine.", rich_help_panel=WORKERS),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1024,
            help="Number of workers on this machine, with one thread each. Default: one for each processor.",
            rich_help_panel=WORKERS,
        ),
    ] = None,
) -> None:
    """Run the job the options describe."""
    given = dict(locals())
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.sweep.run import SweepOptions, sweep_command

    given["settings"] = tuple(given["settings"] or ())
    raise typer.Exit(sweep_command(SweepOptions(**given)))
