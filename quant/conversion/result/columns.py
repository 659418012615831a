"""A layer of a conversion, and a step of it, as cells of a table and as plain data."""

from dataclasses import asdict
from typing import Any

from spikelut._text import number_of
from spikelut.quant.arithmetic.per_neuron import shown_values
from spikelut.quant.calibration.steps import ConversionStep
from spikelut.quant.conversion.result.report import LayerReport

COLUMNS = (
    *("layer", "bits", "scale", "weight error", "clipped", "beta", "threshold", "saturated", "dead (before)"),
    *("busy (before)", "rates apart", "differing", "from step", "sample"),
)
"""What is shown of each layer."""

STEP_COLUMNS = ("step", "layer", "before", "after", "won", "seconds")
"""What is shown of each step."""


def cells_of(r: LayerReport) -> tuple[str, ...]:
    """The `COLUMNS` of a layer."""
    threshold = "none" if r.threshold is None else " -> ".join(shown_values(t, "g") for t in r.threshold)
    beta = " -> ".join(shown_values(b, "g") for b in r.beta)
    weights = " + ".join(map(str, r.bits)), f"{r.scale:.4g}", f"{r.weight_error:.2%}", f"{r.clipped:.2%}"
    if not r.spikes_compared:
        spikes = "-", "-", "-", f"{r.membrane_error:.2%} of membranes"
    else:
        idle = f"{r.dead:.2%} ({r.dead_before:.2%})", f"{r.busy:.2%} ({r.busy_before:.2%})"
        differing = f"{r.differing:.2%} ({r.spikes_different:,} of {r.spikes_compared:,})"
        spikes = *idle, f"{r.rate_distance:.3g}", differing
    first = ("never", "-") if r.first_difference is None else (str(r.first_difference), str(r.first_sample))
    return r.neurons, *weights, beta, threshold, f"{r.saturated:.2%}", *spikes, *first


def cells_of_step(step: ConversionStep) -> tuple[str, ...]:
    """The `STEP_COLUMNS` of a step."""
    before, after, won = (f"{100 * share:.2f} %" for share in (step.before, step.after, step.won))
    return step.name, step.layer or "all", before, after, won, f"{step.seconds:.2g}"


def row_of(r: LayerReport) -> dict[str, Any]:
    """A layer as plain data, a name for each number: what has one before and one after is `beta_before` and `beta`."""
    row: dict[str, Any] = {}
    for name, value in asdict(r).items():
        if name in ("beta", "threshold", "spikes"):
            row[f"{name}_before"], row[name] = (None, None) if value is None else value
        else:
            row[name] = "; ".join(value) if name == "changes" else value
    return row


def steps_line(steps: tuple[ConversionStep, ...], layer: str) -> str:
    """What the steps made of the spikes, or membranes, of a layer that differ, in their order."""
    chain = [f"{step.name} {step.after:.2%}" for step in steps if step.layer == layer]
    return f"{layer or 'all'}: {' -> '.join(chain)} differ"


def steps_lines(steps: tuple[ConversionStep, ...]) -> list[str]:
    """A line for each layer that more than one step was taken in, and what all of them took."""
    if len({step.name for step in steps}) < 2:
        return []
    layers = dict.fromkeys(step.layer for step in steps)
    several = [layer for layer in layers if sum(step.layer == layer for step in steps) > 1 or not layer]
    seconds = sum(step.seconds for step in steps)
    return [*(steps_line(steps, layer) for layer in several), f"{number_of(len(steps), 'step')} in {seconds:.3g} s"]
