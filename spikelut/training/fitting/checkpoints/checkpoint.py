"""Checkpoint files: written with torch.save, read without running anything that is in them."""

import io
import os
import pickle
import re
import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_path
from spikelut._files import open_file

FORMAT, VERSION = "spikelut checkpoint", 1
WHO = "load_checkpoint"
PLAIN = (str, int, float, bool, type(None))


def packed(content: dict[str, Any]) -> bytes:
    """The bytes of a checkpoint; TypeError, which names it, for a value that could not be read back."""
    file = io.BytesIO()
    torch.save(plain({"format": FORMAT, "version": VERSION, **content}, "checkpoint"), file)
    return file.getvalue()


def plain(value: Any, where: str) -> Any:
    """`value` as dictionaries, lists and tuples of tensors, numbers and text."""
    if isinstance(value, Tensor):
        return value.detach().cpu().clone() if value.device.type != "cpu" else value.detach()
    if isinstance(value, PLAIN):
        kind: Any = next((kind for kind in (bool, int, float, str) if isinstance(value, kind)), None)
        return value if kind is None else kind(value)  # a subclass would have to be found again
    if isinstance(value, dict):
        return {plain(key, where): plain(found, f"{where}: {key}") for key, found in value.items()}
    if isinstance(value, list | tuple):
        found = [plain(part, where) for part in value]
        return found if isinstance(value, list) else tuple(found)
    allowed = "must be numbers, text, tensors, or lists and dictionaries of these"
    raise TypeError(f"fit: {where} {allowed}, got {type(value).__name__}")


def load_checkpoint(path: str | os.PathLike[str], model: nn.Module | None = None) -> dict[str, Any]:
    """What a checkpoint of `fit` holds, on the CPU; with `model` its weights are loaded into that.

    Nothing in the file is executed: it is read as `torch.load(weights_only=True)` reads, and a file that is compressed,
    or says that it holds more than it has bytes, is not read at all. Keys: `model`, `best_model` and `start_model`
    (names and tensors; None where these are the same, or not kept), `optimizer`, `schedule`, `state` (epoch, history,
    ...), `random`, `callbacks`, `settings`, `format`, `version`.

    Raises ValueError, one line, for what is no checkpoint, is truncated, of another version, or of another model than
    `model`, and says what differs; OSError for a file that cannot be opened.

    ```pycon
    >>> model, data = torch.nn.Linear(6, 3), training.SpikeDataset(torch.ones(20, 5, 6), torch.zeros(20).long())
    >>> done = training.fit(model, data, epochs=2, folder="run")
    >>> training.load_checkpoint("run/checkpoints/last.ckpt", model)["state"]["epoch"]
    2
    ```
    """
    require_path(WHO, "path", path)
    name = Path(path).name
    with open_file(path, WHO) as file:
        _check_archive(file, name)
        found = _loaded(file, name)
    known = isinstance(found, dict) and found.get("format") == FORMAT
    require(known, WHO, f"{name} must be a checkpoint of spikelut.training.fit", _kind(found))
    same = type(found.get("version")) is int and found["version"] == VERSION
    require(same, WHO, f"{name} must be of version {VERSION}", found.get("version"))
    _check_parts(found, name)
    if model is not None:
        check_model(found, model, name)
        model.load_state_dict(found["model"])
    return found  # type: ignore[no-any-return]  # its keys were looked at


def _check_archive(file: Any, name: str) -> None:
    """ValueError unless the archive is whole, and holds no more than its bytes."""
    size = os.fstat(file.fileno()).st_size
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise ValueError(f"{WHO}: {name} must be a whole checkpoint file, got: {_line(error)}") from None
    stored = all(e.compress_type == zipfile.ZIP_STORED and e.file_size == e.compress_size for e in entries)
    require(stored, WHO, f"{name} must not be compressed", "an archive that is")
    held = sum(entry.file_size for entry in entries)
    require(held <= size, WHO, f"{name} must hold at most its {size} bytes", held)
    try:
        damaged = archive.testzip()  # torch does not look
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError) as error:
        raise ValueError(f"{WHO}: {name} must be a whole checkpoint file, got: {_line(error)}") from None
    require(damaged is None, WHO, f"{name} must be as it was written", "other bytes")
    file.seek(0)


def _loaded(file: Any, name: str) -> Any:
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        what = "holds something else than tensors and plain values"
        named = re.search(r"GLOBAL ([\w.]+)", str(error))  # the rest of the message says how to read it all the same
        raise ValueError(f"{WHO}: {name} {what}, and is not read{f': {named[1]}' if named else ''}") from None
    except Exception as error:
        raise ValueError(f"{WHO}: {name} must be a whole checkpoint file, got: {_line(error)}") from None


def _check_parts(found: dict[str, Any], name: str) -> None:
    kinds = {"model": dict, "optimizer": dict, "state": dict, "random": dict, "callbacks": list}
    kinds |= {"settings": dict}
    wrong = [key for key, kind in kinds.items() if not isinstance(found.get(key), kind)]
    require(not wrong, WHO, f"{name} must have {', '.join(kinds)}", f"none, or another kind, of {', '.join(wrong)}")
    for key, without in (("best_model", wrong), ("start_model", None)):  # the latter came later
        weights = found.get(key, without)
        fits = weights is None or isinstance(weights, dict)
        require(fits, WHO, f"{name}: {key} must be a dictionary or None", _kind(weights))


def check_model(found: dict[str, Any], model: nn.Module, name: str) -> None:
    """ValueError, with the first difference, unless the weights in a checkpoint are those of such a model."""
    wanted = _entries(model.state_dict())
    for there in (_entries(found[key]) for key in ("model", "best_model", "start_model") if found.get(key) is not None):
        for entry in [*wanted, *there]:
            ours, theirs = wanted.get(entry, "none"), there.get(entry, "none")
            if ours != theirs:
                raise ValueError(f"{WHO}: {name} must be of this model, whose {entry} is {ours}, got {theirs}")


def _entries(state: dict[str, Any]) -> dict[str, str]:
    """Of each entry of a model's state its type and shape, as text."""
    return {
        str(name): f"{str(value.dtype).removeprefix('torch.')} {list(value.shape)}"
        if isinstance(value, Tensor)
        else type(value).__name__
        for name, value in state.items()
    }


def _kind(value: object) -> str:
    return str(value.get("format")) if isinstance(value, dict) and "format" in value else type(value).__name__


def _line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
