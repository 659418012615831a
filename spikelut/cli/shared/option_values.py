"""Options that are more than a number or a path, read from their text."""

import math
import re

import torch

from spikelut import hw_profiles
from spikelut.hw_profiles import Profile
from spikelut.surrogates import ALL, Surrogate, by_name


def parse_surrogate(text: str) -> Surrogate:
    """`arctan`, or with parameters `arctan:alpha=2.0,...`."""
    name, _, rest = text.partition(":")
    parameters: dict[str, float] = {}
    for part in filter(None, rest.split(",")):
        key, equals, value = part.partition("=")
        try:
            number = int(value) if re.fullmatch(r"\d{1,9}", value) else float(value)
        except ValueError:
            number = math.nan
        if not equals or math.isnan(number):
            raise ValueError(f"surrogate parameters must be written name=number, as arctan:alpha=2.0, got {part!r}")
        parameters[key.strip()] = number
    return by_name(name.strip(), **parameters)


def parse_surrogates(text: str) -> list[Surrogate]:
    """Several, separated by commas as well: `arctan:alpha=2,sigmoid`; or `all`, with their defaults."""
    if text.strip() == "all":
        return [curve() for curve in ALL]
    parts: list[str] = []
    for part in text.split(","):
        # A parameter belongs to the surrogate before it.
        if parts and "=" in part and ":" not in part:
            parts[-1] += f",{part}"
        else:
            parts.append(part)
    return [parse_surrogate(part) for part in parts]


def parse_profiles(text: str) -> dict[str, Profile]:
    """The profiles by the names or paths they were given as, separated by commas; or `all` that are shipped."""
    parts = hw_profiles.names() if text.strip() == "all" else text.split(",")
    return {name.strip(): hw_profiles.load(name.strip()) for name in parts}


def parse_device(text: str) -> torch.device:
    """A torch device that is here: the CPU, or one of the CUDA devices."""
    count = torch.cuda.device_count()
    there = ["cpu", *(["cuda"] if count else []), *(f"cuda:{index}" for index in range(count))]
    if text not in there:
        raise ValueError(f"device must be one of {', '.join(there)} on this machine, got {text!r}")
    return torch.device(text)
