"""C made of exported files compiles without a warning and gives the same integers."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from runtime_files import NETWORKS, case

from spikelut import export
from spikelut.export.c_source import to_c

pytest.importorskip("emx_onnx_cgen", reason="needs emx-onnx-cgen")
COMPILE = "gcc -std=c99 -Wall -Wextra -Werror -O1 net.c net_test.c -o net -lm"


def compiled(folder: Path) -> tuple[int, str]:
    """What the self-test returns and says."""
    if shutil.which("gcc") is None:
        pytest.skip("needs gcc")
    subprocess.run(COMPILE.split(), cwd=folder, check=True)
    done = subprocess.run([folder / "net"], capture_output=True, text=True)
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    ("network", "dialect", "form"),
    [
        ("recurrent", "integer", "step"),
        ("recurrent", "flat", "step"),
        ("recurrent", "integer", "scan"),
        ("images", "integer", "unrolled"),
        ("wide", "integer", "step"),
    ],
)
def test_self_tests_pass(network: str, dialect: str, form: str, tmp_path: Path) -> None:
    path = case(network, dialect, form, tmp_path).path
    files = to_c(path, tmp_path / "c", "net", network=NETWORKS[network](), steps=4)
    assert [file.name for file in files] == ["net.h", "net.c", "net_test.c"]
    assert sorted(file.name for file in (tmp_path / "c").iterdir()) == ["net.c", "net.h", "net_test.c"]
    code, text = compiled(tmp_path / "c")
    found = re.fullmatch(r"net: (\d+) values compared, 0 different\n", text)
    assert code == 0
    assert found is not None
    assert int(found.group(1)) > 0
    source = files[1].read_text()
    assert not re.search(r"\b(malloc|calloc)\s*\(", source)
    assert "float" not in re.sub(r"/\*.*?\*/", "", source, flags=re.S) or dialect == "flat"
    assert "integer reference" in files[2].read_text()


def test_a_wrong_value_is_found(tmp_path: Path) -> None:
    path = case("wide", "integer", "step", tmp_path).path
    files = to_c(path, tmp_path, "net", network=NETWORKS["wide"]())
    text = files[2].read_text()
    at = text.index("{", text.index("expected0[8]", text.index("static const uint8_t expected0")) + 20) + 1
    at = text.index("{", at) + 1
    files[2].write_text(text[:at] + str(1 - int(text[at])) + text[at + 1 :])
    code, said = compiled(tmp_path)
    assert code == 1
    assert said.endswith(", 1 different\n")


def test_without_a_network_the_outputs_are_those_of_onnxruntime(tmp_path: Path) -> None:
    files = to_c(case("wide", "integer", "step", tmp_path).path, tmp_path, "net")
    assert "is that of the onnxruntime" in files[2].read_text()
    assert compiled(tmp_path)[0] == 0


def test_wrong_arguments_leave_nothing_behind(tmp_path: Path) -> None:
    path = case("recurrent", "integer", "step", tmp_path).path
    for name in ("", "a-b", "int", "main", "1x"):
        with pytest.raises(ValueError, match=r"^to_c: name must be a C identifier, got"):
            to_c(path, tmp_path / "c", name)
    with pytest.raises(ValueError, match=r"outputs must be those of the layers"):
        to_c(path, tmp_path / "c", "net", network=NETWORKS["wide"]())
    with pytest.raises(ValueError, match=r"^to_c: steps must be an integer in 1..1024, got 0"):
        to_c(path, tmp_path / "c", "net", steps=0)
    for dialect in ("functions", "table"):
        export.to_onnx(NETWORKS["recurrent"](), (4, 2, 5), tmp_path / "x.onnx", dialect)
        with pytest.raises(ValueError, match=r"^to_c: dialect must be integer or flat, got"):
            to_c(tmp_path / "x.onnx", tmp_path / "c", "net")
    packed = case("four bits", "integer", "step", tmp_path, packed=True).path
    with pytest.raises(ValueError, match=r"^to_c: weights must be stored in 8 or 16 bits, got 'four'"):
        to_c(packed, tmp_path / "c", "net")
    assert not (tmp_path / "c").exists()
