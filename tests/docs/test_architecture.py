"""docs/architecture.md is true: its paths, its lists of files, and what a call really goes through."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from packages import MODULES, ROOT
from torch import Tensor, nn

import spikelut
from spikelut import export, hw_profiles, native, quant, surrogates
from spikelut.native import _library
from spikelut.quant.backends.native import fed_back, integer_lif
from spikelut.quant.weights import spike_sums
from spikelut.surrogates import Surrogate, param

PAGE = ROOT / "docs" / "architecture.md"
TEXT = PAGE.read_text(encoding="utf-8")
PATH = re.compile(r"`([\w.]+(?:/[\w.]+)+/?|\w+\.(?:md|toml|py|yml))`")
SECTIONS = dict(re.findall(r"^#+ (.*)\n((?:(?!^#).*\n)*)", TEXT, re.MULTILINE))
SOURCES = [str(path.relative_to(ROOT)) for path in MODULES.values()]


def rows(section: str) -> dict[str, list[str]]:
    """The rows of its table below the head, by the first cell."""
    lines = [line for line in SECTIONS[section].splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
    return {first: others for first, *others in cells}


def listed(section: str) -> list[str]:
    """The files that its numbered lines begin with."""
    return re.findall(r"^\d+\. `([\w./]+)`", SECTIONS[section], re.MULTILINE)


def named(row: str) -> set[str]:
    """The files of a row of "Where to add", what comes after a semicolon apart."""
    return set(PATH.findall(rows("Where to add")[row][1].split(";")[0]))


def test_every_path_exists() -> None:
    paths = PATH.findall(TEXT)
    assert len(paths) > 100
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_room_is_described() -> None:
    folders = {str(Path(path).parent) for path in SOURCES}
    inner = ("quant/backends/", "spikelut/cli/")  # of which the line of the folder above says what they are
    rooms = {f for f in folders if f not in ("quant", "export", "spikelut") and not f.startswith(inner)}
    assert {name.strip("`") for name in rows("The rooms")} == rooms
    for folder in folders - rooms:
        assert folder.rpartition("/")[2] in SECTIONS["The rooms"]


def test_rooms_of_quant_import_those_below() -> None:
    diagram = SECTIONS["The rooms"].split("```")[1].split("  surrogates  ")[0]
    levels = [set(re.findall(r"\b[a-z]+\b", line)) for line in diagram.split("  quant  ")[1].splitlines()]
    rooms = {path.split("/")[1] for path in SOURCES if path.startswith("quant/") and path.count("/") > 1}
    level = {room: next(i for i, names in enumerate(levels) if room in names) for room in rooms}
    assert len(level) == 17
    for path in SOURCES:
        if path.startswith("quant/") and path.count("/") > 1:
            room = path.split("/")[1]
            used = set(re.findall(r"from spikelut\.quant\.(\w+)", (ROOT / path).read_text(encoding="utf-8")))
            assert all(level[room] < level[other] for other in used & rooms - {room}), path


def files_at(functions: set[str], call: Callable[[], object]) -> set[tuple[str, ...]]:
    """The files that lead from `call` to a function of that name, in the order of the calls, for each way there is."""
    found = set()

    def note(frame: object, event: str, _: object) -> None:
        if event != "call" or frame.f_code.co_name not in functions:  # type: ignore[attr-defined]
            return
        files = []
        while frame is not None:
            files.append(os.path.realpath(frame.f_code.co_filename))  # type: ignore[attr-defined]
            frame = frame.f_back  # type: ignore[attr-defined]
        own = [file.removeprefix(f"{ROOT}{os.sep}") for file in reversed(files)]
        own = [file for file in own if file in SOURCES]
        found.add(tuple(a for a, b in pairwise([*own, ""]) if a != b))

    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(None)
    return found


@dataclass
class Trained:
    """A layer of neurons and a training step of it, in two parts."""

    layer: quant.LIF
    current: Tensor
    out: Tensor | None = None

    def forward(self) -> None:
        self.out = self.layer(self.current)

    def backward(self) -> None:
        assert self.out is not None
        torch.autograd.backward(self.out.sum())


@pytest.fixture
def trained() -> Trained:
    profile = hw_profiles.load("loihi2")
    layer = quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(), profile))
    return Trained(layer, torch.randn(5, 3, 4, requires_grad=True))


@pytest.fixture
def torch_alone() -> Iterator[None]:
    before = spikelut.get_backend()
    spikelut.set_backend("torch")
    yield
    spikelut.set_backend(before)


@pytest.mark.skipif(native.library() is None, reason="there is no compiled library")
def test_the_way_of_a_training_step_compiled(trained: Trained) -> None:
    for section, call in (("Forward, compiled", trained.forward), ("Backward, compiled", trained.backward)):
        trained.forward()  # the kernel is looked up once
        ways = files_at({"library"}, call)
        assert ways == {tuple(listed(section))}
        assert all(len(way) <= 5 for way in ways)


@pytest.mark.usefixtures("torch_alone")
def test_the_way_of_a_training_step_in_torch(trained: Trained) -> None:
    # ReckOn's membranes leak last, so that their step is run operation by operation.
    trained.layer = quant.LIF(hw_profiles.load("reckon"), surrogates.Arctan())
    for section, call in (("Forward, in torch", trained.forward), ("Backward, in torch", trained.backward)):
        ways = files_at({"lif_step", "lif_backward"}, call)
        assert ways == {tuple(listed(section))}
        assert all(len(way) <= 5 for way in ways)


def test_the_way_of_an_export(tmp_path: Path) -> None:
    profile = hw_profiles.load("generic16")
    model = nn.Sequential(quant.QuantLinear(4, 3, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    network = quant.integer(model)
    onnx = files_at({"lif_step"}, lambda: export.to_onnx(network, (5, 1, 4), tmp_path / "m.onnx", dialect="integer"))
    assert onnx == {tuple(listed("To ONNX"))}
    c = files_at({"lif_step"}, lambda: export.to_c(network, tmp_path, "net"))
    c = {tuple(file for file in way if file != "spikelut/_extras.py") for way in c}
    # The other ways are those of the self-test, which runs the reference.
    assert tuple(listed("To C")) in c
    assert all("quant/network/layers.py" in way for way in c - {tuple(listed("To C"))})


def test_numbers_of_files_are_those_listed() -> None:
    for row, (number, _) in rows("Where to add").items():
        count = int(number.removeprefix("+ "))
        assert count == len(named(row)) or (count == 1 and len(named(row)) <= 1), row


# What a member of the kind in question is called where code knows it, and the rows of the page that list these files.
WITNESSES = {
    r"SoftSign|soft_sign": ["a shipped surrogate"],
    r'"relax"': [
        "a leak, as a function of the state alone",
        "a leak that changes the order of a step, as `relax` does",
    ],
    r"half_away": ["a rounding mode"],
    r'"arith"|\bArith\b': ["an ONNX dialect"],
    r"\bOpenVino\b|openvino": ["a runtime in Python"],
    r"SumPool2d": ["a layer between neurons", "the same from floats, NIR and the command line"],
}


@pytest.mark.parametrize("witness", WITNESSES)
def test_files_that_know_a_member_are_those_listed(witness: str) -> None:
    known = {path for path in SOURCES if re.search(witness, (ROOT / path).read_text(encoding="utf-8"))}
    assert known == set().union(*(named(row) for row in WITNESSES[witness]))


def test_numbers_that_c_and_python_share() -> None:
    c = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "spikelut" / "native" / "src").glob("*.[ch]")}
    assert re.findall(r"spikelut_abi\(void\) \{ return (\d+); \}", c["abi.c"]) == [str(_library.ABI)]
    assert re.findall(r"NO_MEMORY = (\d+)", c["integer_lif.c"]) == [str(integer_lif.NO_MEMORY)]
    pairs = (
        (spike_sums.FILL, "FILL"),
        (fed_back.FILL, "FILL"),
        (spike_sums.MOST_INPUTS, "MOST_INPUTS"),
        (fed_back.BLOCK, "BLOCK"),
        (fed_back.WIDEST, "WIDEST"),
    )
    for number, name in pairs:
        found = "".join(c[file] for file in ("spike_loops.h", "product.h", "common.h"))
        assert re.findall(rf"#define {name} (\d+)", found) == [str(number)]


def test_a_profile_is_one_file(tmp_path: Path) -> None:
    text = (ROOT / "hw_profiles" / "generic8.toml").read_text(encoding="utf-8")
    path = tmp_path / "mine.toml"
    path.write_text(
        text.replace('name = "generic8"', 'name = "mine"').replace("bits = 16", "bits = 18"), encoding="utf-8"
    )
    profile = hw_profiles.load(path)
    assert profile.name == "mine"
    assert profile.membrane_format.bits == 18
    weights = quant.QuantLinear(6, 8, profile=profile)
    nn.init.uniform_(weights.weight, -0.5, 1.0, generator=torch.Generator().manual_seed(2))
    model = nn.Sequential(
        weights,
        quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(), profile), beta=0.75),
    )
    x = (torch.rand(20, 4, 6, generator=torch.Generator().manual_seed(1)) < 0.5).float()
    out = model(x)
    torch.autograd.backward(out.sum())
    assert weights.weight.grad is not None
    assert weights.weight.grad.count_nonzero()
    network = quant.integer(model)
    (spikes,) = network.run(x.numpy()).values()
    assert np.array_equal(spikes, out.detach().numpy())
    export.to_onnx(network, x, tmp_path / "m.onnx", dialect="integer")
    count = export.count_differences(network.run(x.numpy()), export.run_onnx(tmp_path / "m.onnx", x.numpy()))
    assert count.different == 0
    assert count.nonzero > 100


@dataclass(frozen=True)
class Triangle(Surrogate):
    """A curve that the library does not know."""

    width: float = param(1.0, gt=0)

    def surrogate_grad(self, x: Tensor) -> Tensor:
        return torch.relu(1 - x.abs() / self.width) / self.width


@pytest.mark.parametrize("name", ["generic8", "reckon"])
def test_a_surrogate_is_one_class(name: str) -> None:
    """It is a spike function, a curve of layers and of tables."""
    x = torch.linspace(-2, 2, 81, requires_grad=True)
    curve, profile = Triangle(width=1.5), hw_profiles.load(name)
    torch.autograd.backward(curve(x).sum())
    assert x.grad is not None
    assert x.grad.count_nonzero() > 50
    assert torch.equal(x.grad, curve.surrogate_grad(x.detach()))
    comparison = quant.compare(curve, profile)
    assert comparison.max_abs_error <= quant.Table.from_surrogate(curve, profile).error_bound
    current = torch.linspace(-1, 2, 180).reshape(9, 4, 5).requires_grad_()
    torch.autograd.backward(quant.LIF(profile, quant.LUTSurrogate(curve, profile))(current).sum())
    assert current.grad is not None
    assert current.grad.count_nonzero()


@pytest.mark.parametrize("page", [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))])
def test_paths_on_other_pages_exist(page: Path) -> None:
    first = {entry.name for entry in ROOT.iterdir()} - {"runs", "build"}
    paths = [p for p in PATH.findall(page.read_text(encoding="utf-8")) if p.split("/")[0] in first and "/" in p]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_files_in_comments_exist() -> None:
    """What comments and docstrings call a file is one; what a user names is `NAME.h`."""
    folders = ("benchmarks", "surrogates", "hw_profiles", "quant", "export", "spikelut")
    files = {f"/{path.relative_to(ROOT)}" for folder in folders for path in (ROOT / folder).rglob("*.*")}
    wrong = []
    for path in [*MODULES.values(), *(ROOT / "spikelut" / "native" / "src").glob("*.[ch]")]:
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:\w+/)*\w+\.(?:py|c|h))`", text):
            if not name.startswith("NAME") and not any(file.endswith(f"/{name}") for file in files):
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert wrong == []
