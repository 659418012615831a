"""The C that is kept with the sources is what is printed today."""

from pathlib import Path

from spikelut import native
from spikelut.quant.codegen.files import files

FOLDER = Path(native.__file__).parent / "src" / "generated"


def test_every_file_is_as_printed() -> None:
    kept = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert kept == files(), "run `make kernels`"
