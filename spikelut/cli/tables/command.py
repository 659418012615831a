"""The options of `spikelut profiles`, `table` and `compare`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from spikelut.cli.shared.errors import user_errors
from spikelut.cli.shared.root import app

TWINS = "In a network"
"""Panel of the help."""


@app.command(
    help="List the hardware profiles, show one with its sources, check a file, or print the schema.",
    epilog="Examples:\n\nspikelut profiles\n\nspikelut profiles reckon\n\nspikelut profiles --check mychip.toml\n\n"
    "spikelut profiles --schema",
)
def profiles(
    name: Annotated[str | None, typer.Argument(help="A profile's name, or the path of a .toml file.")] = None,
    check: Annotated[Path | None, typer.Option(help="Check this .toml file; exit code 2 if it is wrong.")] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the keys of a profile, with their types and defaults.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    from spikelut.cli.tables.profiles import profiles_command

    raise typer.Exit(profiles_command(name, check, schema, json))


@app.command(
    help="Build the surrogate table that a profile would hold, describe it, and write it as "
    ".npz, .json, .h, .hex or .onnx.\n\nWith 'all' in place of a surrogate, compare every "
    "surrogate on every profile; --out then takes one .md file.",
    epilog="Examples:\n\nspikelut table arctan:alpha=2 --profile reckon --out slope.h --out slope.hex\n\n"
    "spikelut table all --profile loihi2",
)
def table(
    surrogate: Annotated[str, typer.Argument(help="Surrogate curve, such as arctan or arctan:alpha=2.0, or 'all'.")],
    profile: Annotated[
        str,
        typer.Option(help="Hardware profile: a name, or the path of a .toml file. Default: loihi2, or all of them."),
    ] = "",
    out: Annotated[list[Path] | None, typer.Option(help="File to write. Can be given several times.")] = None,
    scale: Annotated[
        str, typer.Option(help="Real value of one step of the entries, or 'auto'. Default: the profile's.")
    ] = "",
    saturate: Annotated[
        bool, typer.Option("--saturate", help="Clip values of the curve that do not fit the entries.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Run the job the options describe."""
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.tables.table import TableOptions, table_command

    raise typer.Exit(table_command(TableOptions(surrogate, profile, out or [], scale, saturate, json)))


@app.command(
    help="Compare the table that a profile would hold with the surrogate's exact derivative: "
    "errors, bound, gradient mass, dead zone, memory.\n\nSURROGATES are names separated by "
    "commas, with parameters as in arctan:alpha=2.0, or 'all'.\n\nWith --data, compare them "
    "in a network: from the same seeds, networks are trained with the table, with the "
    "analytic curve and, as a control, with a shifted table. --out is then a folder.",
    epilog="Examples:\n\nspikelut compare arctan --profile reckon\n\n"
    "spikelut compare arctan:alpha=2,sigmoid --profile loihi2,xylo,reckon --out compared.html\n\n"
    "spikelut compare all --json\n\nspikelut compare arctan --profile reckon --data digits --seeds 5 --out runs/twins",
)
def compare(
    surrogates: Annotated[str, typer.Argument(help="Curves, separated by commas, or 'all'. With --data, one curve.")],
    profile: Annotated[
        str,
        typer.Option(
            help="Hardware profiles, separated by commas: names, paths of .toml files, or 'all' (the "
            "default). With --data, one profile; default: loihi2."
        ),
    ] = "",
    out: Annotated[
        list[Path] | None, typer.Option(help="File to write: .html, .json or .csv. Can be given several times.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    data: Annotated[
        str | None, typer.Option(help="Train networks on these data; see 'spikelut train'.", rich_help_panel=TWINS)
    ] = (None),
    events: Annotated[
        bool | None, typer.Option("--events/--images", help="See 'spikelut train'.", rich_help_panel=TWINS)
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, max=1000, help="Number of seeds.", rich_help_panel=TWINS)] = 3,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="The first seed.", rich_help_panel=TWINS)] = 0,
    control: Annotated[
        int | None,
        typer.Option(
            help="Number of cells by which the control's table is shifted. Default: a quarter of its entries.",
            rich_help_panel=TWINS,
        ),
    ] = None,
    layers: Annotated[str | None, typer.Option(help="See 'spikelut train'.", rich_help_panel=TWINS)] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="See 'spikelut train'.", rich_help_panel=TWINS)
    ] = None,
    weight_bits: Annotated[
        int | None, typer.Option(min=2, max=16, help="See 'spikelut train'.", rich_help_panel=TWINS)
    ] = None,
    recipe: Annotated[str | None, typer.Option(help="See 'spikelut train'.", rich_help_panel=TWINS)] = None,
    device: Annotated[str, typer.Option(help="See 'spikelut train'.", rich_help_panel=TWINS)] = "cpu",
) -> None:
    """Run the job the options describe."""
    if data is None:
        with Console(stderr=True).status("Loading libraries"), user_errors():
            from spikelut.cli.tables.compare import CompareOptions, compare_command

        raise typer.Exit(compare_command(CompareOptions(surrogates, profile or "all", out or [], json)))
    with Console(stderr=True).status("Loading libraries"), user_errors():
        from spikelut.cli.train.job import Options
        from spikelut.cli.train.twins import twins_command

    changes = {"surrogate": surrogates, "layers": layers, "epochs": epochs}
    own = (profile or "loihi2", data, "", seed, weight_bits, device, False, "table", recipe, changes, events)
    options = Options(*own)
    folder = out[0] if out else Path("runs/twins")
    raise typer.Exit(twins_command(options, seeds, folder, control, json))
