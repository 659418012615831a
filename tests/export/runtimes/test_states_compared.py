"""Checks of exported files see every layer and every state, whatever a file gives."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import numpy_helper
from runtime_files import NETWORKS, PAIRS, SHAPES
from sample_networks import CUBA, dense

from spikelut import export, quant
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import Case, Runtime, by_name, check, network_case
from spikelut.export.runtimes._in_process import OnnxRuntime
from spikelut.quant import IntegerLIF, IntegerNetwork
from spikelut.quant.network.reference import reference_states
from spikelut.quant.network.stimuli import stimuli

BUILT: dict[str, tuple[IntegerNetwork, NDArray[Any]]] = {}


def built(name: str) -> tuple[IntegerNetwork, NDArray[Any]]:
    """A network and inputs of four steps that make every layer spike."""
    if name not in BUILT:
        network = quant.integer(dense(CUBA[1], True, 0)) if name == "cuba" else NETWORKS[name]()
        shape = SHAPES.get(name, (4, 2, 5))
        found = stimuli(network, shape[2:], steps=shape[0], samples=6)
        assert not found.silent
        BUILT[name] = network, found.events
    return BUILT[name]


def made(name: str, dialect: Any, form: Any, path: Path, hidden: bool = False) -> Case:
    network, events = built(name)
    export.to_onnx(network, events.shape, path, dialect, form=form, hidden_spikes=hidden)
    return network_case(path, events, network)


def computed(case: Case) -> dict[str, NDArray[Any]]:
    assert case.inside is None or not case.expected.keys() & case.inside.expected.keys()
    return {**case.expected, **(case.inside.expected if case.inside else {})}


HIDDEN = [(*pair, False) for pair in PAIRS] + [(*pair, True) for pair in PAIRS if pair[0] == "integer"]


@pytest.mark.parametrize(("dialect", "form", "hidden"), HIDDEN)
@pytest.mark.parametrize("name", ["recurrent", "images", "cuba"])
def test_every_layer_and_state_is_compared(name: str, dialect: str, form: str, hidden: bool, tmp_path: Path) -> None:
    network, events = built(name)
    case = made(name, dialect, form, tmp_path / "x.onnx", hidden)
    states, found = reference_states(network, events), computed(case)
    outcome = check(by_name("onnxruntime"), case)
    assert (outcome.status, outcome.reason, outcome.hidden, outcome.silent) == ("agrees", "", "", ())
    assert outcome.compared == sum(array.size for array in found.values())
    assert outcome.nonzero == sum(np.count_nonzero(array) for array in found.values()) > 0
    for layer in network.layers:
        if isinstance(layer, IntegerLIF):
            wanted = [f"{layer.name}.mem"] + ([] if layer.reads_out else [f"spikes.{layer.name}"])
            for state in wanted + ([f"{layer.name}.syn"] if layer.synapse else []):
                # A membrane after the last of a fixed number of steps is needed by nobody.
                steps = len(states[state]) - (form == "unrolled" and not state.startswith("spikes."))
                assert len(found[state]) in (steps, len(states[state]))
                np.testing.assert_array_equal(found[state], states[state][: len(found[state])])
                assert found[state].any()
    # Each of them is looked at: another value in any place is noticed.
    for name in found if dialect == "integer" else ():
        wrong = found[name].copy()
        wrong.flat[-1] += 1
        other = (
            replace(case, expected={**case.expected, name: wrong})
            if name in case.expected
            else replace(case, inside=replace(case.inside, expected={**case.inside.expected, name: wrong}))  # type: ignore[type-var, union-attr]  # there
        )
        assert check(by_name("onnxruntime"), other).reason == f"1 of {outcome.compared} values differ ({name}: 1)"


def test_what_a_runtime_does_not_show_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = made("recurrent", "integer", "scan", tmp_path / "x.onnx")
    original = OnnxRuntime.start

    def start(self: Runtime, model: onnx.ModelProto, stack: ExitStack) -> Any:
        if len(model.graph.output) > 1:
            raise NotImplementedError("one output only")
        return original(self, model, stack)  # type: ignore[arg-type]  # the method of this class

    monkeypatch.setattr(OnnxRuntime, "start", start)
    outcome = check(by_name("onnxruntime"), case)
    assert (outcome.status, outcome.hidden) == ("agrees", "NotImplementedError: one output only")
    assert outcome.compared == case.expected["membrane.5"].size


def test_files_of_others_are_compared_as_far_as_they_tell(tmp_path: Path) -> None:
    case = made("recurrent", "integer", "scan", tmp_path / "x.onnx")
    model = load_model(tmp_path / "x.onnx")
    del model.metadata_props[:]
    onnx.save(model, tmp_path / "x.onnx")
    network, events = built("recurrent")
    other = network_case(tmp_path / "x.onnx", events, network)
    assert other.inside is None
    assert check(by_name("onnxruntime"), other).compared == case.expected["membrane.5"].size


def test_a_silent_layer_is_named(tmp_path: Path) -> None:
    network, events = built("recurrent")
    layers = [replace(x, bias=None) if isinstance(x, IntegerLIF) else x for x in network.layers]
    network = replace(network, layers=tuple(layers))
    export.to_onnx(network, events.shape, tmp_path / "x.onnx", "integer")
    outcome = check(by_name("onnxruntime"), network_case(tmp_path / "x.onnx", events * 0, network))
    assert (outcome.silent, outcome.nonzero) == (("1", "3"), 0)
    assert outcome.compared > 0


def weights_of(model: onnx.ModelProto) -> Mapping[str, onnx.TensorProto]:
    return {t.name: t for t in model.graph.initializer if t.name.startswith("weight.")}


@pytest.mark.parametrize("form", ["scan", "step", "unrolled"])
def test_a_single_hidden_weight_is_noticed_without_hidden_outputs(form: str, tmp_path: Path) -> None:
    network, events = built("recurrent")
    path = tmp_path / "x.onnx"
    made("recurrent", "integer", form, path)
    model = load_model(path)
    tensor = weights_of(model)["weight.0"]
    codes = numpy_helper.to_array(tensor).copy()
    codes[0, 0] *= -1
    assert codes[0, 0] != 0
    tensor.CopyFrom(numpy_helper.from_array(codes, tensor.name))
    onnx.save(model, path)
    assert check(by_name("onnxruntime"), network_case(path, events, network)).status == "differs"
