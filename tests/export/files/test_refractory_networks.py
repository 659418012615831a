"""Networks of neurons with a refractory period, recurrent ones too, wherever they go."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import WARNINGS, compiled, said
from numpy.typing import NDArray
from torch import Tensor, nn

from spikelut import export, hw_profiles, quant
from spikelut.export.runtimes import by_name, check, network_case
from spikelut.quant.network.reference import reference_states
from spikelut.surrogates import Arctan

NAMES = ("loihi2", "generic8", "spinnaker1")
PAIRS = [("integer", "scan"), ("functions", "step"), ("integer", "unrolled"), ("flat", "scan")]


def model_of(name: str) -> Any:
    """A recurrent layer, with a current where the chip has those, before another one."""
    profile = hw_profiles.load(name)
    torch.manual_seed(2)
    first: Any = quant.LIF(profile, Arctan(), beta=0.75, refractory=2)
    if profile.current_decay is not None:
        first = quant.CubaLIF(profile, Arctan(), alpha=0.5, beta=0.75, refractory=2)
    last = quant.LIF(profile, Arctan(), beta=0.75, refractory=1)
    weights = quant.QuantLinear(5, 9, profile=profile), quant.QuantLinear(9, 4, profile=profile)
    for layer in weights:
        nn.init.normal_(layer.weight, 0.5, 0.5)
        layer.weight.data *= 4 if name == "spinnaker1" else 1  # whose membranes take in a quarter
    return nn.Sequential(weights[0], quant.Recurrent(first, 9), weights[1], last)


def events() -> NDArray[Any]:
    return np.random.default_rng(0).integers(0, 2, (16, 3, 5))


@pytest.fixture(scope="module", params=NAMES)
def network(request: pytest.FixtureRequest) -> quant.IntegerNetwork:
    return quant.integer(model_of(request.param))


def test_the_reference_is_the_layers(network: quant.IntegerNetwork) -> None:
    found, given = reference_states(network, events()), torch.from_numpy(events()).float()
    assert {"1.wait", "3.wait", "1.last"} <= found.keys()
    assert np.array_equal(model_of(network.profile.name)(given).detach().numpy(), found["spikes.3"])
    for name, array in found.items():
        assert np.count_nonzero(array) > 0.03 * array.size, name


@pytest.mark.parametrize(("dialect", "form"), PAIRS)
def test_onnx(network: quant.IntegerNetwork, dialect: Any, form: Any, tmp_path: Path) -> None:
    export.to_onnx(network, events().shape, tmp_path / "x.onnx", dialect, form=form, hidden_spikes=True)
    case, expected = network_case(tmp_path / "x.onnx", events(), network), reference_states(network, events())
    computed = {**case.expected, **(case.inside.expected if case.inside else {})}
    assert "1.wait" in computed
    for name, array in computed.items():
        assert np.array_equal(array, expected[name][: len(array)]), name
    outcome = check(by_name("onnxruntime"), case)
    assert (outcome.status, outcome.reason, outcome.silent) == ("agrees", "", ())


def test_c(network: quant.IntegerNetwork, tmp_path: Path) -> None:
    files = export.to_c(network, tmp_path, "net", events=events())
    code, words = said(compiled([path for path in files if path.suffix == ".c"], tmp_path / "net", *WARNINGS))
    assert code == 0, words


def test_files_and_layers_that_train(network: quant.IntegerNetwork, tmp_path: Path) -> None:
    export.save_network(network, tmp_path / "x.safetensors")
    again, expected = export.load_network(tmp_path / "x.safetensors"), reference_states(network, events())
    model: Any = quant.from_integer(again)
    for found in (reference_states(again, events()), reference_states(quant.integer(model), events())):
        for name, array in expected.items():
            assert np.array_equal(found[name], array), name
    assert "refractory=2" in repr(model[1].neuron)


def test_nir_has_no_such_node(tmp_path: Path) -> None:
    pytest.importorskip("nir")
    with pytest.raises(ValueError, match="a node for its neurons, and has none, got 'neurons with refractory'"):
        export.to_nir(model_of("loihi2"), tmp_path / "x.nir")


class Loop(nn.Module):
    """A loop over time that hands on all states, or the membrane alone."""

    def __init__(self, all_states: bool) -> None:
        super().__init__()
        self.linear, self.neurons, self.all_states = model_of("loihi2")[0], model_of("loihi2")[1].neuron, all_states
        self.lif = model_of("loihi2")[3]

    def forward(self, x: Tensor) -> Tensor:
        outs, states, mem = [], None, None
        for given in x:
            ended = self.lif.step(self.linear(given), mem, states=states)
            states, mem = (ended.states, None) if self.all_states else (None, ended[1])
            outs.append(ended[0])
        return torch.stack(outs)


def test_loops_over_time_hand_the_period_on() -> None:
    x = torch.from_numpy(events()).float()
    found = reference_states(quant.integer(Loop(True), example=x), events())
    assert np.array_equal(Loop(True)(x).detach().numpy(), found["spikes.lif"])
    with pytest.raises(ValueError, match="layer 'lif': wait must be handed on from step to step"):
        quant.integer(Loop(False), example=x)


def test_layers_that_cannot_spike_are_found() -> None:
    """The counter of a period says nothing of it: it rests at the end of its register."""
    model = model_of("loihi2")
    nn.init.constant_(model[0].weight, -0.03125)
    with pytest.warns(quant.SilentLayerWarning, match="layer '1' can never spike"):
        quant.integer(model)
