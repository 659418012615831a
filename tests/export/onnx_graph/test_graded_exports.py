"""Networks with graded spikes as ONNX, C and network files, against the specification: every state, every step."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from c_networks import SANITIZERS, Library, compiled, said
from graded_networks import MODELS, STEPS, Ints, specified, values_for

from spikelut import export, hw_profiles, quant
from spikelut.export.network_file import described, network_of, reading
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import by_name, check, network_case
from spikelut.export.runtimes._description import describe
from spikelut.export.runtimes._in_process import OnnxRuntime
from spikelut.export.runtimes._replay import replay
from spikelut.quant.network.reference import reference_states


@pytest.fixture(params=MODELS)
def case(request: pytest.FixtureRequest) -> tuple[Any, quant.IntegerNetwork, Ints, dict[str, Ints]]:
    """A model, its integers, inputs, and what the specification says."""
    model = MODELS[request.param]()
    network = quant.integer(model)
    x = values_for(request.param, network)
    return model, network, x, specified(network, x)


def test_torch_and_numpy(case: Any) -> None:
    model, network, x, expected = case
    found = reference_states(network, x)
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert np.array_equal(found[name], array), name
    last = network.layers[-1].kind.output.step
    with torch.no_grad():
        out = model.double()(torch.from_numpy(x) * network.inputs[0].step)
    assert np.array_equal(out.numpy(), expected[f"membrane.{network.layers[-1].name}"] * last)


def test_one_layer_sums_beyond_32_bits() -> None:
    """So that the exports below have to, in weight codes as well."""
    network = quant.integer(MODELS["large"]())
    sums = network.run(values_for("large", network), keep=("3",))["3"]
    assert abs(sums).max() >> cast(Any, network.layers[3]).left_shift > 2**31


@pytest.mark.parametrize("form", ["scan", "unrolled", "step"])
def test_onnx(case: Any, form: str, tmp_path: Path) -> None:
    _, network, x, expected = case
    file = tmp_path / "x.onnx"
    export.to_onnx(network, x.shape, file, "integer", form=cast(Any, form), hidden_spikes=True)
    described = describe(load_model(file))
    assert described.events is not None
    with OnnxRuntime().session(file) as session:
        found = replay(session, described, x.astype(described.events.dtype))
    wanted = set(expected) if form == "step" else {n for n in expected if n.startswith(("spikes", "membrane"))}
    assert set(found) == wanted
    for name in wanted:
        assert np.array_equal(found[name], expected[name]), name


def test_c(case: Any, tmp_path: Path) -> None:
    _, network, x, expected = case
    size = x.shape[3:] if x.ndim == 5 else None
    source = export.to_c(network, tmp_path, "net", size=size, steps=STEPS, events=x[:, :2])[1]
    found = Library.of(network, source, size).run(x, STEPS)
    assert {name.partition(".")[2] for name in found} >= {"act", "residue", "sigma"}
    for name, array in found.items():
        assert np.array_equal(array, expected[name].reshape(STEPS, len(x[0]), -1)), name
    program = compiled([source, tmp_path / "net_test.c"], tmp_path / "test", *SANITIZERS)
    code, text = said(program)
    assert (code, "0 different" in text, " 0 nonzero" in text) == (0, True, False), text


def test_network_file(case: Any, tmp_path: Path) -> None:
    _, network, x, expected = case
    export.save_network(network, tmp_path / "n.safetensors")
    loaded = export.load_network(tmp_path / "n.safetensors")
    again = quant.integer(quant.from_integer(loaded))
    for one in (loaded, again):
        found = reference_states(one, x)
        assert all(np.array_equal(found[name], array) for name, array in expected.items())


@pytest.mark.parametrize("dialect", ["flat", "functions", "qcdq", "qonnx"])
def test_float_dialects(dialect: Any, tmp_path: Path) -> None:
    """Real values, where sums are such that float32 holds them; refused where not."""
    network = quant.integer(MODELS["plain"]())
    x = values_for("plain", network)
    with pytest.raises(ValueError, match=r"sums of weight codes must be at most 2\*\*24 but in the dialect integer"):
        export.to_onnx(quant.integer(MODELS["images"]()), (4, 1, 2, 4, 4), tmp_path / "no.onnx", dialect)
    assert not (tmp_path / "no.onnx").exists()
    export.to_onnx(network, x.shape, tmp_path / "x.onnx", dialect, form="scan", hidden_spikes=True)
    found = export.run_onnx(tmp_path / "x.onnx", (x * network.inputs[0].step).astype(np.float32))
    expected = network.run(x)
    assert found.keys() == expected.keys()
    for name, array in found.items():
        assert np.array_equal(array, expected[name] * network.signals[name].step), name


def test_arith_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"codes must be at most 2\*\*24 in dialect arith"):
        export.to_onnx(quant.integer(MODELS["plain"]()), (4, 1, 5), tmp_path / "x.onnx", "arith")


@pytest.mark.parametrize(("dialect", "form"), [("integer", "scan"), ("integer", "step"), ("flat", "unrolled")])
def test_what_verify_compares(dialect: Any, form: Any, tmp_path: Path) -> None:
    """Every state of every layer, of messages and read-outs in real values too."""
    network = quant.integer(MODELS["plain"]())
    x, file = values_for("plain", network), tmp_path / "x.onnx"
    expected = specified(network, x)
    export.to_onnx(network, x.shape, file, dialect, form=form, hidden_spikes=True)
    case = network_case(file, x, network)
    computed = {**case.expected, **(case.inside.expected if case.inside else {})}
    assert computed.keys() >= {"spikes.2", "2.sigma", "2.act", "2.residue", "4.error"}
    outcome = check(by_name("onnxruntime"), case)
    assert (outcome.status, outcome.reason) == ("agrees", "")
    assert outcome.compared > sum(array[:-1].size for array in expected.values()) * 0.9


def test_nir_has_no_node(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="NIR must have a node for its neurons, and has none"):
        export.to_nir(MODELS["plain"](), tmp_path / "x.nir")
    assert not (tmp_path / "x.nir").exists()


TAMPERED: dict[str, tuple[str, dict[str, Any], str]] = {
    "another shift": ("2", {"drop": 9}, "graded: drop must be an integer in 0..7"),
    "wide messages": ("2", {"message": {"bits": 25}}, "message.bits must be an integer in 2..24"),
    "another place": ("2", {"message": {"frac": 5}}, "graded.message.frac: must be 6, as the profile says"),
    "another kind": ("2", {"kind": "beta"}, "kind must be one of sigma, delta, sigma_delta"),
    "sums of an encoder": ("0", {"drop_in": 6}, "input_step must be 0.015625, as what comes in is worth"),
    "errors of a decoder": ("6", {"cumulative": True}, "graded.cumulative: must be False"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_tampered_files_are_refused(name: str) -> None:
    index, change, message = TAMPERED[name]
    about, arrays = described(quant.integer(MODELS["plain"]()))
    about = json.loads(json.dumps(about))
    graded = about["layers"][int(index)]["graded"]
    for key, value in change.items():
        graded[key] = {**graded[key], **value} if isinstance(value, dict) else value
    with pytest.raises(ValueError, match=message), reading("x"):
        network_of(about, arrays, "x")


def test_thresholds_of_a_file_must_be_whole_messages() -> None:
    about, arrays = described(quant.integer(MODELS["plain"]()))
    about = json.loads(json.dumps(about))
    about["layers"][4]["spec"]["threshold"] += 1
    with pytest.raises(ValueError, match=r"spec.threshold must be a multiple of 16 in 0\.\."), reading("x"):
        network_of(about, arrays, "x")


def test_messages_that_do_not_fit_are_refused() -> None:
    p = hw_profiles.load("loihi2")
    for bits, fits in ((16, True), (24, False)):
        weights = quant.QuantLinear(400, 2, profile=p, input_step=2.0**-6, graded_input=True)
        torch.nn.init.constant_(weights.weight, 3.0)
        layers = (
            quant.Delta(p, 0.0, largest_input=9),
            quant.QuantLinear(2, 400, profile=p, input_step=2.0**-6, graded_input=True),
        )
        model = torch.nn.Sequential(*layers, quant.SigmaDelta(p, 0.0, message_bits=bits), weights, quant.Sigma(p))
        if fits:
            assert quant.check(model, torch.zeros(3, 1, 2)).ok
            continue
        with pytest.raises(ValueError, match=r"give the messages fewer bits \(message_bits=\)"):
            quant.integer(model)


WIRED: dict[str, tuple[Any, str]] = {
    "input_step": (
        {"input_step": 2.0**-5, "graded_input": True},
        "input_step must be 0.015625, what a spike is worth here",
    ),
    "graded_input": ({"input_step": 2.0**-6}, "graded_input must be True behind graded spikes, got False"),
}


@pytest.mark.parametrize("name", WIRED)
def test_weights_behind_graded_spikes_say_so(name: str) -> None:
    p, (options, message) = hw_profiles.load("loihi2"), WIRED[name]
    model = torch.nn.Sequential(quant.Delta(p, 0.5), quant.QuantLinear(3, 2, profile=p, **options), quant.Sigma(p))
    with pytest.raises(ValueError, match=message):
        quant.integer(model)


def test_an_encoder_takes_no_sums() -> None:
    p = hw_profiles.load("loihi2")
    model = torch.nn.Sequential(quant.QuantLinear(3, 2, profile=p), quant.Delta(p, 0.5))
    with pytest.raises(ValueError, match=r"an encoder \(Delta\) takes inputs or spikes; SigmaDelta takes sums"):
        quant.integer(model)
