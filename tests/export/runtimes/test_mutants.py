"""Every single weight negated in an exported file is noticed by `check`, or changes no state on the inputs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from mutants import NETWORKS, Mutant, inputs, mutants, weights_of
from numpy.typing import NDArray
from onnx import numpy_helper

from spikelut import export
from spikelut.export.onnx_graph.safe_load import inside, load_model
from spikelut.export.runtimes import Case, by_name, check, network_case
from spikelut.export.runtimes._description import INPUT
from spikelut.export.runtimes._outcome import compare
from spikelut.export.runtimes._replay import replay
from spikelut.quant.network.layers import IntegerConv2d
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.reference import reference_states

SAMPLED = 12
"""Mutants of each layer, in the common tests."""
Noticed = Callable[[Mutant], bool]


def exported(network: IntegerNetwork, events: NDArray[Any], form: Any, path: Path) -> Case:
    export.to_onnx(network, events.shape, path, "integer", form=form)
    return network_case(path, events, network)


def stored(mutant: Mutant, network: IntegerNetwork) -> NDArray[Any]:
    """The codes of its layer as files have them: inputs first where they are multiplied."""
    layer = weights_of(network)[mutant.layer]
    codes = mutant.codes(layer.codes)
    return codes if isinstance(layer, IntegerConv2d) else np.ascontiguousarray(codes.T)


def with_open_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy whose weights can be given with every call: a file need not be loaded anew for each mutant."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for graph in list(inside(copy, onnx.GraphProto)):
        for tensor in [t for t in graph.initializer if t.name.startswith("weight.")]:
            if graph is not copy.graph:
                copy.graph.initializer.append(tensor)
                graph.initializer.remove(tensor)
            info = onnx.helper.make_tensor_value_info(tensor.name, tensor.data_type, list(tensor.dims))
            copy.graph.input.append(info)
    return copy


def judge(case: Case, network: IntegerNetwork) -> Noticed:
    """Whether what `check` compares differs in onnxruntime for a mutant of the file."""
    parts = [(load_model(case.path), case.file, case.expected)]
    parts += [(case.inside.model, case.inside.file, case.inside.expected)] if case.inside else []
    sessions = []
    for model, file, expected in parts:
        content = with_open_weights(model).SerializeToString()
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        sessions.append((session, [o.name for o in session.get_outputs()], file, expected))

    def noticed(mutant: Mutant) -> bool:
        changed = {f"weight.{mutant.layer}": stored(mutant, network)}
        for session, names, file, expected in sessions:

            def call(given: Any, session: Any = session, names: list[str] = names) -> dict[str, NDArray[Any]]:
                return dict(zip(names, session.run(names, {**given, **changed}), strict=True))

            found = replay(call, file, case.inputs[INPUT], case.repeated)
            if compare(expected, case.slack, found).different:
                return True
        return False

    return noticed


def of_each_layer(network: IntegerNetwork) -> list[Mutant]:
    """Some mutants of every layer."""
    found: list[Mutant] = []
    for name in weights_of(network):
        own = [mutant for mutant in mutants(network) if mutant.layer == name]
        found += own[:: max(1, len(own) // SAMPLED)]
    return found


def share_noticed(form: str, chosen: list[Mutant], network: IntegerNetwork, case: Case, events: NDArray[Any]) -> float:
    """The share that is noticed; that the others change no state is asserted."""
    noticed, states, seen = judge(case, network), reference_states(network, events), 0
    # A membrane after the last of a fixed number of steps is needed by nobody.
    steps = slice(0, -1 if form == "unrolled" else None)
    for mutant in chosen:
        if noticed(mutant):
            seen += 1
            continue
        others = reference_states(mutant.network(network), events)
        for name, array in states.items():
            np.testing.assert_array_equal(others[name][steps], array[steps], f"{mutant} is not noticed")
    return seen / len(chosen)


@pytest.mark.parametrize("form", ["scan", "step", "unrolled"])
@pytest.mark.parametrize("name", NETWORKS)
def test_negated_weights_are_noticed(name: str, form: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    events = inputs(name, network, 16 if form == "unrolled" else None)
    case = exported(network, events, form, tmp_path / "x.onnx")
    assert not case.silent
    first = network.first
    itself = Mutant(first.name, (0,) * first.codes.ndim, int(first.codes.flat[0]))
    assert not judge(case, network)(itself)
    assert share_noticed(form, of_each_layer(network), network, case, events) > 0.9


@pytest.mark.parametrize("name", NETWORKS)
def test_a_file_that_is_changed_is_judged_the_same(name: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    events = inputs(name, network)
    case = exported(network, events, "scan", tmp_path / "x.onnx")
    noticed = judge(case, network)
    for mutant in of_each_layer(network)[:: SAMPLED // 2]:
        model = load_model(tmp_path / "x.onnx")
        tensor = next(t for t in inside(model, onnx.TensorProto) if t.name == f"weight.{mutant.layer}")
        tensor.CopyFrom(numpy_helper.from_array(stored(mutant, network), tensor.name))
        onnx.save(model, tmp_path / "mutant.onnx")
        changed = network_case(tmp_path / "mutant.onnx", events, network)
        assert (check(by_name("onnxruntime"), changed).status == "differs") == noticed(mutant)


@pytest.mark.mutants
@pytest.mark.parametrize("name", NETWORKS)
def test_each_negated_weight_is_noticed(name: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    events = inputs(name, network)
    case, found = exported(network, events, "scan", tmp_path / "x.onnx"), list(mutants(network))
    share = share_noticed("scan", found, network, case, events)
    print(f"{name}: {len(found):,} mutants, {share:.2%} noticed, the others change no state")
    assert share > 0.9
