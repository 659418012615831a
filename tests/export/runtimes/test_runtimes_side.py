"""The runtimes with installations of their own give what the integer reference gives: `make test-runtimes`."""

from pathlib import Path
from typing import Any

import pytest
from runtime_files import PAIRS, case, runtime

from spikelut.export import runtimes
from spikelut.export.runtimes import _outcome

SIDE = ("onnxruntime-1.16", "iree", "tvm", "qonnx", "ncnn", "node", "web", "chromium")
FLOAT_ONLY = ("ncnn",)

pytestmark = pytest.mark.runtimes


def combinations(expected: bool) -> list[Any]:
    return [(name, *pair) for name in SIDE for pair in PAIRS if (not runtimes.why_not(name, *pair)) == expected]


@pytest.mark.parametrize(("name", "dialect", "form"), combinations(True))
def test_all_that_is_expected_agrees(name: str, dialect: str, form: str, tmp_path: Path) -> None:
    # pnnx cannot convert an output that is also a state, as spikes are that are fed back.
    network = "plain" if name == "ncnn" else "recurrent"
    outcome = runtimes.check(runtime(name), case(network, dialect, form, tmp_path))
    assert (outcome.status, outcome.reason) == ("agrees", "")
    assert outcome.compared > 0


@pytest.mark.parametrize("form", ["scan", "step", "unrolled"])
@pytest.mark.parametrize("name", [name for name in SIDE if name not in FLOAT_ONLY])
@pytest.mark.parametrize("network", ["images", "wide"])
def test_convolutions_and_wide_registers(network: str, name: str, form: str, tmp_path: Path) -> None:
    outcome = runtimes.check(runtime(name), case(network, "integer", form, tmp_path))
    if outcome.status == "not expected":
        pytest.skip(outcome.reason)
    assert (outcome.status, outcome.reason) == ("agrees", "")


@pytest.mark.parametrize(("name", "dialect", "form"), combinations(False))
def test_what_is_not_expected_does_not_run(
    name: str, dialect: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An exception that has become untrue is to be taken out of expected.toml.
    monkeypatch.setattr(_outcome, "why_not", lambda *names: "")
    assert runtimes.check(runtime(name), case("recurrent", dialect, form, tmp_path)).bad


def test_versions_are_those_measured() -> None:
    measured = runtimes.expected_file()["measured"]
    found = {name: runtimes.by_name(name).version() for name in runtimes.names()}
    assert {name: version for name, version in found.items() if version} == {
        name: measured[name] for name, version in found.items() if version
    }
