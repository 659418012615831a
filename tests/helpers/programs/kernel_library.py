"""Libraries of kernels for structures that no shipped profile has, printed and compiled for a test."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from c_networks import tool

from spikelut import native
from spikelut.native import _library
from spikelut.quant.backends.native import integer_lif
from spikelut.quant.codegen.files import backs_file, files, steps_file
from spikelut.quant.codegen.structures import Structure

FLAGS = ["-std=c11", "-O1", "-DCLONES=", "-fno-math-errno", "-ffp-contract=off", "-fwrapv", "-fPIC", "-shared"]


def built(structures: Iterable[Structure], folder: Path) -> Path:
    """A library with the kernels of `structures` in place of those of the shipped profiles."""
    sources = folder / "src"
    shutil.copytree(Path(native.__file__).parent / "src", sources)
    once = {structure.key: structure for structure in structures}
    printed = files() | {"integer_steps.c": steps_file(once.values()), "integer_backs.c": backs_file(once.values())}
    for name, text in printed.items():
        (sources / "generated" / name).write_text(text)
    library = folder / "kernels.so"
    words = [tool("gcc"), *FLAGS, *map(str, sources.rglob("*.c")), "-o", str(library), "-lm"]
    subprocess.run(words, check=True)
    return library


@contextmanager
def kernels_of(library: Path) -> Iterator[None]:
    """While entered, `library` computes."""
    before, caches = _library._loaded, (_library.kernels, integer_lif.kernels_of)
    loaded = _library.load(library)
    for cached in caches:
        cached.cache_clear()
    _library._loaded = cast(Any, lambda: (loaded, ""))
    try:
        yield
    finally:
        _library._loaded = before
        for cached in caches:
            cached.cache_clear()
