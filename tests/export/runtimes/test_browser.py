"""examples/browser: what its export script writes, and the page in Chromium with digits drawn by mouse."""

import http.server
import importlib.util
import json
import math
import re
import threading
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from browser_site import EXAMPLE, ORT, Handler, Points, Site
from devtools import Page, chromium

from spikelut import hw_profiles, quant, surrogates
from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.train.network import Builder, Shape, build_network
from spikelut.export import to_onnx

MAX_BYTES = 40_000


def model_files(folder: Path) -> dict[str, bytes]:
    """The files of a model as the page asks for them."""
    return {f"model/{file.name}": file.read_bytes() for file in folder.iterdir()}


def stepped(network: bytes, about: dict[str, Any], image: list[int]) -> dict[str, list[int]]:
    """The sums over the steps that onnxruntime gives, by layer; the states go from one step to the next."""
    session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
    types = {"tensor(uint8)": np.uint8, "tensor(int32)": np.int32, "tensor(int64)": np.int64}
    first, *states = session.get_inputs()
    held = {port.name: np.zeros([1, *port.shape[1:]], types[port.type]) for port in states}
    names = [port.name for port in session.get_outputs()]
    sums: dict[str, list[int]] = {}
    for step in range(about["steps"]):
        events = [about["events"][pixel][min(step, len(about["events"][0]) - 1)] for pixel in image]
        given = np.array(events, types[first.type]).reshape(1, *first.shape[1:])
        found = dict(zip(names, session.run(names, {first.name: given, **held}), strict=True))
        held = {name: found[f"{name}.next"] for name in held}
        for name in names:
            if not name.endswith(".next"):
                layer = name.split(".", 1)[1]
                values = found[name][0].astype(int).tolist()
                sums[layer] = [a + b for a, b in zip(sums.get(layer, [0] * len(values)), values, strict=True)]
    return sums


def check_model(files: dict[str, bytes]) -> dict[str, Any]:
    """The samples of a model against onnxruntime; what its JSON says."""
    about: dict[str, Any] = json.loads(files["model/network.json"])
    assert len(about["samples"]) == 10
    for sample in about["samples"]:
        assert stepped(files["model/network.onnx"], about, sample["image"]) == sample["sums"]
        assert sample["answer"] == int(np.argmax(list(sample["sums"].values())[-1]))
    return about


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A model as unlike the first as can be: graded spikes, the same in each step, and membranes as scores."""
    folder = tmp_path_factory.mktemp("other")
    recipe = Recipe(layers="24,16", coding="constant", steps=6, readout="membrane")
    profile = hw_profiles.load("reckon")
    slope = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    torch.manual_seed(0)
    network = build_network(Builder(recipe, profile, slope, 8), Shape((64,), 10, 2.0**-recipe.input_bits, recipe.steps))
    with torch.no_grad():
        for weights in network.parameters():
            weights.mul_(2)  # else untrained neurons are silent for some images
    to_onnx(network, (1, 1, 64), folder / "model.onnx", "functions")
    record = {
        "data": {"name": "digits", "test_samples": 360},
        "network": {"name": "64-24-16-10", "weight_bits": 8},
        "profile": asdict(profile),
        "recipe": asdict(recipe),
        "results": {"accuracy_table": 0.1},
    }
    (folder / "run.json").write_text(json.dumps(record))
    spec = importlib.util.spec_from_file_location("export_model", EXAMPLE / "export_model.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.write_model(folder, folder / "model")
    return model_files(folder / "model")


def test_the_model_in_the_tree_gives_what_the_reference_gave() -> None:
    files = model_files(EXAMPLE / "model")
    assert sum(map(len, files.values())) < MAX_BYTES
    about = check_model(files)
    assert (about["name"], about["steps"]) == ("64-128-10", 16)
    # Evenly spaced: floor(p * t + 1/2) spikes up to step t.
    for level, events in enumerate(about["events"]):
        assert np.cumsum(events).tolist() == [(2 * level * t + 16) // 32 for t in range(1, 17)]


def test_another_network_is_exported(other: dict[str, bytes]) -> None:
    about = check_model(other)
    assert (about["name"], about["steps"], about["profile"]) == ("64-24-16-10", 6, "reckon")
    assert all(any(sample["sums"]["readout"]) for sample in about["samples"])
    assert about["events"] == [[round(level * 15 / 16)] for level in range(17)]


def arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Points:
    """A part of an ellipse, by degrees clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 13))
    return [(x + width * math.cos(a), y + height * math.sin(a)) for a in angles]


# Strokes in a box of 1 x 1, y down, as digits are commonly written.
DIGITS: dict[int, list[Points]] = {
    0: [arc(0.5, 0.5, 0.33, 0.5, -90, 270)],
    1: [[(0.35, 0.2), (0.55, 0), (0.55, 1)]],
    2: [[*arc(0.5, 0.28, 0.36, 0.28, -170, 40), (0.15, 1), (0.9, 1)]],
    3: [[*arc(0.45, 0.26, 0.32, 0.26, -150, 90), *arc(0.45, 0.75, 0.38, 0.25, -90, 150)]],
    4: [[(0.2, 0), (0.1, 0.55), (0.9, 0.55)], [(0.68, 0.1), (0.68, 1)]],
    5: [[(0.25, 0), (0.2, 0.45), *arc(0.45, 0.69, 0.36, 0.3, -125, 140)], [(0.25, 0), (0.85, 0.02)]],
    6: [[(0.7, 0.02), (0.45, 0.15), (0.25, 0.4), (0.18, 0.65), *arc(0.5, 0.72, 0.32, 0.28, 180, -180)]],
    7: [[(0.12, 0), (0.88, 0), (0.4, 1)]],
    8: [[(0.5 + 0.28 * math.sin(2 * t), 0.5 - 0.5 * math.cos(t)) for t in np.linspace(0, 2 * math.pi, 33)]],
    9: [[*arc(0.48, 0.28, 0.3, 0.28, 0, -360), (0.78, 0.28), (0.72, 1)]],
}


