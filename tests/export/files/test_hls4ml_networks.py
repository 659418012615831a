"""Windows, and types of hls4ml that need more than a register: the same in torch, NumPy, files, ONNX and C."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import WARNINGS, compiled, said
from numpy.typing import NDArray
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates
from spikelut.export.runtimes import by_name, check, network_case
from spikelut.quant.network.reference import reference_states

TYPES: dict[str, dict[str, Any]] = {
    "usual": {},
    "inputs": {"inputs": (6, 1)},
    "saturating": {"inputs": (6, 1), "membrane": "fixed<12,4,RND,SAT>", "weight": (10, 2)},
    "rounding": {"membrane": "fixed<14,6,RND_CONV,SAT_SYM>", "weight": (8, 1), "beta": (9, 1), "bias": (7, 2)},
}
PAIRS = [("integer", "scan"), ("integer", "step"), ("integer", "unrolled"), ("functions", "scan")]
PAIRS += [("flat", "step"), ("qcdq", "step"), ("qonnx", "unrolled"), ("arith", "step")]
CASES = [(name, ends) for name in TYPES for ends in (True, False)]
RUN = [(CASES[0], pair) for pair in PAIRS] + [(case, pair) for case in CASES[1:] for pair in PAIRS[:2]]
STEPS = 14


def model_of(name: str, reads_out: bool = True) -> Any:
    profile = hw_profiles.load("hls4ml").with_precision(**TYPES[name])
    slope = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    torch.manual_seed(3)
    step = 1.0 if "inputs" not in TYPES[name] else 2.0**-5
    weights = [
        quant.QuantLinear(5, 9, profile=profile, signed_input=True, input_step=step),
        quant.QuantLinear(9, 4, profile=profile),
    ]
    for layer, size in zip(weights, (1.5, 1.0), strict=True):
        nn.init.normal_(layer.weight, 0.2, 0.5)
        layer.weight.data *= size
    first = quant.LIF(profile, slope, beta=0.9, bias=9, window_size=5)
    nn.init.normal_(first.bias, 0.1, 0.2)  # type: ignore[arg-type]
    last: Any = quant.LI(profile, beta=0.9, window_size=4)
    if not reads_out:
        last = quant.LIF(profile, slope, beta=[0.5, 0.75, 0.9, 0.9], reset="zero", window_size=5)
    return nn.Sequential(weights[0], first, weights[1], last)


class Counting(nn.Module):
    """Spikes of the last neurons, counted over windows."""

    def __init__(self) -> None:
        super().__init__()
        self.spiking = model_of("usual", reads_out=False)
        self.unit = hw_profiles.load("hls4ml").state_step
        self.counts = quant.LI(hw_profiles.load("hls4ml"), beta=1.0, window_size=5)

    def forward(self, x: torch.Tensor) -> Any:
        return self.counts(self.spiking(x) * self.unit)


def events(name: str) -> NDArray[Any]:
    least, most = (-32, 32) if "inputs" in TYPES[name] else (-1, 2)
    return np.random.default_rng(0).integers(least, most, (STEPS, 3, 5))


@pytest.fixture(scope="module", params=CASES, ids=str)
def case(request: pytest.FixtureRequest) -> tuple[str, bool]:
    found: tuple[str, bool] = request.param
    return found


def test_the_reference_is_the_layers(case: tuple[str, bool]) -> None:
    name, reads_out = case
    model = model_of(name, reads_out)
    network = quant.integer(model)
    found = reference_states(network, events(name))
    assert found.keys() >= {"1.mem", "1.window", "3.window"}
    given = torch.from_numpy(events(name)).float() * model[0].input_step
    out = model(given).detach().numpy()
    if reads_out:
        assert np.array_equal(out, found["membrane.3"] * np.float32(network.profile.state_step))
        # The membrane of the last step of a window is given before it is cleared.
        assert np.count_nonzero(found["membrane.3"][3::4])
    else:
        assert np.array_equal(out, found["spikes.3"])
    assert not found["1.mem"][4::5].any()
    assert found["1.window"][:7, 0, 0].tolist() == [1, 2, 3, 4, 0, 1, 2]
    for state, array in found.items():
        assert np.count_nonzero(array) > 0.04 * array.size, state


@pytest.mark.parametrize(("case", "pair"), RUN, ids=str)
def test_onnx(case: tuple[str, bool], pair: tuple[Any, Any], tmp_path: Path) -> None:
    (dialect, form), (name, reads_out) = pair, case
    network = quant.integer(model_of(name, reads_out))
    expected = reference_states(network, events(name))
    export.to_onnx(network, events(name).shape, tmp_path / "x.onnx", dialect, form=form, hidden_spikes=True)
    found = network_case(tmp_path / "x.onnx", events(name), network)
    computed = {**found.expected, **(found.inside.expected if found.inside else {})}
    for state, array in computed.items():
        real = state.startswith("membrane.") and dialect != "integer"
        codes = expected[state] * (np.float32(network.profile.state_step) if real else 1)
        assert np.array_equal(array, codes[: len(array)]), state
    outcome = check(by_name("onnxruntime"), found)
    assert (outcome.status, outcome.reason) == ("agrees", "")
    assert outcome.compared == sum(array.size for array in computed.values())
    if form == "step":
        assert {"1.window", "3.window"} <= computed.keys()


def test_c(case: tuple[str, bool], tmp_path: Path) -> None:
    name, reads_out = case
    files = export.to_c(quant.integer(model_of(name, reads_out)), tmp_path, "net", events=events(name))
    sources = [path for path in files if path.suffix == ".c"]
    code, words = said(compiled(sources, tmp_path / "net", *WARNINGS))
    assert code == 0, words


def test_files_and_layers_that_train(case: tuple[str, bool], tmp_path: Path) -> None:
    name, reads_out = case
    network = quant.integer(model_of(name, reads_out))
    export.save_network(network, tmp_path / "x.safetensors")
    again, expected = export.load_network(tmp_path / "x.safetensors"), reference_states(network, events(name))
    model: Any = quant.from_integer(again)
    for found in (reference_states(again, events(name)), reference_states(quant.integer(model), events(name))):
        assert found.keys() == expected.keys()
        for state, array in expected.items():
            assert np.array_equal(found[state], array), state
    assert str(model).count("window_size=") == 2


def test_counts_are_exported(tmp_path: Path) -> None:
    model, x = Counting(), events("usual")
    network = quant.integer(model, example=torch.from_numpy(x).float())
    counts = network.run(x)["counts"]
    spikes = model.spiking(torch.from_numpy(x).float()).detach().numpy().astype(np.int64)
    expected = np.concatenate([spikes[t : t + 5].cumsum(0) for t in range(0, STEPS, 5)])
    assert np.array_equal(counts, expected)
    assert counts.max() > 1
    for form in ("scan", "step"):
        export.to_onnx(network, x.shape, tmp_path / "x.onnx", "integer", form=form)
        outcome = check(by_name("onnxruntime"), network_case(tmp_path / "x.onnx", x, network))
        assert (outcome.status, outcome.reason) == ("agrees", "")
    files = export.to_c(network, tmp_path, "net", events=x)
    code, words = said(compiled([path for path in files if path.suffix == ".c"], tmp_path / "net", *WARNINGS))
    assert code == 0, words


def test_sums_that_are_given_out_are_worth_what_they_are(tmp_path: Path) -> None:
    model, x = model_of("inputs")[:3], events("inputs")
    network = quant.integer(model)
    sums = network.run(x)["2"]
    real = x * model[0].input_step
    assert network.signals["2"].step == 2.0**-15
    assert np.array_equal(model(torch.from_numpy(real).float()).detach().numpy(), sums * np.float32(2.0**-15))
    pairs: tuple[tuple[Any, float], ...] = (("functions", 2.0**-15), ("integer", 1.0))
    for dialect, unit in pairs:
        export.to_onnx(network, x.shape, tmp_path / "x.onnx", dialect)
        given = x if dialect == "integer" else real.astype(np.float32)
        assert np.array_equal(export.run_onnx(tmp_path / "x.onnx", given)["2"], sums * np.float32(unit))


def test_nir_has_no_such_node(tmp_path: Path) -> None:
    pytest.importorskip("nir")
    with pytest.raises(
        ValueError, match="NIR must have a node for its neurons, and has none, got 'neurons with window'"
    ):
        export.to_nir(model_of("usual"), tmp_path / "x.nir")
