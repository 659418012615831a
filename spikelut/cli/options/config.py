"""Config files: YAML, TOML or JSON, their keys checked against the types of settings by jsonargparse."""

import difflib
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from spikelut._checks import shown
from spikelut._files import decoded, read_file
from spikelut.cli.shared.settings import option_name

SUFFIXES = (".yaml", ".yml", ".toml", ".json")
LONGEST = 2**20
"""Bytes of a config file; run.json has a few thousand."""
PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "seq", "map")}
WORDS = {"int": "an integer", "float": "a number", "str": "a text", "bool": "true or false", "list": "a list"}


def read_config(path: Path) -> dict[str, Any]:
    """The keys of a config file with dashes as underscores, or the options that a run.json records; no None among them.

    Raises ValueError for what is no such file, OSError if it cannot be read. Nothing in it is executed, and YAML has
    neither aliases nor tags, so that a short file is a small one.
    """
    who, suffix = str(path), path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"config must be a file {', '.join(SUFFIXES)}, got {who!r}")
    content = read_file(path, who, LONGEST)
    try:
        read: dict[str, Callable[[str], Any]] = {".toml": tomllib.loads, ".json": _json}
        found = read.get(suffix, _yaml)(decoded(content))
    except (ValueError, RecursionError) as error:
        said = "too deep" if isinstance(error, RecursionError) else " ".join(str(error).split())
        raise ValueError(f"{who}: not a {suffix[1:].upper()} file: {said}") from None
    if isinstance(found, dict) and {"options", "command"} <= found.keys():
        found = found["options"]
    if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
        raise ValueError(f"{who}: must hold keys and values, as beta: 0.9, got {shown(found)}")
    return _underscored(found, who)


def _underscored(found: dict[str, Any], who: str) -> dict[str, Any]:
    keys = [key.replace("-", "_") for key in found]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"{who}: {option_name(twice[0])} must be given once, got it twice")
    return {key: value for key, value in zip(keys, found.values(), strict=True) if value is not None}


def _json(text: str) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            raise ValueError("a key stands there twice")
        return found

    return json.loads(text, object_pairs_hook=once)


def _yaml(text: str) -> Any:
    import yaml
    from jsonargparse import get_loader

    try:
        if any(getattr(event, "anchor", None) for event in yaml.parse(text, yaml.SafeLoader)):
            raise ValueError("anchors and aliases are not read")
        _check_node(yaml.compose(text, yaml.SafeLoader))
        return get_loader("yaml")(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _check_node(node: Any) -> None:
    """ValueError for tags, and for keys that stand in a mapping twice."""
    import yaml

    if node is None or isinstance(node, yaml.ScalarNode):
        children: list[Any] = []
    elif isinstance(node, yaml.MappingNode):
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        if len(set(names)) < len(names):
            raise ValueError(f"key {shown(max(names, key=names.count))} stands there twice")
        children = [part for pair in node.value for part in pair]
    else:
        children = node.value
    if node is not None and node.tag not in PLAIN_TAGS | {"tag:yaml.org,2002:timestamp"}:
        raise ValueError(f"tags are not read, got {shown(node.tag)}")
    for child in children:
        _check_node(child)


def typed(values: Mapping[str, Any], hints: Mapping[str, Any], who: str) -> dict[str, Any]:
    """`values` as their types want them. ValueError, with `who` before it, for unknown keys and wrong types."""
    from jsonargparse import ArgumentError, ArgumentParser

    for name in values:
        if name not in hints:
            near = difflib.get_close_matches(name, hints, 1)
            meant = f"; did you mean {near[0]}?" if near else f", got keys {', '.join(sorted(values))}"
            raise ValueError(f"{who}: unknown key {shown(name)}{meant}")
    parser = ArgumentParser(exit_on_error=False)
    for name in values:
        parser.add_argument(f"--{name}", type=hints[name])
    try:
        return dict(parser.parse_object(dict(values)).as_dict())
    except ArgumentError as error:
        raise ValueError(f"{who}: {_plain(str(error), values)}") from None


def _plain(text: str, values: Mapping[str, Any]) -> str:
    """What jsonargparse says of a wrong value, in the words of the other errors."""
    key = re.findall(r'Parser key "(\w+)"', text)
    kinds = [WORDS.get(kind, kind) for kind in re.findall(r"Expected an? <class '(\w+)'>", text)]
    for choices in re.findall(r"Expected an? typing\.Literal\[(.*?)\]", text):
        kinds.append(f"one of {choices.replace(chr(39), '')}")
    if not (kinds and key and key[0] in values):
        return " ".join(text.split())
    kinds = [kind for kind in dict.fromkeys(kinds) if kind != "NoneType"]
    return f"{option_name(key[0])} must be {' or '.join(kinds)}, got {shown(values[key[0]])}"


def as_yaml(values: Mapping[str, Any]) -> str:
    """A config file with these keys."""
    import yaml

    return str(yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True))
