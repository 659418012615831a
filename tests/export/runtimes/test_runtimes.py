"""The runtimes that are packages beside ours give what the integer reference gives."""

import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from runtime_files import NETWORKS, PAIRS, case, runtime

from spikelut import export
from spikelut.export import runtimes
from spikelut.export.c.emx import c_model
from spikelut.export.onnx_graph.safe_load import load_model
from spikelut.export.runtimes import _outcome
from spikelut.export.runtimes._outcome import Tally, compare
from spikelut.export.runtimes._side import Tract
from spikelut.export.runtimes._worker import Worker

CORE = ("onnxruntime", "reference", "c", "openvino", "tract")
EXCEPTIONS = runtimes.expected_file()["exception"]
# emx-onnx-cgen takes seconds for a file; all of them are run with the marker.
OFTEN = [("recurrent", "integer", "step"), ("images", "integer", "scan"), ("wide", "flat", "step")]


def combinations() -> list[Any]:
    """Runtime, network, dialect, form; what takes long is marked."""
    found = []
    for row in product(CORE, ("recurrent", "images", "wide"), PAIRS):
        name, network, pair = row
        long = name == "c" and (network, *pair) not in OFTEN
        # float32 does not hold those codes; OpenVINO's and tract's int64 are wrong, see below.
        never = network == "wide" and (pair[0] == "arith" or name in ("openvino", "tract"))
        if not runtimes.why_not(name, *pair) and not never:
            found.append(pytest.param(name, network, *pair, marks=[pytest.mark.runtimes] if long else []))
    return found


@pytest.mark.parametrize(("name", "network", "dialect", "form"), combinations())
def test_all_that_is_expected_agrees(name: str, network: str, dialect: str, form: str, tmp_path: Path) -> None:
    outcome = runtimes.check(runtime(name), case(network, dialect, form, tmp_path))
    assert (outcome.status, outcome.reason) == ("agrees", "")
    assert outcome.compared > 0
    assert outcome.oracle == "integer reference"


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.runtimes] if n == "tract" else []) for n in CORE])
def test_what_is_not_expected_does_not_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # An exception that has become untrue is to be taken out of expected.toml.
    monkeypatch.setattr(Tract, "patience", 3.0)
    monkeypatch.setattr(_outcome, "why_not", lambda *names: "")
    for dialect, form in PAIRS:
        if runtimes.why_not(name, dialect, form):
            made = case("recurrent", dialect, form, tmp_path)
            found = runtimes.check(runtime(name), made)
            assert found.bad, f"{name} runs {dialect} {form}: take it out of expected.toml"


@pytest.mark.parametrize("name", CORE)
@pytest.mark.parametrize("dialect", ["integer", "qcdq"])
def test_weights_in_four_bits(name: str, dialect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = case("four bits", dialect, "step", tmp_path, packed=True)
    expected = not runtimes.why_not(name, dialect, "step", made.file.operators)
    assert expected == (name in ("onnxruntime", "openvino") or (name, dialect) == ("reference", "integer"))
    # Opset 21, which that takes, has the DequantizeLinear that the reference evaluator knows.
    if (name, dialect) == ("reference", "qcdq"):
        return
    monkeypatch.setattr(_outcome, "why_not", lambda *names: "")
    assert (runtimes.check(runtime(name), made).status == "agrees") == expected


def test_openvino_has_32_bits_only(tmp_path: Path) -> None:
    made = case("wide", "integer", "step", tmp_path)
    found = runtimes.check(runtime("openvino"), made)
    assert (found.status, found.reason[:40]) == ("not expected", "computes 64-bit integers in 32 bits, whi")
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Mul", ["input", "input"], ["out"])],
        "square",
        [onnx.helper.make_tensor_value_info("input", onnx.TensorProto.INT64, [1])],
        [onnx.helper.make_tensor_value_info("out", onnx.TensorProto.INT64, [1])],
    )
    opsets = [onnx.helper.make_opsetid("", 13)]
    onnx.save(onnx.helper.make_model(graph, opset_imports=opsets, ir_version=8), tmp_path / "square.onnx")
    with runtime("openvino").session(tmp_path / "square.onnx") as session:
        (out,) = session({"input": np.array([2**17], np.int64)}).values()
    # An exception that has become untrue is to be taken out of expected.toml.
    assert int(out[0]) != 2**34


