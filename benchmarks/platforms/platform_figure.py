"""Accuracy by platform and bits as a picture."""

import io
from statistics import mean
from typing import Any

MARKERS: dict[str, dict[str, Any]] = {
    "converted": {"marker": "o", "markerfacecolor": "white"},
    "calibrated": {"marker": "s", "markerfacecolor": "white"},
    "tuned": {"marker": "o"},
}


def _points(found: dict[str, Any], network: str, platform: str, bits: int, stage: str) -> list[float]:
    start = f"{network}-{platform}-{bits}-"
    return [r[stage]["test"] for name, r in found["cells"].items() if name.startswith(start) and stage in r]


def drawn(settings: dict[str, Any], found: dict[str, Any]) -> Any:
    """A panel for each network: from converted, hollow, over calibrated to tuned, filled."""
    from matplotlib.figure import Figure

    networks, platforms = settings["network"], settings["platforms"]
    made = Figure(figsize=(11, 3.2 * len(networks)), layout="constrained")
    panels = made.subplots(len(networks), 1, squeeze=False)[:, 0]
    for axis, network in zip(panels, networks, strict=True):
        own = found["floats"][network["name"]]["test"]
        axis.axhline(own, color="0.5", linewidth=1, linestyle="--", label=f"floats, {own:.1f} %")
        for place, bits in enumerate(settings["bits"]):
            for i, platform in enumerate(platforms):
                x = i + 0.22 * (place - (len(settings["bits"]) - 1) / 2)
                found_here = {
                    stage: mean(points)
                    for stage in MARKERS
                    if (points := _points(found, network["name"], platform, bits, stage))
                }
                axis.plot([x] * len(found_here), [*found_here.values()], color=f"C{place}", linewidth=1.2)
                for stage, value in found_here.items():
                    axis.plot(x, value, color=f"C{place}", linestyle="", markersize=5, **MARKERS[stage])
            axis.plot([], [], "o", color=f"C{place}", label=f"{bits} bits")
        for stage, marker in MARKERS.items():
            axis.plot([], [], color="0.3", linestyle="", markersize=5, label=stage, **marker)
        axis.set_xticks(range(len(platforms)), platforms)
        axis.set_ylabel("test accuracy, %")
        axis.set_ylim(0, 101)
        axis.grid(axis="y", color="0.9")
        axis.set_title(network["title"], fontsize=10)
        axis.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
    return made


def figure(settings: dict[str, Any], found: dict[str, Any]) -> str:
    """The same bytes for the same results."""
    import matplotlib as mpl

    with mpl.rc_context({"svg.hashsalt": "spikelut", "svg.fonttype": "none"}):
        held = io.StringIO()
        drawn(settings, found).savefig(held, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in held.getvalue().splitlines()) + "\n"
