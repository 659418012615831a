"""A network's layers as a table: text, a page of a notebook, plain data."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from spikelut._extras import names_extra
from spikelut._notebook import Table, fragment
from spikelut._text import Brief, number_of, printable, value_text
from spikelut.quant.arithmetic.per_neuron import shown_values

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ("layer", "takes", "kind", "in -> out", "gives", "weights", "reach", "parameters", "numbers")
RIGHT = ("reach", "parameters")
"""Columns of numbers."""


@dataclass(frozen=True, eq=False, repr=False)
class NetworkSummary(Brief):
    """The layers of an `IntegerNetwork` in numbers; `str` is a table with a line for each, and a notebook shows one.

    `rows`: plain data, a dictionary for each layer and for its recurrent weights. What a layer does not have is None.

    - `layer`, `kind`, `inputs` (names), `input_shapes`, `shape` (after time and batch, free sizes as names), `profile`.
    - `gives`: `events`, `sums` or `membranes` in `least`..`largest`, each worth a real `step`.
    - `bits`, `codes` (the least and largest in use), `shift` (a code adds code << shift membrane codes; the least and
      largest of channels with their own), `fan_in`, `delays` (the least and largest) of weights.
    - `reach`: the largest sum that the inputs can cause, in membrane codes; `limit`: what the accumulator holds, or the
      library; `share`: reach / limit.
    - `numbers`: decay factors, threshold, reset and so on, as real values in force; lists, if neurons have their own.
      `states`: the register of each state. `bias`: how many biases. `surrogate`, `table`: those of training.
    - `options`: other choices of a layer, such as strides. `parameters`: the number of weights and biases.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> summary = quant.integer(model).summary()
    >>> summary.parameters, [row["kind"] for row in summary.rows], summary.rows[1]["states"]
    (32, ['linear', 'LIF'], {'mem': 's24.18'})
    ```
    """

    title: str
    rows: tuple[dict[str, Any], ...]

    @property
    def parameters(self) -> int:
        """Weights and biases of all layers."""
        return sum(row["parameters"] for row in self.rows)

    def _parts(self) -> Iterator[str]:
        yield self.title
        yield number_of(len(self.rows), "row")
        yield number_of(self.parameters, "parameter")

    def __str__(self) -> str:
        head, *lines = [[printable(cell) for cell in line] for line in self._lines()]
        widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
        return "\n".join([self._about, *(_line(cells, head, widths) for cells in (head, *lines))])

    def _repr_html_(self) -> str | None:
        head, *lines = self._lines()
        lead = number_of(self.parameters, "parameter")
        return fragment(self.title, lead=lead, tables=[Table(head, lines, RIGHT)])

    def _lines(self) -> Iterator[list[str]]:
        """The head, and the cells of each row; what each takes where that is not the one before."""
        chips = len({row["profile"] for row in self.rows}) > 1
        cells = [_cells(row, chips) for row in self.rows]
        chain = all(row["inputs"] == [before["layer"]] for before, row in pairwise(self.rows))
        head = [name for name in COLUMNS if name != "takes" or not chain]
        yield head
        yield from ([one[name] for name in head] for one in cells)

    @property
    def _about(self) -> str:
        return f"{self.title}: {number_of(self.parameters, 'parameter')}"

    @names_extra
    def to_frame(self) -> "DataFrame":
        """The rows as a pandas DataFrame, in which the numbers of neurons have columns of their own. Needs pandas."""
        import pandas

        flat = ({name: value for name, value in row.items() if name != "numbers"} for row in self.rows)
        return pandas.DataFrame([one | row["numbers"] for one, row in zip(flat, self.rows, strict=True)])


def _line(cells: Sequence[str], head: Sequence[str], widths: Sequence[int]) -> str:
    """The cells under each other, two blanks between."""
    places = zip(head, cells, widths, strict=True)
    return "  ".join(f"{cell:{'>' if name in RIGHT else '<'}{width}}" for name, cell, width in places).rstrip()


def _cells(row: dict[str, Any], chips: bool) -> dict[str, str]:
    """What is shown of a row by column; its chip where there are several."""
    codes, shift = row["codes"], row["shift"]
    numbers = [f"{name}={_number(value)}" for name, value in (row["numbers"] | row["options"]).items()]
    numbers += [f"{name} {register}" for name, register in row["states"].items()]
    numbers += [f"{name} {_range(row[name])}" for name in ("delays", "bias") if row[name] is not None]
    numbers += [f"on {row['profile']}"] * chips
    low, high = row["least"], row["largest"]
    return {
        "layer": row["layer"],
        "takes": ", ".join(row["inputs"]),
        "kind": row["kind"],
        "in -> out": f"{' + '.join(map(_shape, row['input_shapes']))} -> {_shape(row['shape'])}",
        "gives": f"{row['gives']} {f'±{high}' if low == -high else f'{low}..{high}'}",
        "weights": "" if codes is None else f"{row['bits']} bits, {_range(codes)}, << {_range(shift)}",
        "reach": "" if row["share"] is None else f"{row['share']:.2%}",
        "parameters": f"{row['parameters']:,}" if row["parameters"] else "",
        "numbers": ", ".join(numbers),
    }


def _shape(shape: Sequence[Any]) -> str:
    return "x".join(map(str, shape))


def _range(ends: Any) -> str:
    low, high = ends if isinstance(ends, list) else (ends, ends)
    return str(low) if low == high else f"{low}..{high}"


def _number(value: Any) -> str:
    """Of each neuron's own the least and the largest."""
    own = isinstance(value, list) and len(value) > 4 and not isinstance(value[0], str)
    return shown_values(value, ".6g") if own else value_text(value)
