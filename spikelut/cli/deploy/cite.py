"""`spikelut cite`: BibTeX of the chip, the curve, the data and this library, as a run used them."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from spikelut import __version__
from spikelut._files import write_whole
from spikelut._text import printable
from spikelut.cli.shared.console import say_written, terminal
from spikelut.cli.shared.errors import user_errors
from spikelut.training.runs.run import load_run

KINDS = ("profile", "surrogate", "data")
LIBRARY = {
    "type": "software",
    "author": "{The spikelut authors}",
    "title": "spikelut: spiking neural networks with the gradient and the integer arithmetic of a chip",
    "version": __version__,
}


def references() -> dict[str, Any]:
    """What is cited for each profile, surrogate and data set (`[KIND]`), and the fields of works (`[entry.KEY]`)."""
    text = files("spikelut.cli.deploy").joinpath("references.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def cite_command(run: Path, out: Path | None) -> int:
    """Print the BibTeX of a run, or write it; UserError where there is no run."""
    with user_errors():
        text = "\n\n".join(bibliography(load_run(run).record)) + "\n"
        if out is None:
            print(text, end="")
        else:
            write_whole(out, text.encode())
            say_written(terminal(), [out])
    return 0


def bibliography(record: Any) -> Iterator[str]:
    """The entries for what run.json, `record`, says was used; a comment for what is not known."""
    known = references()
    yield bibtex("spikelut", LIBRARY)
    for kind in KINDS:
        name = _name(record, kind)
        if name is None:
            continue
        keys = known[kind].get(name)
        if keys is None:
            yield f"% {kind} {printable(name)}: not known here; cite its authors"
        elif not keys:
            yield f"% {kind} {printable(name)}: nobody's chip; there is nothing to cite"
        for key in keys or ():
            yield f"% {kind} {printable(name)}\n" + bibtex(key, known["entry"][key])


def bibtex(key: str, fields: dict[str, str]) -> str:
    """One entry; `type` is its kind, the others are fields."""
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if name != "type"]
    return "\n".join([f"@{fields['type']}{{{key},", *lines, "}"])


def _name(record: Any, kind: str) -> str | None:
    """What a run used, by name; None where it says nothing of it."""
    part = record.get(kind)
    return str(part["name"]) if isinstance(part, dict) and "name" in part else None
