"""The pages that commands write, in Chromium: nothing sticks out, nothing is fetched, text can be read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from devtools import Page, chromium

from spikelut.cli._app import run

pytestmark = [
    pytest.mark.runtimes,
    pytest.mark.skipif(not chromium(), reason="needs Debian's chromium"),
]
# Luminance as WCAG 2 has it; 4.5 is its contrast for ordinary text.
CONTRAST = """(() => {
  const channel = c => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
  const luminance = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
  const ground = luminance(getComputedStyle(document.body).backgroundColor);
  const texts = [...document.querySelectorAll("p, td, th, h1, h2, .card span, svg text")];
  return Math.min(...texts.map(e => {
    const style = getComputedStyle(e), ink = luminance(e.closest("svg") ? style.fill : style.color);
    return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05); }));
})()"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    assert run(["train", "--epochs", "1", "--layers", "16", "--out", str(folder / "run")]) == 0
    assert run(["compare", "arctan", "--profile", "reckon", "--out", str(folder / "compared.html")]) == 0
    grid = ["--entries", "8..32", "--value-bits", "4..6", "--train", "none"]
    assert run(["sweep", *grid, "--out", str(folder / "sweep")]) == 0
    files = {"train": "run/report.html", "compare": "compared.html", "sweep": "sweep/sweep.html"}
    return {name: folder / file for name, file in files.items()}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with Page(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1200])
@pytest.mark.parametrize("name", ["train", "compare", "sweep"])
def test_pages(name: str, width: int, scheme: str, pages: dict[str, Path], browser: Page) -> None:
    browser.size(width, 900, scheme)
    browser.problems.clear()
    browser.requests.clear()
    browser.ask("Page.navigate", url=pages[name].as_uri())
    browser.wait("document.readyState === 'complete' && document.querySelector('svg') !== null")
    assert browser.problems == []
    # Pictures inside the page are data: of its own.
    assert {url for url in browser.requests if not url.startswith("data:")} <= {pages[name].as_uri()}
    assert browser.value("document.documentElement.scrollWidth <= window.innerWidth")
    ground = browser.value("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    contrast = browser.value(CONTRAST)
    assert contrast >= 4.5, contrast
