"""`spikelut profiles`: the shipped profiles, one of them in full, a check of a user's file, and the schema."""

import inspect
import json
import types
import typing
from collections.abc import Iterator
from dataclasses import MISSING, Field, asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from rich.padding import Padding
from rich.text import Text

from spikelut import hw_profiles
from spikelut._text import printable
from spikelut.cli.shared.console import columns, terminal
from spikelut.cli.shared.errors import UserError, user_errors
from spikelut.hw_profiles import Group, Profile

ABSENT = {
    "current": "no register for synaptic sums",
    "current_decay": "no synaptic current that decays",
    "decay": "no neuron arithmetic: it makes tables, not layers",
    "readout_decay": "the leak of read-out neurons is that of the others",
    "refractory": "no refractory period",
    "adaptation": "no neurons whose threshold adapts",
    "bias": "no bias: an input that is always on does the same",
    "threshold": "no threshold",
    "step": "no time step",
    "events": "no order of events: they are added at once",
    "delay": "no delays of events",
    "memory": "the memory for tables is not known",
    "logistic": "no logistic table of the vendor",
    "exponential": "no exponential of the vendor",
    "graded": "no graded spikes",
    "capacity": "the size of networks that it holds is not known",
    "energy": "no constants of energy were published",
}


def profiles_command(name: str | None, check: Path | None, schema: bool, as_json: bool) -> int:
    """One of the four jobs; UserError if the options ask for two, or for wrong input."""
    wanted = [option for option, given in (("NAME", name), ("--check", check), ("--schema", schema)) if given]
    if len(wanted) > 1:
        raise UserError(f"profiles takes one of NAME, --check FILE and --schema, got {' and '.join(wanted)}")
    if schema and as_json:
        raise UserError("--json is for profiles, not for the schema")
    with user_errors():
        if schema:
            print("\n".join(schema_lines()))
        elif name is not None:
            _show(hw_profiles.load(name), as_json)
        elif check is not None:
            _show_check(check, as_json)
        else:
            _list([hw_profiles.load(n) for n in hw_profiles.names()], as_json)
    return 0


def _list(profiles: list[Profile], as_json: bool) -> None:
    if as_json:
        print(json.dumps([asdict(profile) for profile in profiles]))
        return
    table = columns(("name", "chip", "weights", "state", "decay", "table"), gap=1)
    for p in profiles:
        table.add_row(p.name, p.title, weights(p), membrane(p), decay(p), table_of(p))
    terminal().print(table)
    print("\nWidths in bits; table: entries × bits. One in full, with its sources: spikelut profiles NAME")


def weights(p: Profile) -> str:
    """Bits and grid, for example `8, step 2`; `±` stands for a symmetric range, `u` for no codes below zero."""
    bits = f"{p.weight.bits}" if p.weight.signed else f"u{p.weight.bits - 1}"
    return f"{bits}{f', step {p.weight.step}' if p.weight.step > 1 else ', ±' if p.weight.narrow else ''}"


def membrane(p: Profile) -> str:
    """Bits and overflow, for example `24 sat` or `16 wrap`; unsigned ones have a `u`."""
    return f"{'' if p.membrane.signed else 'u'}{p.membrane.bits} {p.membrane.overflow[:4].removesuffix('u')}"


def decay(p: Profile) -> str:
    """For example `v × n/4096`."""
    if p.decay is None:
        return "-"
    scale = 2**p.decay.frac
    return {
        "multiply": f"v × n/{scale}",
        "relax": f"Δv × n/{scale}",
        "shift": "v − (v >> k)",
        "linear": "v − n",
        "none": "none",
    }[p.decay.kind]


def table_of(p: Profile) -> str:
    """Entries and their bits, for example `256 × 7` or `5 segments × 5`."""
    kind = " segments" if p.table.kind == "segments" else ""
    interpolated = "" if p.table.interpolation == "none" else " linear"
    return f"{p.table.entries}{kind} × {p.table_value.bits}{interpolated}"


def _groups(p: Profile) -> Iterator[tuple[str, Group | None]]:
    for f in fields(p):
        value = getattr(p, f.name)
        if value is None or isinstance(value, Group):
            yield f.name, value


def _show(p: Profile, as_json: bool) -> None:
    if as_json:
        print(json.dumps(asdict(p)))
        return
    console = terminal()
    console.print(Text(printable(f"{p.title} ({p.name}), {p.vendor}, {p.kind}"), style="bold"))
    for name, group in _groups(p):
        if group is None:
            console.print(Text.assemble((f"\n{name}", "bold"), f": {ABSENT[name]}"))
            continue
        console.print(Text.assemble((f"\n{name}", "bold"), f", {group.status}"))
        own = [f.name for f in fields(group) if f.name not in ("source", "status")]
        facts = ", ".join(f"{key}: {_shown(getattr(group, key))}" for key in own)
        console.print(Padding(Text(printable(facts)), (0, 0, 0, 2)))
        console.print(Padding(Text(printable(f"source: {group.source}"), style="dim"), (0, 0, 0, 2)))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "[" + ", ".join(map(str, value)) + "]"
    return "not fixed" if value is None else str(value) or "none"


def _show_check(path: Path, as_json: bool) -> None:
    p = hw_profiles.load(path)
    if as_json:
        print(json.dumps({"file": str(path), "valid": True, "profile": asdict(p)}))
        return
    derived = [name for name, group in _groups(p) if group is not None and group.status == "derived"]
    about = f"{p.name}, {p.title}; table {table_of(p)}, {p.table_bits} bits; derived: {', '.join(derived)}"
    print(printable(f"{path}: valid; {about}"))


def schema_lines() -> list[str]:
    """The schema as text: every table of the file with its meaning, keys, types and defaults."""
    lines = [*inspect.cleandoc(Profile.__doc__ or "").splitlines(), "", "At the top of the file:"]
    hints = get_type_hints(Profile)
    lines += [_key(f, hints[f.name]) for f in fields(Profile) if not is_dataclass(_inner(hints[f.name]))]
    for f in fields(Profile):
        cls = _inner(hints[f.name])
        if is_dataclass(cls):
            optional = " (may be left out)" if f.default is None else ""
            lines += ["", f"[{f.name}]{optional}", *inspect.cleandoc(cls.__doc__ or "").splitlines(), ""]
            inner = get_type_hints(cls)
            lines += [_key(g, inner[g.name]) for g in fields(cls)]
    return lines


def _inner(hint: Any) -> Any:
    """The type of a key, without the None of one that may be left out."""
    return get_args(hint)[0] if get_origin(hint) in (typing.Union, types.UnionType) else hint


def _key(f: "Field[Any]", hint: Any) -> str:
    """For example `  bits: integer, required`."""
    inner = _inner(hint)
    kind = f"list of {_type_name(get_args(inner)[0])}" if get_origin(inner) is tuple else _type_name(inner)
    default = "required" if f.default is MISSING else "default none" if f.default in (None, "") else None
    return f"  {f.name}: {kind}, {default or f'default {json.dumps(f.default)}'}"


def _type_name(hint: Any) -> str:
    if get_origin(hint) is Literal:
        return " | ".join(json.dumps(choice) for choice in get_args(hint))
    names: dict[Any, str] = {int: "integer", float: "number", bool: "true or false", str: "text"}
    return names[hint]
