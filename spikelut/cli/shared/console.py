"""The one look of all commands: tables without rules, whole lines where the output is piped, texts as they are."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from spikelut._text import printable

PIPED_WIDTH = 200


class PlainConsole(Console):
    """A console on which texts stand as they are: nothing in them is markup, and no character a command."""

    def __init__(self, **options: Any) -> None:
        super().__init__(markup=False, emoji=False, highlight=False, **options)

    def render_str(self, text: str, **options: Any) -> Text:
        return super().render_str(printable(text), **{**options, "markup": False, "emoji": False})


def terminal(*, stderr: bool = False) -> Console:
    """Where results go. What is piped keeps its lines whole instead of being fitted into 80 columns."""
    console = PlainConsole(stderr=stderr)
    return console if console.is_terminal else PlainConsole(stderr=stderr, width=PIPED_WIDTH)


def columns(left: Sequence[str], right: Sequence[str] = (), title: str | None = None, gap: int = 2) -> RichTable:
    """A table with texts in columns on the left and numbers in those on the right, `gap` spaces apart."""
    table = RichTable(title=title, title_justify="left", box=None, padding=(0, gap, 0, 0), pad_edge=False)
    for name in left:
        table.add_column(name, no_wrap=True)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def facts(title: str, rows: Iterable[tuple[str, str]]) -> RichTable:
    """A table of one thing: names and values."""
    table = RichTable(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0), pad_edge=False)
    table.show_header = False
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, value)
    return table


def say_written(console: Console, files: Iterable[str | Path]) -> None:
    """The files a command wrote, a line each."""
    for file in files:
        console.print(f"wrote {file}", soft_wrap=True)
