"""Graded inputs and pooled counts in exported files: exact also where two products of bytes are added in 16 bits."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx_forms
import pytest
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.byte_parts import LARGEST_PAIR, weight_parts
from spikelut.export.onnx_graph.functions import all_nodes
from spikelut.surrogates import Arctan

FORMS = ("scan", "step", "unrolled")
DIALECTS = ("integer", "flat", "functions", "qcdq", "qonnx")
PAIRS = [(d, f) for d in DIALECTS for f in FORMS]
PROFILES = ("generic8", "loihi2", "reckon", "tflm_int8")


class MatMulInteger(OpRun):
    """As on x86 without VNNI: two products are added in 16 bits, which saturate."""

    op_domain = ""

    def _run(self, a: NDArray[Any], b: NDArray[Any], **_: Any) -> tuple[NDArray[Any]]:
        rows = b.astype(np.int64)
        if len(rows) % 2:
            rows, a = np.pad(rows, ((0, 1), (0, 0))), np.pad(a, [(0, 0)] * (a.ndim - 1) + [(0, 1)])
        products = a.astype(np.int64)[..., None] * rows
        pairs = products.reshape(*products.shape[:-2], -1, 2, products.shape[-1]).sum(-2)
        return (pairs.clip(-(2**15), 2**15 - 1).sum(-2).astype(np.int32),)


def heavy(model: nn.Sequential) -> nn.Sequential:
    """With codes near the ends, of one sign for each neuron."""
    for layer in model:
        if isinstance(layer, quant.QuantLinear | quant.QuantConv2d):
            sign = torch.where(torch.arange(len(layer.weight)) % 2 == 0, 0.999, -1.0)
            size = torch.rand_like(layer.weight) * 0.3 + 0.7
            with torch.no_grad():
                layer.weight.copy_(size * sign.reshape(-1, *[1] * (size.ndim - 1)) * 2.0 ** layer.reach[0])
    return model


def pooled(size: int, convolution: bool, name: str) -> nn.Sequential:
    """Neurons of which about half spike at once, whose spikes are added in windows of `size` by `size`."""
    profile = hw_profiles.load(name)
    rest: list[nn.Module] = [nn.Flatten(2), quant.QuantLinear(4, 6, profile=profile)]
    if convolution:
        rest = [quant.SumPool2d(1), quant.QuantConv2d(4, 6, 1, profile=profile)]
    threshold = max(64 * profile.state_step, profile.state_step)
    neurons = quant.LIF(profile, Arctan(), threshold=threshold)
    first = quant.QuantConv2d(1, 4, 1, profile=profile)
    return heavy(nn.Sequential(first, neurons, quant.SumPool2d(size), *rest, quant.LI(profile)))


def counts(shape: tuple[int, ...], largest: int) -> NDArray[np.int64]:
    x = np.random.default_rng(0).integers(0, largest + 1, shape)
    x[:, 0] = largest
    return x


def pair_bounds(model: onnx.ModelProto) -> Iterator[int]:
    """What a pair of products of each MatMulInteger may come to, for any bytes."""
    bodies = [a.g for node in all_nodes(model.graph) for a in node.attribute if a.HasField("g")]
    tensors = chain(model.graph.initializer, *(body.initializer for body in bodies))
    stored = {t.name: numpy_helper.to_array(t) for t in tensors}
    for node in all_nodes(model.graph):
        if node.op_type == "MatMulInteger":
            yield 2 * 255 * int(np.abs(stored[node.input[1]].astype(np.int64)).max())


@pytest.mark.parametrize("largest", [1, 127, 128, 129, 254, 255])
def test_parts_add_up_and_fit_in_pairs(largest: int) -> None:
    codes = np.arange(-128, 128, dtype=np.int8)
    parts = weight_parts(codes, largest)
    assert np.array_equal(sum(part.astype(np.int64) for part in parts), codes)
    assert all(2 * largest * np.abs(part.astype(np.int64)).max() <= LARGEST_PAIR for part in parts)
    assert len(parts) == (1 if largest < 128 else 2)
    assert all(part.dtype == np.int8 for part in parts)


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_graded_inputs_are_exact_in_every_dialect_and_form(tmp_path: Path, dialect: Any, form: Any) -> None:
    torch.manual_seed(0)
    for name in ("loihi2", "tflm_int8"):
        profile = hw_profiles.load(name)
        model = heavy(nn.Sequential(quant.QuantLinear(5, 12, profile=profile), quant.LI(profile)))
        network, x = quant.integer(model, largest_input=255), counts((3, 2, 5), 255)
        made = export.to_onnx(network, x.shape, tmp_path / "m.onnx", dialect, form=form)
        assert all(bound <= LARGEST_PAIR for bound in pair_bounds(made))
        assert dialect != "integer" or len(list(pair_bounds(made))) in (2, 2 * len(x))
        found, want = onnx_forms.run(tmp_path / "m.onnx", x, form)["1"], network.run(x)["1"]
        unit = 1.0 if found.dtype.kind == "i" else profile.state_step
        assert np.count_nonzero(want) == want.size
        assert np.array_equal(np.round(found / unit), want)


@pytest.mark.parametrize("largest", [64, 128, 255])
@pytest.mark.parametrize("name", PROFILES)
def test_graded_inputs_are_exact_where_pairs_saturate(tmp_path: Path, name: str, largest: int) -> None:
    torch.manual_seed(0)
    profile = hw_profiles.load(name)
    model = heavy(nn.Sequential(quant.QuantLinear(5, 12, profile=profile), quant.LI(profile)))
    network, x = quant.integer(model, largest_input=largest), counts((1, 4, 5), largest)
    made = export.to_onnx(network, x.shape, tmp_path / "m.onnx", "integer", form="unrolled")
    (found,) = ReferenceEvaluator(made, new_ops=[MatMulInteger]).run(None, {"input": x.astype(np.uint8)})
    assert np.array_equal(found, network.run(x)["1"])


@pytest.mark.parametrize("convolution", [False, True], ids=["linear", "conv"])
@pytest.mark.parametrize("size", [3, 12, 16])
@pytest.mark.parametrize("form", FORMS)
def test_pooled_counts_are_exact_beyond_a_byte_too(tmp_path: Path, form: Any, size: int, convolution: bool) -> None:
    torch.manual_seed(0)
    model = pooled(size, convolution, "reckon")
    network, x = quant.integer(model, largest_input=15), counts((3, 2, 1, size, size), 15)
    want = network.run(x)
    made = export.to_onnx(network, x.shape, tmp_path / "m.onnx", "integer", form=form, hidden_spikes=True)
    assert all(bound <= LARGEST_PAIR for bound in pair_bounds(made)) or size == 3
    found = onnx_forms.run(tmp_path / "m.onnx", x, form)
    # All spike in the first sample, so that the counts are the largest there can be.
    assert want["1"][0, 0].sum(axis=(1, 2)).max() == size**2
    for layer, values in want.items():
        assert np.array_equal(found[layer], values)
        assert np.count_nonzero(values) > 0


def test_pooled_counts_are_exact_where_pairs_saturate(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network, x = quant.integer(pooled(15, False, "reckon"), largest_input=15), counts((1, 2, 1, 15, 15), 15)
    made = export.to_onnx(network, x.shape, tmp_path / "m.onnx", "integer", form="unrolled", hidden_spikes=True)
    found = ReferenceEvaluator(made, new_ops=[MatMulInteger]).run(None, {"input": x.astype(np.uint8)})
    for values, want in zip(found, network.run(x).values(), strict=True):
        assert np.array_equal(values, want)


def test_weights_of_one_part_are_stored_once(tmp_path: Path) -> None:
    profile = hw_profiles.load("generic8")
    model = nn.Sequential(quant.QuantLinear(5, 12, profile=profile), quant.LI(profile))
    made = export.to_onnx(quant.integer(model), (3, 2, 5), tmp_path / "m.onnx", "integer")
    assert [t.name for t in made.graph.initializer if t.name.startswith("weight")] == ["weight.0"]
