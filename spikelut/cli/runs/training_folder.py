"""The folder of a training while it goes on: one run at a time, taken up again, and cleared when it is done."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from spikelut._files import write_whole
from spikelut.cli.options.train_options import OPTIONS, RECORD, STATE
from spikelut.cli.shared.errors import Interrupted, UserError, write_errors

try:
    import fcntl
except ImportError:  # not on Windows, where two runs in one folder are not told apart
    fcntl: Any = None  # type: ignore[no-redef]

LOCK = "run.lock"
KEPT = (f"{STATE}/*/checkpoints/*.ckpt", f"*/{STATE}/*/checkpoints/*.ckpt", f"seed-*/{RECORD}", f"fold-*/{RECORD}")
"""What would be lost: checkpoints, those of repeated runs, and those of them that are finished."""


@contextmanager
def training_folder(
    out: Path, start: Mapping[str, Any], *, resume: bool = False, fresh: bool = False, live: tuple[str, ...] = ()
) -> Iterator[Path]:
    """A folder in `out` for what a training keeps as it goes; removed on leaving.

    `start`: the options and the command of the run, which are kept there. If the block raises and there are
    checkpoints, everything stays, and an interruption says how to go on; if there are none nothing is left, nor of
    the files `live` in `out` that were not there before. Raises UserError if another run has the folder, if it holds an
    unfinished training and is neither to `resume` it nor to begin `fresh`, and if it cannot be written to.
    """
    before = {name for name in live if (out / name).exists()}
    made = [folder for folder in (out, *out.parents) if not folder.exists()]
    state = out / STATE
    with _locked(out, made) as lock:
        try:
            if is_unfinished(out) and not (resume or fresh):
                raise UserError(
                    f"out: {out} holds a training that is not finished: --resume goes on with it, --fresh begins anew"
                )
            if not resume:
                _clear(state, keep=lock)
            with write_errors(out):
                write_whole(state / OPTIONS, json.dumps(dict(start), indent=2) + "\n")
            yield state
        except BaseException as error:
            if not is_unfinished(out):
                shutil.rmtree(state, ignore_errors=True)
                for name in set(live) - before:
                    (out / name).unlink(missing_ok=True)
                _remove(made)
                if isinstance(error, KeyboardInterrupt | Interrupted):
                    raise Interrupted("interrupted before the first epoch was kept; nothing was written") from error
            else:
                _say_how(error, out)
            raise
        shutil.rmtree(state, ignore_errors=True)


def _say_how(error: BaseException, out: Path) -> None:
    """Raise an error that says how to go on, where that helps."""
    again = f"to go on: spikelut train --resume --out {out}"
    if isinstance(error, KeyboardInterrupt | Interrupted):
        raise Interrupted(f"interrupted; {again}") from error
    if isinstance(error, UserError) and isinstance(error.__cause__, OSError):
        raise UserError(f"{error}; {again}") from error


def is_unfinished(out: Path) -> bool:
    """Whether a folder holds a training that has been kept and is not finished."""
    return (out / STATE / OPTIONS).is_file() and any(True for pattern in KEPT for _ in out.glob(pattern))


@contextmanager
def _locked(out: Path, made: list[Path]) -> Iterator[Path]:
    """A lock file in `out`, which is made if needed, that this process alone holds."""
    lock = out / STATE / LOCK
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    except OSError as error:
        _remove(made)
        raise UserError(f"out: cannot write to the folder {out}: {error.strerror}") from error
    with file:
        try:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(f"out: another run is writing to {out}: wait for its end, or name another folder") from None
        except OSError:  # a file system without locks
            pass
        yield lock


def _clear(state: Path, keep: Path) -> None:
    for path in state.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path != keep:
            path.unlink()


def _remove(folders: list[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
