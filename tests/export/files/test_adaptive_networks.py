"""Networks of neurons whose threshold adapts, recurrent ones and ones with numbers of their own, wherever they go."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import WARNINGS, compiled, said
from numpy.typing import NDArray
from safetensors.numpy import load, save
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant, surrogates
from spikelut.export.runtimes import by_name, check, network_case
from spikelut.quant.network.reference import reference_states

PROFILES = [name for name in hw_profiles.names() if hw_profiles.load(name).adaptation is not None]
PAIRS = [(dialect, form) for dialect in ("integer", "functions") for form in ("scan", "step", "unrolled")]
PAIRS += [("flat", "scan"), ("qcdq", "step"), ("qonnx", "unrolled")]
CASES = [(name, pair) for name in ("loihi2", "generic8") for pair in PAIRS]
CASES += [(name, PAIRS[0]) for name in PROFILES if name not in ("loihi2", "generic8")]
STATES = {"1.mem", "1.adaptation", "1.refractory", "1.last", "3.adaptation"}


def model_of(name: str) -> Any:
    """A recurrent layer, with a current where the chip has those, and one whose neurons have each their numbers."""
    profile = hw_profiles.load(name)
    slope = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    torch.manual_seed(2)
    current = None if profile.current_decay is None else 0.5
    bias = None if profile.bias is None else 9
    options: dict[str, Any] = {"beta": 0.875, "threshold_step": 0.25, "refractory_beta": 0.75}
    first = quant.AdaptiveLIF(profile, slope, alpha=current, bias=bias, **options)
    own: dict[str, Any] = {"threshold_beta": [0.5, 0.75, 0.875, 0.9375], "threshold_step": [0.0, 0.125, 0.25, 0.5]}
    last = quant.AdaptiveLIF(profile, slope, **{**options, **own})
    weights = quant.QuantLinear(5, 9, profile=profile), quant.QuantLinear(9, 4, profile=profile)
    for layer in weights:
        nn.init.normal_(layer.weight, 0.25, 0.5)
    if first.bias is not None:
        nn.init.normal_(first.bias, 0.1, 0.1)
    return nn.Sequential(weights[0], quant.Recurrent(first, 9), weights[1], last)


@pytest.fixture(scope="module", params=PROFILES)
def network(request: pytest.FixtureRequest) -> quant.IntegerNetwork:
    return quant.integer(model_of(request.param))


def rewritten(content: bytes, change: Any) -> bytes:
    """The file after `change` of what its header says, without its digest."""
    size = int.from_bytes(content[:8], "little")
    about = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["spikelut"])
    del about["sha256"]
    change(about["layers"][1])
    return bytes(save(load(content), {"spikelut": json.dumps(about)}))


def events() -> NDArray[Any]:
    return np.random.default_rng(0).integers(0, 2, (14, 3, 5))


def test_the_reference_is_the_layers(network: quant.IntegerNetwork) -> None:
    model = model_of(network.profile.name)
    found, given = reference_states(network, events()), torch.from_numpy(events()).float()
    assert found.keys() >= STATES
    assert np.array_equal(model(given).detach().numpy(), found["spikes.3"])
    for name, array in found.items():
        assert np.count_nonzero(array) > 0.08 * array.size, name


@pytest.mark.parametrize(("name", "pair"), CASES)
def test_onnx(name: str, pair: tuple[Any, Any], tmp_path: Path) -> None:
    (dialect, form), network = pair, quant.integer(model_of(name))
    export.to_onnx(network, events().shape, tmp_path / "x.onnx", dialect, form=form, hidden_spikes=True)
    case, expected = network_case(tmp_path / "x.onnx", events(), network), reference_states(network, events())
    computed = {**case.expected, **(case.inside.expected if case.inside else {})}
    # Of fixed steps the spikes of the step before are an output already.
    assert computed.keys() >= STATES - ({"3.adaptation", "1.last"} if form == "unrolled" else {"1.last"})
    for name, array in computed.items():
        assert np.array_equal(array, expected[name][: len(array)]), name
    outcome = check(by_name("onnxruntime"), case)
    assert (outcome.status, outcome.reason, outcome.silent) == ("agrees", "", ())
    assert outcome.compared == sum(array.size for array in computed.values())


def test_arith_where_floats_hold_the_codes(tmp_path: Path) -> None:
    network = quant.integer(model_of("generic8"))
    export.to_onnx(network, events().shape, tmp_path / "x.onnx", "arith", form="step", hidden_spikes=True)
    assert check(by_name("onnxruntime"), network_case(tmp_path / "x.onnx", events(), network)).status == "agrees"
    network = quant.integer(model_of("loihi2"))
    with pytest.raises(ValueError, match=r"codes must be at most 2\*\*24 in dialect arith, to be exact in float32"):
        export.to_onnx(network, events().shape, tmp_path / "x.onnx", "arith", form="step")


def test_c(network: quant.IntegerNetwork, tmp_path: Path) -> None:
    files = export.to_c(network, tmp_path, "net", events=events())
    sources = [path for path in files if path.suffix == ".c"]
    assert len(sources) == 2
    code, words = said(compiled(sources, tmp_path / "net", *WARNINGS))
    assert code == 0, words


def test_files_and_layers_that_train(network: quant.IntegerNetwork, tmp_path: Path) -> None:
    export.save_network(network, tmp_path / "x.safetensors")
    again, expected = export.load_network(tmp_path / "x.safetensors"), reference_states(network, events())
    model: Any = quant.from_integer(again)
    for found in (reference_states(again, events()), reference_states(quant.integer(model), events())):
        assert found.keys() == expected.keys()
        for name, array in expected.items():
            assert np.array_equal(found[name], array), name
    assert isinstance(model[1].neuron, quant.AdaptiveLIF)
    assert again.layers[1] != network.layers[0]
    out = model(torch.from_numpy(events()).float())
    assert np.array_equal(out.detach().numpy(), expected["spikes.3"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda entry: entry.update(kind="lif"),
            "neurons with further parts, and no others, are 'neurons'",
        ),
        (
            lambda entry: entry.pop("adaptation"),
            "neurons with further parts, and no others, are 'neurons'",
        ),
        (
            lambda entry: entry["adaptation"].update(threshold_step=-64),
            r"threshold_step must be a multiple of 64 in 0\.\.8388544",
        ),
        (
            lambda entry: entry["adaptation"]["threshold_leak"].update(amount=5000),
            r"amount must be an integer in 0\.\.4096",
        ),
        (
            lambda entry: entry["adaptation"]["threshold_leak"].update(rounding="floor"),
            "adaptation.threshold_leak.rounding: must be 'trunc0', as the profile says",
        ),
        (lambda entry: entry["spec"].update(reset="zero"), "spec.reset must be one of none"),
        (
            lambda entry: entry["spec"].update(strict=True),
            "spec.strict: must be False, as the profile says",
        ),
    ],
)
def test_files_that_say_something_else_are_refused(change: Any, message: str, tmp_path: Path) -> None:
    path = tmp_path / "x.safetensors"
    export.save_network(quant.integer(model_of("loihi2")), path)
    path.write_bytes(rewritten(path.read_bytes(), change))
    with pytest.raises(ValueError, match=message):
        export.load_network(path)


def test_nir_has_no_such_node(tmp_path: Path) -> None:
    pytest.importorskip("nir")
    message = "NIR must have a node for its neurons, and has none, got 'neurons with adaptation'"
    with pytest.raises(ValueError, match=message):
        export.to_nir(model_of("loihi2"), tmp_path / "x.nir")


class Loop(nn.Module):
    """A loop over time that hands every state on, or forgets one."""

    def __init__(self, forgets: str = "") -> None:
        super().__init__()
        self.first, _, self.linear, self.last = model_of("loihi2")
        profile = hw_profiles.load("loihi2")
        self.neurons, self.forgets = quant.AdaptiveLIF(profile, surrogates.Arctan(), alpha=0.5), forgets

    def forward(self, x: Tensor) -> Tensor:
        outs, states, ended = [], None, None
        for given in x:
            step = self.neurons.step(self.first(given), states=states)
            states = {name: state for name, state in step.states.items() if name != self.forgets}
            ended = self.last.step(self.linear(step.out), states=None if ended is None else ended.states)
            outs.append(ended.out)
        return torch.stack(outs)


def test_loops_over_time_are_read() -> None:
    model, x = Loop(), torch.from_numpy(events()).float()
    network = quant.integer(model, example=x)
    found = reference_states(network, events())
    assert np.array_equal(model(x).detach().numpy(), found["spikes.last"])
    assert found["spikes.neurons"].any()
    with pytest.raises(ValueError, match="layer 'neurons': refractory must be handed on from step to step"):
        quant.integer(Loop("refractory"), example=x)


def test_layers_that_cannot_spike_are_found() -> None:
    model = model_of("loihi2")
    nn.init.constant_(model[0].weight, -0.03125)
    nn.init.constant_(model[1].neuron.bias, 0.0)
    with pytest.warns(quant.SilentLayerWarning, match="layer '1' can never spike"):
        quant.integer(model)
    assert not quant.check(model_of("loihi2"), torch.from_numpy(events()).float()).problems
