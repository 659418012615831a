"""Parts of the pages that are made from the code: surrogates, profiles, the command line; and from README.md."""

import inspect
import re
import tomllib
from collections.abc import Callable
from dataclasses import fields
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import typer
from typer.cli import get_docs_for_click

from spikelut import hw_profiles, surrogates
from spikelut.cli._app import app
from spikelut.cli.tables import profiles as _profiles
from spikelut.hw_profiles import Group, Profile
from spikelut.surrogates import CrossingSurrogate, Surrogate


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows])


def surrogate_table() -> str:
    """All curves: derivative, and parameters with default and range."""
    rows = [[_names(cls), _derivative(cls), _parameters(cls)] for cls in surrogates.ALL]
    return table(["surrogate", "derivative at x = membrane − threshold", "parameters, defaults, ranges"], rows)


def crossing_table() -> str:
    """The curves of two inputs."""
    rows = [[_names(cls), f"that of `{cls.one_input.__name__}`", _parameters(cls)] for cls in surrogates.ALL_TWO_INPUT]
    return table(["surrogate", "g", "parameters, defaults, ranges"], rows)


def surrogate_list() -> str:
    """What each curve is, its primitive and its source: the docstrings."""
    parts = [f"### {cls.__name__}\n\n{inspect.cleandoc(cls.__doc__ or '')}" for cls in (*surrogates.ALL, *TWO)]
    return "\n\n".join(parts)


TWO: tuple[type[CrossingSurrogate], ...] = surrogates.ALL_TWO_INPUT


def _names(cls: type[Surrogate]) -> str:
    return f"[`{cls.__name__}`](#{cls.__name__.lower()})<br>`{surrogates.name_of(cls)}`"


def _derivative(cls: type[Surrogate]) -> str:
    """The formula in the docstring, which says `surrogate_grad(x) = ...`; `surrogate_fun ...`."""
    text = " ".join(inspect.cleandoc(cls.__doc__ or "").split())
    found = re.search(r"`surrogate_grad\(x\) = (.*?); `surrogate_fun", text)
    if found is None:
        raise ValueError(f"{cls.__name__}: docstring must say `surrogate_grad(x) = ...`; `surrogate_fun ...`")
    return "`" + found[1]


def _parameters(cls: type[Surrogate]) -> str:
    shown = []
    for f in fields(cls):
        gt, ge = f.metadata["gt"], f.metadata["ge"]
        limit = f"> {gt:g}" if gt is not None else f"≥ {ge:g}"
        kind = ", integer" if f.metadata["integer"] else ""
        shown.append(f"`{f.name}` = {f.default:g}, {limit}{kind}")
    return "<br>".join(shown)


def _profiles_shipped() -> list[Profile]:
    return [hw_profiles.load(name) for name in hw_profiles.names()]


def profile_table() -> str:
    """All profiles in a line each, as `spikelut profiles` has them."""
    rows = []
    for p in _profiles_shipped():
        shown = [_profiles.weights(p), _profiles.membrane(p), _profiles.decay(p), _profiles.table_of(p)]
        rows.append([f"[`{p.name}`](#{p.name})", p.title, *shown])
    return table(["profile", "chip", "weights, bits", "membrane, bits", "decay", "table, entries × bits"], rows)


def profile_list() -> str:
    """Every profile group by group: status, numbers, source."""
    return "\n\n".join(_profile(p) for p in _profiles_shipped())


def _profile(p: Profile) -> str:
    written = tomllib.loads(files("spikelut.hw_profiles").joinpath(f"{p.name}.toml").read_text(encoding="utf-8"))
    rows = []
    for name, group in _profiles._groups(p):
        if group is not None:
            rows.append([f"`{name}`", group.status, _numbers(group, written[name]), _escaped(group.source)])
    absent = [f"`{name}` ({_profiles.ABSENT[name]})" for name, group in _profiles._groups(p) if group is None]
    left_out = f"\n\nLeft out: {', '.join(absent)}." if absent else ""
    head = f"### {p.name}\n\n{p.title}, {p.vendor}; {p.kind}.\n\n"
    return head + table(["group", "status", "numbers", "source"], rows) + left_out


def _numbers(group: Group, written: dict[str, Any]) -> str:
    """The keys that the file has, source and status apart, each with its value."""
    own = [key for key in written if key not in ("source", "status")]
    return "<br>".join(f"`{key}`: {_escaped(_profiles._shown(getattr(group, key)))}" for key in own)


def _escaped(text: str) -> str:
    """Text as it is, in a cell of a table."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)


def command_line() -> str:
    """The help of every command, from typer."""
    command: Any = typer.main.get_command(app)
    for each in command.commands.values():  # typer would cut these in the middle of a sentence
        each.short_help = str(each.help).partition("\n\n")[0].strip()
    context = command.context_class(command, info_name="spikelut")
    text = get_docs_for_click(obj=command, ctx=context, name="spikelut", indent=1)
    # Examples are code.
    return re.sub(r"^Examples:\n\n((?:spikelut.*\n\n)+)", _examples, text, flags=re.MULTILINE)


def _examples(match: re.Match[str]) -> str:
    lines = "\n".join(line for line in match[1].splitlines() if line)
    return f"**Examples**:\n\n```sh\n{lines}\n```\n\n"


def exit_codes() -> str:
    """What `spikelut --help` says of exit codes, as a table."""
    found = re.search(r"Exit codes: (.*)\.$", str(app.info.epilog))
    if found is None:
        raise ValueError("spikelut: the epilog of the help must be 'Exit codes: 0 ...; 1 ....'")
    codes = [entry.split(" ", 1) for entry in found[1].split("; ")]
    return table(["exit code", "meaning"], [[f"`{code}`", meaning] for code, meaning in codes])


README = Path(__file__).parent.parent.parent / "README.md"


def part_of_readme(name: str) -> str:
    """What README.md has between `<!-- part: NAME -->` and `<!-- end -->`."""
    found = re.search(rf"<!-- part: {name} -->\n(.*?)\n<!-- end -->", README.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise ValueError(f"README.md: must have <!-- part: {name} --> and <!-- end -->")
    return found[1]


def of_the_root(name: str) -> str:
    """A file of the root folder as a page of the site, with links as they are there."""
    text = (README.parent / name).read_text(encoding="utf-8")
    return re.sub(r"\]\(docs/", "](", text)


MADE: dict[str, Callable[[], str]] = {
    "surrogate_table": surrogate_table,
    "crossing_table": crossing_table,
    "surrogate_list": surrogate_list,
    "profile_table": profile_table,
    "profile_list": profile_list,
    "command_line": command_line,
    "exit_codes": exit_codes,
    "changelog": partial(of_the_root, "CHANGELOG.md"),
    "contributing": partial(of_the_root, "CONTRIBUTING.md"),
    "what": partial(part_of_readme, "what"),
    "example": partial(part_of_readme, "example"),
    "results": partial(part_of_readme, "results"),
}
"""The parts by the name that pages call them."""
