"""What notebooks show of objects: pieces of HTML that stand on their own, whatever names are in them."""

import sys
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
import torch
from graph_models import graph
from torch import nn

from spikelut import hw_profiles, quant, training
from spikelut.surrogates import Arctan, Sigmoid

EVIL = "<script>alert(1)</script> & x"
CURVE = Arctan(alpha=2.0)
LOIHI, RECKON = hw_profiles.load("loihi2"), hw_profiles.load("reckon")
X = (torch.rand(6, 3, 12, generator=torch.Generator().manual_seed(0)) < 0.5).float()


def named(*layers: nn.Module) -> nn.Sequential:
    model = nn.Sequential()
    for i, layer in enumerate(layers):
        model.add_module(f"{EVIL}{i}", layer)
    return model


def converted() -> quant.Conversion:
    return quant.convert(named(nn.Linear(12, 3), quant.FloatLIF(CURVE)), replace(LOIHI, name=EVIL), X)


def trained(*, validated: bool) -> training.Fit:
    data = training.SpikeDataset(X.transpose(0, 1).repeat(4, 1, 1), torch.arange(12) % 3)
    return training.fit(nn.Linear(12, 3), data, val=data if validated else None, epochs=2, progress=False)


def network() -> quant.IntegerNetwork:
    return quant.integer(named(quant.QuantLinear(12, 8, profile=LOIHI), quant.LIF(LOIHI, CURVE)))


def checked() -> quant.ModelCheck:
    return quant.check(named(quant.QuantLinear(12, 8, profile=LOIHI), nn.ReLU()), X)


PLAIN: dict[str, Callable[[], Any]] = {
    "profile": lambda: replace(LOIHI, name=EVIL, title=EVIL, vendor=EVIL),
    "network": network,
    "summary": lambda: network().summary(),
    "conversion": converted,
    "check": checked,
    "comparisons": lambda: quant.compare([CURVE, Sigmoid()], [replace(LOIHI, name=EVIL), RECKON]),
}
DRAWN: dict[str, Callable[[], Any]] = {
    "table": lambda: quant.Table.from_surrogate(CURVE, LOIHI),
    "segments": lambda: quant.Table.from_surrogate(CURVE, RECKON),
    "comparison": lambda: quant.compare(CURVE, replace(LOIHI, name=EVIL)),
    "fit": lambda: trained(validated=True),
    "fit alone": lambda: trained(validated=False),
}
ALL = PLAIN | DRAWN
EMPTY = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """The tags that are open, and texts; AssertionError for tags that do not match, or that load or run something."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "link", "iframe", "img", "object")
        assert not [name for name, value in attrs if name.startswith("on") or name in ("src", "href")]
        self.tags.append(tag)
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)


@pytest.mark.parametrize("name", ALL)
def test_a_page_stands_on_its_own(name: str) -> None:
    thing = ALL[name]()
    text = thing._repr_html_()
    page = Page(text)
    assert "<script>" not in text
    assert page.tags[:2] == ["div", "style"]
    assert page.tags.count("svg") == {"table": 1, "segments": 1, "comparison": 2, "fit": 2, "fit alone": 2}.get(name, 0)
    if name not in ("table", "segments", "fit", "fit alone"):
        assert EVIL in "".join(page.texts)
        assert ("table" in page.tags) == (name != "check")


def test_numbers_are_those_of_the_object() -> None:
    things = {name: make() for name, make in ALL.items()}
    texts = {name: Page(thing._repr_html_()).texts for name, thing in things.items()}
    assert {"256 × u7.6", "1,792 bits", "-4 … 4", "0.03928"} <= set(texts["table"])
    assert {"bits=8, step=2, exponent_min=-8, exponent_max=7, shift=6"} <= set(texts["profile"])
    reach = things["network"].signals[f"{EVIL}0"].largest
    assert {"linear", "LIF", f"sums ±{reach}"} <= set(texts["network"])
    assert f"{things['conversion'].layers[0].scale:.4g}" in texts["conversion"]
    assert "1 to be changed" in texts["check"]
    assert {f"{CURVE}", f"{Sigmoid()}", "reckon"} <= set(texts["comparisons"])
    assert "cosine with the curve" in texts["comparison"]
    best = things["fit"].best
    assert {f"Fit: epoch {best.number}", f"{best.val_accuracy:.2%}"} <= set(texts["fit"])


def test_ids_of_figures_are_their_own() -> None:
    pages = [ALL[name]()._repr_html_() for name in ("table", "segments", "comparison")]
    ids = [{part.split('"')[0] for part in page.split(' id="')[1:]} for page in pages]
    assert all(ids)
    assert not ids[0] & ids[1]
    assert not ids[1] & ids[2]


def test_matplotlib_is_imported_to_draw_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    for make in PLAIN.values():
        assert make()._repr_html_()
    assert not [name for name in sys.modules if name.startswith("matplotlib")]


@pytest.mark.parametrize("name", DRAWN)
def test_without_matplotlib_numbers_are_left(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, module, None)
    page = Page(DRAWN[name]()._repr_html_())
    assert "svg" not in page.tags
    assert "b" in page.tags


@pytest.mark.parametrize("name", ALL)
def test_without_jinja_there_is_text(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "spikelut._html", raising=False)
    monkeypatch.setitem(sys.modules, "jinja2", None)
    thing = ALL[name]()
    assert thing._repr_html_() is None
    formatters = pytest.importorskip("IPython.core.formatters", reason="the group dev is not installed")
    data, _ = formatters.DisplayFormatter().format(thing)
    assert set(data) == {"text/plain"}
    assert data["text/plain"].startswith(f"{type(thing).__name__}(")


def test_networks_that_are_none_are_text() -> None:
    whole, _ = graph("gated")
    fits = quant.integer(whole, example=X[..., :6])
    assert quant.IntegerNetwork(LOIHI, ())._repr_html_() is None
    assert replace(fits, wiring=(("nowhere",),) * len(fits.layers))._repr_html_() is None
