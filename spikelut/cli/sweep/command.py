"""The options of `spikelut sweep`."""

from typing import Annotated

import typer
from rich.console import Console

from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.root import app

NETWORKS, WORKERS = "Networks", "Workers"
"""Panels of the help."""


@app.command(
    help="How small may the table be? Compares every table of a grid with its curve, trains networks with some of "
    "them, and recommends the smallest for each profile and surrogate."
    "\n\nENTRIES double (8..1024 is 8, 16, ... 1024), all other ranges count by one; lists as 8,64 are possible "
    "everywhere. What a profile cannot have is left out, and counted."
    "\n\nWhat is finished is kept in OUT: the same command, or one with a larger grid, goes on from there.",
    epilog="Examples:\n\nspikelut sweep --train none\n\n"
    "spikelut sweep --surrogates arctan,sigmoid --profiles reckon,loihi2 --entries 8..1024 --value-bits 3..16 "
    "--data fashion-mnist --samples 20000 --out runs/sweep-fashion\n\n"
    "spikelut sweep --profiles all --train none --json\n\n"
    "spikelut sweep --backend dask --scheduler tcp://10.0.0.1:8786 --train 64x5,256x7",
)
def sweep(
    surrogates: Annotated[
        str, typer.Option(help="Curves, with parameters as arctan:alpha=2.0, separated by commas, or 'all'.")
    ] = "arctan",
    profiles: Annotated[
        str, typer.Option(help="Hardware profiles, separated by commas: names, paths of .toml files, or 'all'.")
    ] = "loihi2",
    entries: Annotated[
        str,
        typer.Option(
            help="Entries of tables of cells (where one is interpolated to its end, cells). '': the profile's."
        ),
    ] = "8..1024",
    segments: Annotated[str, typer.Option(help="Segments, on profiles whose tables have them. '': the profile's.")] = (
        "2..8"
    ),
    value_bits: Annotated[str, typer.Option(help="Bits of the values. '': the profile's.")] = "3..16",
    rounding: Annotated[str, typer.Option(help="Rounding modes of the values, as floor,half_even.")] = "",
    keep: Annotated[float, typer.Option(help="Recommend the smallest table that keeps this share of the gradient.")] = (
        0.99
    ),
    out: Annotated[str, typer.Option(help="Folder of the results.")] = "runs/sweep",
    results: Annotated[str, typer.Option(help="Name of the file with a row for each table: .csv or .parquet.")] = (
        "sweep.csv"
    ),
    fresh: Annotated[bool, typer.Option("--fresh", help="Compute again what is finished.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    train: Annotated[
        str,
        typer.Option(
            help="Networks with which tables: 'pareto' (of the best in error against memory, evenly spread, with the "
            "recommended one), 'smallest' (halving among these for the smallest within --loss), 'all', 'none', or "
            "shapes as 64x5,128x7.",
            rich_help_panel=NETWORKS,
        ),
    ] = "pareto",
    per_layer: Annotated[
        bool,
        typer.Option(
            "--per-layer", help="After 'smallest', find one for each layer in turn.", rich_help_panel=NETWORKS
        ),
    ] = False,
    max_networks: Annotated[
        int,
        typer.Option(
            help="At most so many networks with tables; those with the analytic gradient and in floats, one of each "
            "for a curve and seed, come on top.",
            rich_help_panel=NETWORKS,
        ),
    ] = 24,
    loss: Annotated[
        float,
        typer.Option(
            help="Name the smallest trained table at most so many points of accuracy below the analytic gradient.",
            rich_help_panel=NETWORKS,
        ),
    ] = 0.5,
    data: Annotated[str, typer.Option(help="Name or path, as of spikelut train.", rich_help_panel=NETWORKS)] = "digits",
    events: Annotated[
        bool | None, typer.Option("--events/--images", help="As of spikelut train.", rich_help_panel=NETWORKS)
    ] = None,
    seeds: Annotated[str, typer.Option(help="Every network is trained with each.", rich_help_panel=NETWORKS)] = "0..2",
    epochs: Annotated[
        int | None,
        typer.Option(min=1, max=100_000, help="A third of the recipe's if not given.", rich_help_panel=NETWORKS),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(min=1, help="Train with so many samples only, the same for all.", rich_help_panel=NETWORKS),
    ] = None,
    weight_bits: Annotated[
        int | None,
        typer.Option(min=2, max=16, help="Weight bits; the profile's if not given.", rich_help_panel=NETWORKS),
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(help="Defaults of digits, fashion-mnist or mnist, whatever the data.", rich_help_panel=NETWORKS),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change the recipe, as batch=64; several times.", rich_help_panel=NETWORKS),
    ] = None,
    backend: Annotated[
        str,
        typer.Option(help="Where it runs: loky (processes), threading, dask or ray.", rich_help_panel=WORKERS),
    ] = "loky",
    scheduler: Annotated[
        str | None,
        typer.Option(
            help="Address of a Dask or Ray cluster; one on this machine if not given.", rich_help_panel=WORKERS
        ),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=1024,
            help="Workers here, of one thread each; one a processor if not given.",
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
