"""Reading profiles: TOML text to frozen dataclasses, with errors that name file, table and key."""

import tomllib
import types
from dataclasses import MISSING, fields, is_dataclass
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Union, cast, get_args, get_origin, get_type_hints

from spikelut._checks import require_path, require_type, shown
from spikelut._files import decoded, open_file
from spikelut.hw_profiles._profile import Profile

MAX_FILE_BYTES = 16_384
"""Several times a real profile; the parser's memory grows with the square of hostile input."""


def names() -> list[str]:
    """The names of the shipped profiles, sorted: what `load` takes.

    ```pycon
    >>> hw_profiles.names()[:4]
    ['akida2', 'brainscales2', 'cortexm_q15', 'generic16']
    ```
    """
    folder = files("spikelut.hw_profiles")
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load(name_or_path: str | PathLike[str]) -> Profile:
    """A hardware profile, shipped or from a TOML file: number formats, neuron arithmetic, surrogate table.

    A text that ends in `.toml` or holds a path separator is a path; anything else is the name of a shipped profile.
    Raises ValueError for an unknown name, for what is no file, or for bad content, with file, table and key; OSError if
    the file cannot be read.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> profile.membrane.bits, profile.membrane.overflow, profile.decay.kind, profile.decay.frac
    (24, 'saturate', 'multiply', 12)
    >>> profile.state_step, profile.table.entries
    (3.814697265625e-06, 256)
    >>> profile.membrane.status, profile.membrane.source
    ('documented', 'lava-nc/lava b6822fbc proc/lif/models.py max_uv_val, clip of v to +-(2**23 - 1)')
    ```
    """
    require_path("hw_profiles.load", "name_or_path", name_or_path)
    text = str(name_or_path)
    if not isinstance(name_or_path, str) or text.endswith(".toml") or "/" in text or "\\" in text:
        path = Path(text)
        with open_file(path, "hw_profiles.load") as file:
            content = file.read(MAX_FILE_BYTES + 1)
        if len(content) > MAX_FILE_BYTES:
            raise ValueError(f"{path}: a profile has at most {MAX_FILE_BYTES} bytes, got more")
        return parse(content, path.name)
    if text not in names():
        raise ValueError(f"profile must be one of {', '.join(names())}, or the path of a .toml file, got {text!r}")
    return parse(files("spikelut.hw_profiles").joinpath(f"{text}.toml").read_bytes(), f"{text}.toml")


def parse(content: bytes, file: str) -> Profile:
    """A hardware profile from the text of its TOML file.

    `file` is the name used in messages. Raises ValueError, with file, table and key, for what is no profile.

    ```pycon
    >>> from importlib.resources import files
    >>> text = files("spikelut.hw_profiles").joinpath("generic8.toml").read_bytes()
    >>> hw_profiles.parse(text.replace(b"bits = 16", b"bits = 18"), "mine.toml").membrane.bits
    18
    >>> hw_profiles.parse(text.replace(b"bits = 16", b"bits = 99"), "mine.toml")
    Traceback (most recent call last):
        ...
    ValueError: mine.toml: [current]: NumberFormat: bits must be an integer in 1..32, got 99
    ```
    """
    require_type("parse", "content", content, bytes, "the bytes of a TOML file")
    try:
        data = tomllib.loads(decoded(content))
    except (
        ValueError,
        RecursionError,
    ) as error:  # bad syntax, bad UTF-8, integers of thousands of digits, deep nesting
        raise ValueError(f"{file}: not valid TOML: {error}") from None
    return cast(Profile, _build(Profile, data, file, ""))


def from_dict(data: object, file: str) -> Profile:
    """A hardware profile from nested dictionaries, as `dataclasses.asdict` makes them, also by way of JSON.

    `file` is the name used in messages. Raises ValueError, with table and key, for what is no profile.

    ```pycon
    >>> from dataclasses import asdict
    >>> profile = hw_profiles.load("xylo")
    >>> hw_profiles.from_dict(asdict(profile), "xylo") == profile
    True
    ```
    """
    if isinstance(data, dict):  # groups and keys that were left out
        data = {k: v for k, v in data.items() if v is not None}
        data = {k: _given(v) if isinstance(v, dict) else v for k, v in data.items()}
    return cast(Profile, _build(Profile, data, file, ""))


def _given(group: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in group.items() if value is not None}


def _build(cls: Any, data: object, file: str, table: str) -> Any:
    """An instance of the dataclass `cls` from a TOML table; every key known, every type right."""
    where = f"{file}: [{table}]" if table else file
    if not isinstance(data, dict):
        raise ValueError(f"{where}: must be a table, got {shown(data)}")
    hints = get_type_hints(cls)
    known = [f.name for f in fields(cls)]
    for key in data:
        if key not in known:
            raise ValueError(f"{where}: unknown key {key!r}; expected {', '.join(known)}")
    for f in fields(cls):
        if f.name not in data and f.default is MISSING:
            raise ValueError(f"{where}: missing key {f.name!r}")
    values = {key: _convert(hints[key], value, file, f"{table}.{key}" if table else key) for key, value in data.items()}
    try:
        return cls(**values)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _convert(hint: Any, value: object, file: str, key: str) -> Any:
    """`value` as the type `hint`, or a ValueError that names the key."""
    if get_origin(hint) in (Union, types.UnionType):  # a key that may be left out
        hint = get_args(hint)[0]
    if is_dataclass(hint):
        return _build(hint, value, file, key)
    if get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"{file}: {key} must be a list, got {shown(value)}")
        return tuple(_convert(get_args(hint)[0], item, file, key) for item in value)
    if get_origin(hint) is Literal:
        hint = str
    if isinstance(hint, types.GenericAlias) or not isinstance(hint, type):
        raise TypeError(f"unsupported field type {hint!r}")
    if hint is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    if type(value) is not hint:
        wanted = {int: "an integer", float: "a number", bool: "true or false", str: "a text"}[hint]
        raise ValueError(f"{file}: {key} must be {wanted}, got {shown(value)}")
    return value
