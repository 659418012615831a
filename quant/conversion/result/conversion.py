"""The result of a conversion, and all that is said of it."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from spikelut._extras import names_extra
from spikelut._notebook import Table, fragment
from spikelut._text import Brief, number_of
from spikelut.quant.calibration.steps import ConversionStep
from spikelut.quant.conversion.own_forward import WHOLE
from spikelut.quant.conversion.result.columns import COLUMNS, cells_of, row_of, steps_lines
from spikelut.quant.conversion.result.report import LayerReport

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

MANY = 0.1
"""The share of a layer's spikes that differ above which a conversion that only rounded says what to try."""


@dataclass(frozen=True, eq=False, repr=False)
class Conversion(Brief):
    """The result of `convert`: the quantised `model`, and a report per layer, on the data it was calibrated with.

    `compared_with`: how the float network was run to get the spikes that the report compares with. `steps`: what each
    step of the conversion won, layer by layer, in the order in which the steps were taken. `rates`: for each layer that
    spikes, by its `LayerReport.neurons`, the firing rates [N] in spikes a step, in the float network and in the
    converted one.

    `str` gives the report as a table, and a notebook shows it. `to_frame` gives it as data; `plot` and `to_html` draw
    it.

    ```pycon
    >>> floats = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.FloatLIF(surrogates.Arctan(), reset="zero"))
    >>> events = (torch.rand(20, 16, 8) < 0.5).float()
    >>> converted = quant.convert(floats, hw_profiles.load("loihi2"), events)
    >>> converted.compared_with, type(converted.model[0]).__name__
    ('model(events)', 'QuantLinear')
    ```
    """

    model: Any
    layers: tuple[LayerReport, ...]
    compared_with: str = WHOLE
    notes: tuple[str, ...] = ()
    steps: tuple[ConversionStep, ...] = ()
    rates: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = field(default_factory=dict)

    def _parts(self) -> Iterator[str]:
        yield number_of(len(self.layers), "layer")
        yield f"weight error up to {max((layer.weight_error for layer in self.layers), default=0.0):.2%}"
        yield f"up to {max((layer.differing for layer in self.layers), default=0.0):.2%} of a layer's spikes differ"
        yield f"silent: {', '.join(self.silent)}" if self.silent else ""

    @property
    def silent(self) -> tuple[str, ...]:
        """The layers of which no neuron spikes on the data: that no spike differs there proves nothing."""
        return tuple(r.neurons for r in self.layers if r.dead == 1)

    @property
    def first_difference(self) -> tuple[int, str] | None:
        """The earliest time step, and its first layer, at which float and integer spikes differ; None if none do."""
        found = [(r.first_difference, i) for i, r in enumerate(self.layers) if r.first_difference is not None]
        return (min(found)[0], self.layers[min(found)[1]].neurons) if found else None

    def __str__(self) -> str:
        lines = [", ".join(COLUMNS)]
        for r in self.layers:
            name, *cells = cells_of(r)
            lines += [f"{name}: {', '.join(cells)}", *(f"  {remark}" for remark in self.remarks(r))]
        return "\n".join([*lines, *self.about])

    def _repr_html_(self) -> str | None:
        table = Table(COLUMNS, [cells_of(r) for r in self.layers], COLUMNS[1:])
        remarks = [f"{r.neurons}: {remark}" for r in self.layers for remark in self.remarks(r)]
        return fragment("Converted to a chip's integers", tables=[table], notes=[*remarks, *self.about])

    def rows(self) -> list[dict[str, Any]]:
        """Plain data, a row for each layer: the numbers of its `LayerReport`, and `beta_before` and so on."""
        return [row_of(r) for r in self.layers]

    @names_extra
    def to_frame(self) -> "DataFrame":
        """The rows as a pandas DataFrame. Needs pandas."""
        import pandas

        return pandas.DataFrame(self.rows())

    @names_extra
    def plot(self) -> "Figure":
        """A figure: what differs after each step, by layer, and firing rates before and after. Needs matplotlib."""
        from spikelut.quant.conversion.result.page import plot_conversion

        return plot_conversion(self)

    @names_extra
    def to_html(self, path: str | os.PathLike[str]) -> None:
        """Write numbers and figures as one page. Needs matplotlib and jinja2; OSError if it cannot be written."""
        from spikelut.quant.conversion.result.page import write_page

        write_page(self, path)

    def remarks(self, r: LayerReport) -> list[str]:
        """What else was changed in a layer, and what makes little sense there."""
        remarks = list(r.changes)
        if r.neurons in self.silent:
            before = "never did" if r.dead_before == 1 else f"{1 - r.dead_before:.2%} of them did before"
            remarks.append(f"WARNING: no neuron of {r.neurons} spikes on these events; {before}")
        if r.misread:
            remarks.append(f"WARNING: by these changes alone {r.misread:.2%} of what {r.neurons} gives are others")
        return remarks

    @property
    def about(self) -> list[str]:
        """What there is to say of the whole, a line each."""
        first = self.first_difference
        compared = [] if self.compared_with == WHOLE else [f"compared with {self.compared_with}"]
        differs = "no spike differs" if first is None else f"spikes first differ in step {first[0]} of {first[1]}"
        return [*self.notes, *compared, *steps_lines(self.steps), *self._advice(), differs]

    def _advice(self) -> list[str]:
        """What to try where rounding alone changes many spikes."""
        many = any(r.spikes_different > MANY * r.spikes[0] for r in self.layers)
        if not many or any(step.name != "nearest" for step in self.steps):
            return []
        return ["weights were rounded to nearest; calibrate='spikes' chooses them by the spikes, in minutes"]
