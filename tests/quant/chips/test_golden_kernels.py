"""Vendor kernels against what TensorFlow Lite Micro and SpiNNaker's library computed; see golden/."""

import numpy as np
import pytest
import torch
from golden_vectors import numbered, scale_of, vectors

from spikelut.quant.chips.spinnaker import exp_tables, expk, multiply_accum
from spikelut.quant.chips.tflm import logistic_int16, logistic_table, tanh_int16

pytestmark = pytest.mark.golden


def test_logistic_table() -> None:
    assert (logistic_table().numpy() != vectors("tflm_logistic_int16")["sigmoid_table"]).sum() == 0


@pytest.mark.parametrize(("name", "kernel"), [("logistic", logistic_int16), ("tanh", tanh_int16)])
def test_int16_kernels(name: str, kernel: object) -> None:
    assert callable(kernel)
    x = torch.from_numpy(vectors("tflm_logistic_int16")["x"])
    for c in numbered("tflm_logistic_int16", "n_configs", "c"):
        y = kernel(x, scale_of(c["in_scale_bits"]))
        assert (y.numpy() != c[name]).sum() == 0


def test_constants_of_exp() -> None:
    data, tables = vectors("spinnaker_expk"), exp_tables()
    for name, derived in (("table_hi", tables.powers), ("table_mid", tables.sixteenths), ("series", tables.series)):
        assert np.array(derived).tolist() == data[name].tolist()


def test_exp() -> None:
    data = vectors("spinnaker_expk")
    assert data["x"].size > 0
    assert (expk(torch.from_numpy(data["x"])).numpy() != data["y"]).sum() == 0


def test_rounded_product() -> None:
    data = vectors("spinnaker_expk")
    a, b = (torch.from_numpy(data[f"mul_{name}"]) for name in "ab")
    assert data["mul_y"].size > 0
    assert (multiply_accum(a, b).numpy() != data["mul_y"]).sum() == 0
