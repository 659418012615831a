"""The example of training on a device, in a short form: it learns, and its second part needs no torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from packages import ROOT

EXAMPLES = ROOT / "examples"


def test_the_device_learns_and_needs_no_torch(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    command = [sys.executable, str(EXAMPLES / "on_device_training.py"), "--out", str(tmp_path / "made")]
    done = subprocess.run(
        [*command, "--epochs", "6", "--device-epochs", "5"], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert {file.name for file in (tmp_path / "made").iterdir()} == {"train_step.onnx", "device.npz"}
    rows = {line[:28].strip(): line[28:].split() for line in done.stdout.splitlines()}
    assert rows["accuracy on"] == ["before", "after"]
    before, after = (float(share.removesuffix("%")) for share in rows["slanted digits, unseen"])
    upright = float(rows["the same upright"][0].removesuffix("%"))
    # Full runs come to 93 %.
    assert before < 50
    assert after > before + 25
    assert upright > 80


def test_the_second_part_imports_numpy_and_onnxruntime_only() -> None:
    names: set[str] = set()
    for node in ast.walk(ast.parse((EXAMPLES / "device_loop.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module))
    others = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}
    assert others == {"numpy", "numpy.typing", "onnxruntime"}
