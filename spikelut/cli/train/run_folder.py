"""The folder of a run: its files appear whole or not at all."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from spikelut._aside import folder_aside
from spikelut._files import move_whole, require_place
from spikelut.cli.shared.errors import UserError
from spikelut.cli.shared.errors import write_errors as write_errors
from spikelut.training.runs.files import METRICS as METRICS
from spikelut.training.runs.files import NETWORK as NETWORK
from spikelut.training.runs.files import RECORD as RECORD
from spikelut.training.runs.files import SAMPLES as SAMPLES
from spikelut.training.runs.files import WEIGHTS as WEIGHTS

NEEDED_BYTES = 32 * 2**20


@contextmanager
def run_folder(out: Path, files: Iterable[str] = ()) -> Iterator[Path]:
    """A folder inside `out` to write files into; on leaving, each is renamed into `out`.

    `out` is made if needed and tried before anything is computed: UserError if it is no folder, cannot be written to,
    has less than 32 MiB free, or holds something else than a file under the name of one of `files`. If the block
    raises, nothing is left of the files or of the folders made here.
    """
    made: list[Path] = []
    try:
        with _staging(out, made, files) as staging:
            yield staging
            with write_errors(out):
                found = sorted(staging.iterdir())
                for file in found:
                    require_place(out / file.name)
                for file in found:
                    move_whole(file, out / file.name)
    except BaseException:
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def _staging(out: Path, made: list[Path], files: Iterable[str]) -> Iterator[Path]:
    """A folder inside `out`; those that had to be made for it are added to `made`, the innermost first."""
    with ExitStack() as stack:
        try:
            made += [folder for folder in (out, *out.parents) if not folder.exists()]
            out.mkdir(parents=True, exist_ok=True)
            staging = stack.enter_context(folder_aside(out))
        except OSError as error:
            raise UserError(f"out: cannot write to the folder {out}: {error.strerror}") from error
        with write_errors(out):
            for name in files:
                require_place(out / name)
            free = shutil.disk_usage(out).free
        if free < NEEDED_BYTES:
            raise UserError(f"out: {out} must have {NEEDED_BYTES} bytes free, got {free}")
        yield staging
