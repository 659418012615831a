"""What a sweep has finished: a file for each, found again by a hash of everything that mattered."""

import hashlib
import json
import shutil
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from spikelut._files import read_text
from spikelut.cli.shared.errors import UserError
from spikelut.cli.train.run_folder import NEEDED_BYTES, write_errors
from spikelut.export import write_whole
from spikelut.hw_profiles import Profile

FOLDER = "finished"
WORDS = ("source", "status", "title", "vendor", "kind", "name")
"""Keys of a profile that say where a number is from or what the chip is called; none is computed with."""


def key_of(matters: dict[str, Any]) -> str:
    """A name for results that depend on `matters`, plain data, and on nothing else."""
    text = json.dumps(matters, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def numbers_of(profile: Profile) -> dict[str, Any]:
    """What is computed with in a profile."""
    groups = asdict(profile)
    kept = {name: group for name, group in groups.items() if name not in WORDS}
    # The kind of a table, a decay or a step matters, that of the chip does not.
    return {
        name: {k: v for k, v in group.items() if k not in ("source", "status")} if isinstance(group, dict) else group
        for name, group in kept.items()
    }


def open_folder(out: Path) -> None:
    """Make `out` if needed, and try it before anything is computed.

    Raises UserError if it is no folder, cannot be written to, or has less than 32 MiB free.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            free = shutil.disk_usage(out).free
    except OSError as error:
        raise UserError(f"out: cannot write to the folder {out}: {error.strerror}") from error
    if free < NEEDED_BYTES:
        raise UserError(f"out: {out} must have {NEEDED_BYTES} bytes free, got {free}")


class Store:
    """The folder of finished results. A file appears whole or not at all; one that is damaged does not count."""

    def __init__(self, out: Path, *, fresh: bool) -> None:
        self.folder, self.fresh = out / FOLDER, fresh
        self._written: set[str] = set()
        with write_errors(out):
            self.folder.mkdir(exist_ok=True)

    def read(self, key: str) -> dict[str, Any] | None:
        """The result of that key, or None; with `fresh` only what this sweep wrote itself."""
        if self.fresh and key not in self._written:
            return None
        with suppress(OSError, ValueError, RecursionError):
            found = json.loads(read_text(self._path(key), "sweep"))
            if isinstance(found, dict) and found.get("key") == key and isinstance(found.get("result"), dict):
                result: dict[str, Any] = found["result"]
                return result
        return None

    def write(self, key: str, result: dict[str, Any]) -> None:
        """Keep the result. Raises UserError if it cannot be written."""
        with write_errors(self.folder):
            write_whole(self._path(key), json.dumps({"key": key, "result": result}) + "\n")
        self._written.add(key)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"