@pytest.mark.parametrize("dialect", ["integer", "flat"])
def test_tract_is_wrong_about_negative_64_bit_integers(
    dialect: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = case("wide", dialect, "step", tmp_path)
    found = runtimes.check(runtime("tract"), made)
    assert (found.status, found.reason[:40]) == ("not expected", "gives the Mod of negative 64-bit integer")
    # An exception that has become untrue is to be taken out of expected.toml.
    monkeypatch.setattr(_outcome, "why_not", lambda *names: "")
    found = runtimes.check(runtime("tract"), made)
    assert (found.status, "1.mem" in found.reason) == ("differs", True)


def test_expected_file() -> None:
    dialects, forms = {d for d, _ in PAIRS} | {"table", "train-step"}, {f for _, f in PAIRS} | {"train-step"}
    for entry in EXCEPTIONS:
        assert set(entry) <= {"runtimes", "dialects", "forms", "operator", "reason"}
        assert set(entry["runtimes"]) <= set(runtimes.names())
        assert set(entry.get("dialects", [])) <= dialects
        assert set(entry.get("forms", [])) <= forms
        assert entry["reason"]
    assert set(runtimes.expected_file()["measured"]) == set(runtimes.names())
    assert runtimes.why_not("tract", "integer", "scan") == "lacks Scan"
    assert not runtimes.why_not("onnxruntime", "functions", "scan")
    assert not runtimes.why_not("tvm", "integer", "step", ["Conv"])
    assert runtimes.why_not("tvm", "integer", "step", ["Mul", "ConvInteger"]) == "lacks ConvInteger of int8 weights"


def test_differences_are_counted(tmp_path: Path) -> None:
    made = case("recurrent", "flat", "scan", tmp_path)
    with runtime("onnxruntime").session(made.path) as session:
        outputs = made.run(session)

    def tally(*runs: dict[str, Any]) -> Tally:
        return compare(made.expected, made.slack, *runs)

    assert (tally(outputs).different, tally(outputs).largest, str(tally(outputs))) == (0, 0.0, "")
    expected = list(made.expected.values())
    assert tally(outputs).compared == sum(array.size for array in expected)
    assert tally(outputs).nonzero == sum(np.count_nonzero(array) for array in expected)
    spikes, membrane = next(iter(outputs)), list(outputs)[-1]
    assert membrane.startswith("membrane.")
    size = outputs[spikes].size
    other = {**outputs, spikes: 1 - outputs[spikes]}
    assert tally(other, outputs).differing == tally(outputs, other).differing == ((spikes, size),)
    step = 2.0**-12
    near = tally({**outputs, membrane: outputs[membrane] + step / 4})
    assert (near.different, near.largest) == (0, step / 4)
    assert tally({**outputs, membrane: outputs[membrane] + step}).different == outputs[membrane].size
    assert tally({**outputs, membrane: outputs[membrane] * np.nan}).different == outputs[membrane].size
    with pytest.raises(ValueError, match=r"must have shape"):
        tally({**outputs, membrane: outputs[membrane][:1]})
    changed = replace(made, expected={**made.expected, spikes: 1 - made.expected[spikes]})
    outcome = runtimes.check(runtime("onnxruntime"), changed)
    assert (outcome.status, outcome.bad, outcome.different) == ("differs", True, size)
    assert outcome.reason == f"{size} of {outcome.compared} values differ ({spikes}: {size})"


def test_a_fixed_number_of_samples_is_run_in_parts(tmp_path: Path) -> None:
    made = case("recurrent", "integer", "step", tmp_path, samples=5)
    model = load_model(made.path)
    shapes = {p.name: tuple(2 if n == "B" else int(n) for n in p.shape) for p in made.file.inputs}
    onnx.save(runtimes.fixed_shapes(model, shapes), tmp_path / "two.onnx")
    fixed = replace(made, path=tmp_path / "two.onnx", file=runtimes.describe(load_model(tmp_path / "two.onnx")))
    outcome = runtimes.check(runtime("onnxruntime"), fixed)
    assert (outcome.status, outcome.samples) == ("agrees", 5)


def test_shapes_and_events_that_do_not_fit(tmp_path: Path) -> None:
    made = case("recurrent", "integer", "unrolled", tmp_path)
    model = load_model(made.path)
    for shapes, message in (
        ({"other": (4, 2, 5)}, "inputs must be input, got"),
        ({"input": (4, 2)}, "input must have 3 dimensions, got"),
        ({"input": (3, 2, 5)}, r"input must fit \[4, B, 5\], got \(3, 2, 5\)"),
    ):
        with pytest.raises(ValueError, match=f"^fixed_shapes: {message}"):
            runtimes.fixed_shapes(model, shapes)
    for events, message in (
        (np.zeros((4, 2, 5)), "events must be uint8, got"),
        (np.zeros((4, 2, 6), np.uint8), r"events must be \[4, B, 5\], got"),
        (np.zeros((5, 2, 5), np.uint8), r"events must be \[4, B, 5\], got"),
        (np.zeros((4, 5), np.uint8), r"events must be \[4, B, 5\], got"),
    ):
        with pytest.raises(ValueError, match=f"^replay: {message}"):
            runtimes.replay(lambda inputs: {}, made.file, events)
    with pytest.raises(ValueError, match=r"by_name: runtime must be one of onnxruntime, .*, got 'ort'"):
        runtimes.by_name("ort")
    with pytest.raises(ValueError, match=r"outputs must be those of the layers 1, got 'spikes.3'"):
        runtimes.network_case(made.path, made.inputs["input"], NETWORKS["wide"]())
    free = runtimes.describe(load_model(case("images", "integer", "scan", tmp_path).path))
    with pytest.raises(ValueError, match="height and width must be known"):
        runtimes.random_events(free, 1, 1, 0)


def test_other_files_are_compared_with_onnxruntime(tmp_path: Path) -> None:
    export.to_onnx(NETWORKS["recurrent"](), (4, 2, 5), tmp_path / "x.onnx", "table")
    made = runtimes.peer_case(tmp_path / "x.onnx", 50, 0)
    assert not runtimes.is_network(made.file)
    outcome = runtimes.check(runtime("reference"), made)
    assert (outcome.status, outcome.oracle, outcome.compared) == ("agrees", "onnxruntime", 50)


HOSTILE = 'x*/ int f(void) { return system("touch harm"); } /*'


@pytest.mark.parametrize("place", ["node", "value", "attribute", "bytes"])
def test_no_c_hides_in_names(place: str, tmp_path: Path) -> None:
    name = HOSTILE if place == "value" else "x"
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1]) for n in (name, "y")]
    value: Any = None
    if place == "bytes":
        value = helper.make_tensor("v", TensorProto.INT32, [1], np.frombuffer(b"*/?!", np.int32).tobytes(), raw=True)
    nodes = {
        "node": [helper.make_node("Abs", [name], ["y"], name=HOSTILE)],
        "value": [helper.make_node("Abs", [name], ["y"])],
        "attribute": [helper.make_node("Abs", [name], ["y"], note=HOSTILE)],
        "bytes": [
            helper.make_node("Constant", [], ["n"], value_ints=[1]),
            helper.make_node("ConstantOfShape", ["n"], ["c"], value=value),
            helper.make_node("Cast", ["c"], ["d"], to=TensorProto.FLOAT),
            helper.make_node("Add", [name, "d"], ["y"]),
        ],
    }
    graph = helper.make_graph(nodes[place], "*/", ends[:1], ends[1:], doc_string="*/")
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], doc_string="*/")
    helper.set_model_props(model, {"spikelut.profile": "*/"})
    if place == "bytes":
        assert "*/?!" not in c_model(model, "f", heap=True).source
    else:
        with pytest.raises(ValueError, match="names must be of letters, digits and"):
            c_model(model, "f", heap=True)


