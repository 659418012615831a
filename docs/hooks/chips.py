"""Parts of the pages about chips: the layers a profile takes, what is not claimed of it, what it was compared with."""

import contextlib
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import yaml
from from_code import _escaped as escaped
from from_code import _profiles_shipped as shipped
from from_code import table

from spikelut import quant, surrogates
from spikelut.cli.tables import profiles as _profiles
from spikelut.hw_profiles import Profile

NO_LIMITS = ("readout_decay", "logistic", "exponential", "events")
"""Groups without which nothing is refused."""
SUPPORT = Path(__file__).parent.parent / "support.json"
CI = Path(__file__).parent.parent.parent / ".github" / "workflows" / "ci.yml"
RECORDED = Path(__file__).parent.parent.parent / "tests" / "golden" / "README.md"


def profile_choice() -> str:
    """Which layers each profile takes, and in which ranges."""
    head = [
        "profile",
        "kind",
        "weights, bits",
        "`LIF`",
        "`CubaLIF`",
        "`EventLIF`",
        "beta",
        "resets",
        "delays",
        "learns",
    ]
    rows = []
    for p in shipped():
        kinds = _layers(p)
        marks = ["yes" if name in kinds else "-" for name in ("LIF", "CubaLIF", "EventLIF")]
        resets = "-" if p.step is None else ", ".join(p.step.resets)
        learns = "-" if p.learning.rule == "none" else f"`{p.learning.rule}`"
        delays = "-" if p.delay is None else f"up to {p.delay.most}"
        rows.append([f"`{p.name}`", p.kind, _profiles.weights(p), *marks, _betas(p), resets, delays, learns])
    return table(head, rows)


def _layers(p: Profile) -> list[str]:
    """The layers of `quant` that can be made for a profile, by trying."""
    curve = surrogates.Arctan(alpha=2.0)
    made: dict[str, Callable[[], object]] = {
        "LIF": lambda: quant.LIF(p, curve),
        "CubaLIF": lambda: quant.CubaLIF(p, curve),
        "EventLIF": lambda: quant.EventLIF(4, 4, profile=p, surrogate=curve),
    }
    found = []
    for name, make in made.items():
        with contextlib.suppress(ValueError):
            make()
            found.append(name)
    return found


def _betas(p: Profile) -> str:
    """The decay factors of the membrane, for example `0.875 … 1.125`."""
    if p.decay is None:
        return "-"
    d, one = p.decay, 2**p.decay.frac
    if d.kind == "none":
        return "1"
    if d.kind == "linear":
        return "subtracts"
    if d.kind == "shift":
        return f"1 − 2^−k, k = {d.min} … {d.max}"
    low, high = (d.min / one, d.max / one) if d.kind == "multiply" else (1 - d.max / one, 1 - d.min / one)
    return f"{low:.4g} … {high:.4g}"


def limits() -> str:
    """Of every profile: which groups are chosen here, what it does not have, and where sums are taken at once."""
    return "\n\n".join(_limits(p) for p in shipped())


def _limits(p: Profile) -> str:
    ours = [
        f"- `{name}`: {escaped(group.source)}"
        for name, group in _profiles._groups(p)
        if group is not None and group.status == "derived"
    ]
    without = [
        f"{_profiles.ABSENT[name]} (`{name}`)"
        for name, group in _profiles._groups(p)
        if group is None and name not in NO_LIMITS
    ]
    parts = [f"## {p.title} (`{p.name}`)", "Chosen by us:", "\n".join(ours) or "- nothing"]
    parts += ["Refused, or not known: " + "; ".join(without) + "."]
    if p.current is not None and p.current.event_by_event and {"LIF", "CubaLIF"} & set(_layers(p)):
        parts.append(
            "The chip adds event by event and saturates each time. `EventLIF` does the same; `LIF` and `CubaLIF` add a "
            "step's events at once, which is equal only as long as no partial sum leaves the register."
        )
    return "\n\n".join(parts)


def recorded() -> str:
    """What was recorded from other people's simulators and RTL, of tests/golden/README.md."""
    rows = []
    for section in RECORDED.read_text(encoding="utf-8").split("\n## ")[1:]:
        facts = dict(re.findall(r"^\| (tool|what it pins) \| (.*) \|$", section, re.MULTILINE))
        if facts:
            rows.append([f"`{section.splitlines()[0]}`", facts["tool"], facts.get("what it pins", "")])
    return table(["file", "tool", "what it settles"], rows)


def _support() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(SUPPORT.read_text(encoding="utf-8"))
    return found


def support_profiles() -> str:
    """Which kinds of neurons each profile has, of docs/support.json."""
    found = _support()
    names = sorted({name for profiles in found.values() for name in profiles})
    rows = [[f"`{name}`", *("yes" if name in found[kind] else "-" for kind in found)] for name in names]
    return table(["profile", *found], rows)


def support_targets() -> str:
    """Which files hold each kind of neuron, of docs/support.json; where some profiles' do not, which those are."""
    found = _support()
    targets = list(dict.fromkeys(target for kind in found.values() for taken in kind.values() for target in taken))
    rows = []
    for kind, profiles in found.items():
        cells = []
        for target in targets:
            without = [f"`{name}`" for name, taken in profiles.items() if target not in taken]
            few = len(without) < len(profiles)
            cells.append("yes" if not without else f"but {', '.join(without)}" if few else "-")
        rows.append([kind, *cells])
    return table(["neurons", *targets], rows)


def systems() -> str:
    """The Pythons, versions and systems of the workflow `ci`, and which of them must pass."""
    jobs = yaml.safe_load(CI.read_text(encoding="utf-8"))["jobs"]
    project = tomllib.loads((CI.parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    oldest = next(line for line in project["dependencies"] if line.startswith("torch"))
    every = [[python, "pinned", "Linux, x86-64", "yes"] for python in jobs["test"]["strategy"]["matrix"]["python"]]
    which = [["3.11", f"{name} of {oldest}", "Linux, x86-64", "yes"] for name in ("oldest", "newest")]
    tried = [[one["python"], "newest", one["os"], "no"] for one in jobs["systems"]["strategy"]["matrix"]["include"]]
    return table(["Python", "torch", "system", "must pass"], [*every, *which, *tried])


MADE: dict[str, Callable[[], str]] = {
    "profile_choice": profile_choice,
    "limits": limits,
    "recorded": recorded,
    "support_profiles": support_profiles,
    "support_targets": support_targets,
    "systems": systems,
}
"""The parts by the name that pages call them."""
