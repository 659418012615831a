"""The drawing page of the documentation: one file, whose network is the exported C and gives the reference's sums."""

import importlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_site import EXAMPLE, Site
from devtools import Page, chromium
from packages import ROOT

SUMS = """
import { readFileSync } from "node:fs";
import { Network } from "./network_wasm.mjs";
const about = JSON.parse(readFileSync("model/network.json"));
const network = await Network.open(async (path) => readFileSync(path), about);
let [compared, different, nonzero] = [0, 0, 0];
for (const sample of about.samples) {
  const sums = {};
  let states = network.start();
  for (let step = 0; step < about.steps; step++) {
    const found = await network.step(states, sample.image.map((p) => about.events[p][step]));
    states = found.states;
    for (const { name, layer } of network.layers)
      sums[layer] = found.values[name].map((value, i) => value + (sums[layer]?.[i] ?? 0));
  }
  for (const layer in sample.sums) sample.sums[layer].forEach((value, i) => {
    compared++;
    nonzero += value !== 0;
    different += value !== sums[layer][i];
  });
}
console.log(JSON.stringify({ compared, different, nonzero }));
"""


@pytest.fixture(scope="module")
def demo() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs" / "hooks"))
        yield importlib.import_module("demo")


def test_it_is_one_file_that_fetches_nothing(demo: Any) -> None:
    text = demo.page()
    assert len(text) < 100_000
    assert text.count("<script") == 1
    assert 'type="module"' not in text
    assert not re.findall(r"(?:src|href)=[\"'](?!data:)", text)
    assert "connect-src" not in text
    assert "'self'" not in text
    assert not re.search(r"^import |^export ", text, re.MULTILINE)
    assert "ort" not in re.findall(r"import\(", text)


def test_a_module_that_is_imported_otherwise_is_refused(demo: Any) -> None:
    with pytest.raises(ValueError, match="imports must be"):
        demo._linked('import * as all from "./ink.mjs";\n')


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_its_network_gives_the_sums_of_the_reference() -> None:
    command = ["node", "--input-type=module", "-e", SUMS]
    done = subprocess.run(command, cwd=EXAMPLE, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["compared"], found["different"]) == (1380, 0)
    assert found["nonzero"] > 400


@pytest.mark.runtimes
@pytest.mark.skipif(not chromium(), reason="needs Debian's chromium")
def test_it_is_opened_from_a_disk_and_reads_what_is_drawn(demo: Any, tmp_path: Path) -> None:
    (tmp_path / "digits.html").write_text(demo.page(), encoding="utf-8")
    url = (tmp_path / "digits.html").as_uri()
    with Page(tmp_path / "profile") as page:
        site = Site(page, url, {})
        site.open()
        assert page.value("document.getElementById('check').dataset.passed") == "true"
        site.click("#speed input[value='0']")
        assert site.draw([[(0.12, 0), (0.88, 0), (0.4, 1)]]) == "7"
        site.open(width=390, height=844, scheme="dark")
        assert page.value("document.documentElement.scrollWidth") <= 390
        assert page.problems == []
        assert {asked.partition("?")[0] for asked in page.requests if not asked.startswith("data:")} == {url}
