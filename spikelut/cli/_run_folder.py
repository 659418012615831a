"""The folder of a run: its files appear whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from spikelut.cli._errors import UserError

NEEDED_BYTES = 32 * 2**20

RECORD, WEIGHTS, NETWORK, SAMPLES = "run.json", "weights.safetensors", "network.safetensors", "samples.npz"
"""Files of a run: what was done, the real weights, the integers, and a few of its test samples, for `--data`."""


@contextmanager
def write_errors(out: Path) -> Iterator[None]:
    """Raise UserError for an OSError inside the block, which writes files of the folder `out`."""
    try:
        yield
    except OSError as error:
        raise UserError(f"out: writing to {out} failed: {error.strerror or error}") from error


@contextmanager
def run_folder(out: Path) -> Iterator[Path]:
    """A folder inside `out` to write files into; on leaving, each is renamed into `out`.

    `out` is made if needed and tried before anything is computed: UserError if it is no folder, cannot be written to,
    or has less than 32 MiB free. If the block raises, nothing is left of the files or of the folders made here.
    """
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    staging: Path | None = None
    try:
        try:
            out.mkdir(parents=True, exist_ok=True)
            staging = Path(tempfile.mkdtemp(prefix=".spikelut-", dir=out))
        except OSError as error:
            raise UserError(f"out: cannot write to the folder {out}: {error.strerror}") from error
        free = shutil.disk_usage(out).free
        if free < NEEDED_BYTES:
            raise UserError(f"out: {out} must have {NEEDED_BYTES} bytes free, got {free}")
        yield staging
        with write_errors(out):
            for file in sorted(staging.iterdir()):
                file.replace(out / file.name)
            staging.rmdir()
    except BaseException:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise
