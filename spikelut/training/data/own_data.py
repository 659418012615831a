"""Data that a callable of the user's own gives: `MODULE:CALLABLE`."""

import functools
import inspect
from pathlib import Path
from typing import Any

from spikelut import _callables
from spikelut._checks import require
from spikelut.training.data.foreign import Samples, as_data, reading
from spikelut.training.data.subset import Data, split


def is_callable(text: str) -> bool:
    """Whether a source is one, and no path."""
    return ":" in text and not text.endswith(".npz") and not Path(text).exists()


def called(text: str, offered: dict[str, Any], arguments: dict[str, Any]) -> Data:
    """What a callable gives for those of what is `offered` that it takes, and all `arguments`."""
    function = _callables.found(text, "load", "source must be MODULE:CALLABLE, as my_data:make")

    parameters = inspect.signature(function).parameters
    everything = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    extra = [] if everything else sorted(set(arguments) - set(parameters))
    require(not extra, text, f"must take {', '.join(extra)}, which was given", list(parameters))

    @functools.wraps(function)
    def make(*args: Any, **kwargs: Any) -> Any:
        with reading(text):
            return function(*args, **kwargs)

    made = _callables.call_by_name(make, {**offered, **arguments}, "load", text)
    parts = _named_parts(text, made)
    there = {part: data for part, data in parts.items() if data is not None or part == "train"}
    named = {part: as_data(data, f"{text}, {part}") for part, data in there.items()}
    if "val" not in named and offered["val"]:
        by_index = isinstance(named["train"], Samples)
        require(by_index, text, "val must be 0, or a part of what is given, with a DataLoader", offered["val"])
        named["train"], named["val"] = split(named["train"], offered["val"], offered["seed"])
    return Data(**named)


def _named_parts(text: str, made: Any) -> dict[str, Any]:
    """What was given by the names of `Data`."""
    if isinstance(made, Data):
        return made._asdict()
    if isinstance(made, dict):
        known = set(made) <= set(Data._fields) and made.get("train") is not None
        require(known, text, "must give train and, maybe, val and test", [str(key) for key in made])
        return made
    if isinstance(made, tuple | list):
        names = {1: ("train",), 2: ("train", "test"), 3: Data._fields}.get(len(made))
        require(names is not None, text, "must give train, (train, test) or (train, val, test)", f"{len(made)} of them")
        return dict(zip(names or (), made, strict=True))
    return {"train": made}
