"""What completion shows of a package: all that users call, loaded already or not, and no rooms or typing names."""

from types import ModuleType

import pytest

from spikelut import export, quant


@pytest.mark.parametrize("package", [quant, export], ids=lambda package: package.__name__)
def test_dir_lists_what_users_call(package: ModuleType) -> None:
    shown = [name for name in dir(package) if not name.startswith("_")]
    assert set(package._LAZY) <= set(shown)
    assert not {"Any", "TYPE_CHECKING", "importlib", "conversion", "onnx_graph", "c"} & set(shown)
    assert all(not isinstance(getattr(package, name), ModuleType) or name in CHIPS for name in shown)
    assert "__doc__" in dir(package)


CHIPS = {"hls4ml", "reckon", "sne", "spinnaker", "tflm"}
"""Modules of `quant` that hold one chip's functions."""
