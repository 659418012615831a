"""The C that is kept with the sources is what is printed today."""

import sys
from pathlib import Path

import pytest

from spikelut import native
from spikelut.quant.codegen.__main__ import main
from spikelut.quant.codegen.files import files

FOLDER = Path(native.__file__).parent / "src" / "generated"


def test_every_file_is_as_printed() -> None:
    kept = {path.name: path.read_text() for path in FOLDER.iterdir()}
    assert kept == files(), "run `make kernels`"


def test_the_command_writes_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["codegen", str(tmp_path)])
    main()
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in FOLDER.iterdir()}
    monkeypatch.setattr(sys, "argv", ["codegen", "--help"])
    with pytest.raises(SystemExit) as ended:  # not a folder of that name
        main()
    assert ended.value.code == 0
