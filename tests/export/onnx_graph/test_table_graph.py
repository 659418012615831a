"""The lookup of a table as a graph gives what the table gives, in every runtime; 64 bits stand only where needed."""

from pathlib import Path

import numpy as np
import pytest
import torch
from onnx import TensorProto

from spikelut import hw_profiles
from spikelut.export import save_table
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import by_name
from spikelut.quant import Table
from spikelut.surrogates import Arctan

RIGHT = [(runtime, name) for runtime in ("openvino", "tract") for name in hw_profiles.names()]
# Products of 32 bits, which OpenVINO makes in float32; quotients of 64, which tract gives the wrong sign.
RIGHT.remove(("openvino", "cortexm_q15"))
RIGHT.remove(("tract", "spinnaker2"))
IN_64_BITS = {"cortexm_q15", "spinnaker1", "spinnaker2"}


@pytest.mark.parametrize(("runtime", "name"), RIGHT)
@pytest.mark.filterwarnings("ignore::spikelut.quant.TableWarning")
def test_in_other_runtimes(runtime: str, name: str, tmp_path: Path) -> None:
    if by_name(runtime).missing():
        pytest.skip(by_name(runtime).missing())
    table = Table.from_surrogate(Arctan(1.3), hw_profiles.load(name))
    save_table(table, tmp_path / "t.onnx")
    model = load_model(tmp_path / "t.onnx")
    kinds = {constant.data_type for constant in model.graph.initializer}
    assert (TensorProto.INT64 in kinds) == (name in IN_64_BITS)
    low, high = table.tabulated
    codes = np.concatenate(
        [np.linspace(low - 99, high + 99, 3000), np.linspace(table.first_code, table.last_code, 999)]
    )
    real = (codes.astype(np.int64).clip(table.first_code, table.last_code) * table.state_step).astype(np.float32)
    with by_name(runtime).session(tmp_path / "t.onnx") as session:
        found = session({"x": real})["derivative"]
    assert np.array_equal(found, table.lookup(torch.from_numpy(real)).numpy())
    assert len(np.unique(found)) > 1