@pytest.fixture(scope="module")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if not chromium():
        pytest.skip("chromium is not installed")
    if not any(folder.is_dir() for folder in ORT):
        pytest.skip("onnxruntime-web is not there (make browser)")
    replaced: dict[str, bytes | None] = {}
    handler = type("SiteHandler", (Handler,), {"replaced": replaced})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(EXAMPLE))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            with Page(tmp_path_factory.mktemp("profile")) as page:
                yield Site(page, f"http://127.0.0.1:{server.server_address[1]}/", replaced)
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def site(shared_site: Site) -> Site:
    """The page with its own files, and nothing noted yet."""
    shared_site.replaced.clear()
    shared_site.page.problems.clear()
    shared_site.page.requests.clear()
    return shared_site


@pytest.mark.runtimes
def test_drawn_digits_are_told(site: Site) -> None:
    site.open()
    site.click("#speed input[value='0']")
    answers = {}
    for digit, strokes in DIGITS.items():
        site.click("#clear")
        site.page.wait("document.body.dataset.state === 'ready'")
        answers[digit] = site.draw(strokes)
    assert answers == {digit: str(digit) for digit in DIGITS}
    assert site.page.problems == []
    assert {url.startswith((site.url, "data:")) for url in site.page.requests} == {True}


@pytest.mark.runtimes
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1280, 900), (390, 844)])
def test_samples_give_the_sums_of_the_reference(
    site: Site, width: int, height: int, scheme: str, tmp_path: Path
) -> None:
    site.open(width=width, height=height, scheme=scheme)
    assert site.page.value("document.getElementById('check').dataset.passed") == "true"
    assert re.fullmatch(r"yes, all 1,380 sums of 10 test images, of which \d\d % are not zero", site.text("check"))
    assert site.page.value("document.documentElement.scrollWidth") <= width
    about = json.loads((EXAMPLE / "model" / "network.json").read_bytes())
    sample = about["samples"][4]
    site.click("#samples button:nth-child(5)")
    site.done()
    assert site.text("answer") == str(sample["answer"])
    shown = site.page.value("[...document.querySelectorAll('#bars .value')].map(e => Number(e.textContent))")
    assert shown == sample["sums"]["lif2"]
    assert site.text("total") == str(sum(map(sum, sample["sums"].values())))
    picture = site.page.screenshot()
    assert picture.startswith(b"\x89PNG")
    (tmp_path / f"{width}-{scheme}.png").write_bytes(picture)


@pytest.mark.runtimes
def test_a_wrong_sum_is_told(site: Site) -> None:
    about = json.loads((EXAMPLE / "model" / "network.json").read_bytes())
    about["samples"][3]["sums"]["lif1"][7] += 1
    site.replaced["model/network.json"] = json.dumps(about).encode()
    site.open()
    assert site.page.value("document.getElementById('check').dataset.passed") == "false"
    assert site.text("check") == "no, 1 of 1380 sums differ"


@pytest.mark.runtimes
def test_another_network_runs(site: Site, other: dict[str, bytes]) -> None:
    site.replaced.update(other)
    site.open()
    assert site.page.value("document.getElementById('check').dataset.passed") == "true"
    assert site.page.value("document.querySelectorAll('#rasters canvas').length") == 4
    sample = json.loads(other["model/network.json"])["samples"][2]
    site.click("#samples button:nth-child(3)")
    site.done()
    assert site.text("answer") == str(sample["answer"])
    assert site.page.problems == []


@pytest.mark.runtimes
def test_a_sample_is_chosen_by_keyboard_and_cleared(site: Site) -> None:
    site.open()
    for _ in range(3):  # clear, speed, the first sample
        for kind in ("rawKeyDown", "keyUp"):
            site.page.ask("Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9)
    assert site.page.value("document.activeElement.getAttribute('aria-label')") == "Test image of a 0"
    for kind in ("keyDown", "keyUp"):
        site.page.ask("Input.dispatchKeyEvent", type=kind, key="Enter", text="\r", windowsVirtualKeyCode=13)
    site.done()
    assert site.text("answer") == "0"
    site.click("#clear")
    site.page.wait("document.body.dataset.state === 'ready'")
    assert (site.text("answer"), site.text("total")) == ("–", "–")


@pytest.mark.runtimes
def test_clearing_ends_a_slow_run(site: Site) -> None:
    site.open()
    site.click("#speed input[value='400']")
    site.click("#samples button")
    site.page.wait("document.getElementById('clock').textContent.startsWith('step 2 ')")
    site.click("#clear")
    site.page.wait("document.body.dataset.state === 'ready'", seconds=3)  # the run would take twice that
    assert (site.text("answer"), site.text("clock")) == ("–", "")


@pytest.mark.runtimes
@pytest.mark.parametrize("missing", ["model/network.json", "model/network.onnx", "ort/ort.wasm.min.mjs"])
def test_what_is_missing_is_told(missing: str, site: Site) -> None:
    site.replaced[missing] = None
    site.open("error")
    assert site.text("message").startswith(f"{missing} is missing")


@pytest.mark.runtimes
def test_a_browser_without_webassembly_is_told(site: Site) -> None:
    source = "delete globalThis.WebAssembly"
    added = site.page.ask("Page.addScriptToEvaluateOnNewDocument", source=source)
    try:
        site.open("error")
    finally:
        site.page.ask("Page.removeScriptToEvaluateOnNewDocument", identifier=added["identifier"])
    assert "no WebAssembly" in site.text("message")
