"""Fields of dataclasses that say what a setting is, for people and for whoever checks it."""

from dataclasses import Field, dataclass, field, fields
from typing import Any

KEY = "setting"


@dataclass(frozen=True)
class Setting:
    """What a field means.

    - `text`: for the help. `panel`: the group of the help it stands in; "" for the first.
    - `low`, `high`: the range of a number. `allowed`: the texts that are possible.
    - `names`: of its option, where they are not made from the field's, as `--events/--images`.
    - `early`: the command line itself checks the range, before any file is read.
    """

    text: str
    panel: str = ""
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()
    names: str = ""
    early: bool = False

    def check(self, name: str, value: Any) -> None:
        """ValueError for a value of `name` that is out of range, or not allowed; None is nothing given."""
        if value is None:
            return
        if self.allowed and value not in self.allowed:
            raise ValueError(f"{option_name(name)} must be one of {', '.join(self.allowed)}, got {value!r}")
        if self.low is not None and self.high is not None and not self.low <= value <= self.high:
            raise ValueError(f"{option_name(name)} must be in {self.low:g}..{self.high:g}, got {value}")


def setting(default: Any, text: str, panel: str = "", **more: Any) -> Any:
    """A field of a dataclass with its `Setting`."""
    return field(default=default, metadata={KEY: Setting(text, panel, **more)})


def settings_of(owner: Any) -> list[tuple["Field[Any]", Setting]]:
    """The fields of a dataclass, or of an instance, that are settings."""
    return [(f, f.metadata[KEY]) for f in fields(owner) if KEY in f.metadata]


def check_settings(owner: Any) -> None:
    """ValueError for the first setting of an instance that is out of its range."""
    for f, about in settings_of(owner):
        about.check(f.name, getattr(owner, f.name))


def option_name(name: str) -> str:
    """A field's name as it is written by people."""
    return name.replace("_", "-")