PROGRAMS: list[tuple[str, str]] = [
    ("raise SystemExit(3)", "its process ended with 3:"),
    ("import sys; sys.stderr.write('no such\\nlibrary'); sys.exit(1)", "its process ended with 1: no such library"),
    ("import time; time.sleep(60)", "no answer within 1 s"),
]


def worker(program: str, folder: Path, stack: ExitStack, see: Callable[[str], None] = lambda url: None) -> Worker:
    import sys

    def command(url: str) -> list[str]:
        see(url)
        return [sys.executable, "-c", program]

    made = Worker(command, folder, {"": folder})
    stack.callback(made.close)
    return made


@pytest.mark.parametrize(("program", "message"), PROGRAMS)
def test_workers_that_fail(program: str, message: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        made = worker(program, tmp_path, stack)
        made.patience = 1.0 if "sleep" in program else 30.0
        with pytest.raises(RuntimeError, match=message):
            made.ask({"do": "run"}, {})


def test_a_page_gets_the_files_it_may_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("hello")
    (tmp_path.parent / "secret.txt").write_text("secret")
    urls: list[str] = []
    with ExitStack() as stack:
        worker("import time; time.sleep(60)", tmp_path, stack, urls.append)
        (url,) = urls
        assert url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(f"{url}page.html") as response:
            assert response.read() == b"hello"
        top = url[: url.index("/", 8)]
        others = ("absent", "../secret.txt", "..%2fsecret.txt", "other/page.html", "")
        for address in [*(url + path for path in others), f"{top}/page.html", f"{top}/other/page.html", f"{top}/"]:
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(address)
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{top}/next", b"")
