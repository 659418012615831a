"""Weight gradients with a table against those with the curve it stands in for, in a network on real batches."""

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_flags, require_int, require_type
from spikelut._extras import names_extra
from spikelut._gradients import require_ordinary, with_gradients
from spikelut._text import Brief, number_of
from spikelut._torch import may_compile
from spikelut.quant.comparison.gradient_measures import MEASURES, LayerGradient, gradient_measures
from spikelut.quant.comparison.swap_slopes import (
    AnalyticSpike,
    TableReader,
    exchanged,
    shifted_surrogate,
    table_readers,
)
from spikelut.quant.tables.lut_surrogate import LUTSurrogate
from spikelut.quant.tables.usage import TableUse, Tally

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from pandas import DataFrame

WHO = "compare_gradients"
LOSS_TOLERANCE = 1e-4
"""How far the loss may differ, relatively, between passes that have the same spikes: sums of floats on some GPUs do."""


@dataclass(frozen=True, eq=False, repr=False)
class GradientComparison(Brief):
    """The weight gradients with tables and with curves, layer by layer: what `compare_gradients` found.

    - `layers`: the comparison with the tables as they are, one for each weight tensor, with the tensor's name without
      `.weight`.
    - `control`: the same with tables whose index is off by `cells`; empty where it was not asked for.
    - `tables`: which entries each layer read; empty where it was not asked for.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> lut = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.LIF(profile, lut))
    >>> batch = torch.rand(10, 16, 8), torch.rand(10, 16, 4)
    >>> found = quant.compare_gradients(model, [batch], torch.nn.functional.mse_loss, count_reads=True)
    >>> [layer.layer for layer in found.layers], found.control, found.tables[0].reads == 10 * 16 * 4
    (['0', '0.bias'], [], True)
    ```
    """

    layers: list[LayerGradient]
    control: list[LayerGradient]
    cells: int | None
    tables: list[TableUse]

    def _parts(self) -> Iterator[str]:
        yield number_of(len(self.layers), "layer")
        lowest = [min(layer.cosine) for layer in self.layers if layer.cosine]
        yield f"lowest cosine {min(lowest):.4f}" if lowest else ""
        yield f"control off by {self.cells} cells" if self.control else ""

    def rows(self) -> list[dict[str, Any]]:
        """Plain data, a row for each of `table` and `control`, each layer and batch."""
        return [
            {"gradient": name, "layer": layer.layer, "batch": batch, **dict(zip(MEASURES, values, strict=True))}
            for name, layers in (("table", self.layers), ("control", self.control))
            for layer in layers
            for batch, values in enumerate(zip(*layer.measures().values(), strict=True))
        ]

    @names_extra
    def to_frame(self) -> "DataFrame":
        """The rows as a pandas DataFrame. ImportError without pandas."""
        import pandas

        return pandas.DataFrame(self.rows())

    @names_extra
    def plot(self) -> "Figure":
        """A figure of the measures per layer, a dot for each batch, and of the entries each layer read.

        ImportError without matplotlib.
        """
        from spikelut.quant.comparison.gradient_plot import plot_gradients

        return plot_gradients(self.layers, self.control, self.cells, self.tables)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: layers, control, cells, tables; an infinite ratio is None."""
        layers, control = ([layer.as_dict() for layer in part] for part in (self.layers, self.control))
        tables = [use.as_dict() for use in self.tables]
        return {"layers": layers, "control": control, "cells": self.cells, "tables": tables}


@with_gradients
def compare_gradients(
    model: nn.Module,
    batches: Iterable[tuple[Any, Any]],
    loss: Callable[[Any, Any], Tensor],
    *,
    control: int | None = None,
    count_reads: bool = True,
    reset: Callable[[nn.Module], object] | None = None,
) -> GradientComparison:
    """Compare the weight gradients that a model gets by lookup tables and by the analytic curves, batch by batch.

    Each batch is run twice in evaluation mode: with the model as it is, and with every `LUTSurrogate` replaced by its
    `analytic`. The spikes are the same, the gradients are not. Weights are all parameters that require a gradient and
    get one. Afterwards, modes, `.grad`, random generators and the model's objects are as before, even after an error.
    Modules made by `torch.compile` run uncompiled.

    - `batches`: pairs of an input, given to the model, and a target; `loss(output, target)` is a scalar.
    - `control`: also compare tables whose index is shifted by this many cells, see `shifted`. The measures must notice
      them.
    - `count_reads`: also count which entries are read. This needs no further pass, but a sort of all membranes.
    - `reset`: called on the model before each pass and at the end, for neurons that keep their state between calls.

    A batch costs two forward and two backward passes, or three with a control; no batch is kept.

    Raises ValueError for a model without a `LUTSurrogate`, or without weights that the loss depends on; for no batches,
    or an empty one; and for a loss that is no scalar. Also for a loss or gradient that is not finite. Also for passes
    that differ in their loss, as those of neurons that keep their state do.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> lut = quant.LUTSurrogate(surrogates.Arctan(alpha=2.0), profile)
    >>> model = torch.nn.Sequential(torch.nn.Linear(8, 4), quant.LIF(profile, lut))
    >>> batch = torch.rand(10, 16, 8), torch.rand(10, 16, 4)
    >>> found = quant.compare_gradients(model, [batch], torch.nn.functional.mse_loss, control=64)
    >>> bool(found.layers[0].cosine[0] > 0.99), bool(found.control[0].cosine[0] > 0.99)
    (True, False)
    ```
    """
    require_type(WHO, "model", model, nn.Module, "a torch.nn.Module")
    require_ordinary(WHO, model)
    require_flags(WHO, count_reads=count_reads)
    require_type(WHO, "batches", batches, Iterable, "batches of input and target")
    require(reset is None or callable(reset), WHO, "reset must be None or a function of the model", reset)
    readers = table_readers(model)
    require(bool(readers), WHO, "model must hold a LUTSurrogate", type(model).__name__)
    if control is not None:
        most = min(len(reader.lut.codes) for reader in readers) - 1
        require_int(WHO, "control", control, -most, most)
        require(control != 0, WHO, "control must not be 0, which is no error", control)
    weights = {name: p for name, p in model.named_parameters() if p.requires_grad}
    require(bool(weights), WHO, "model must have parameters that want a gradient", type(model).__name__)
    tallies = {reader: Tally(reader.name, reader.lut.table) for reader in readers} if count_reads else {}
    wrong = {} if control is None else {lut: shifted_surrogate(lut, control) for lut in {p.lut for p in readers}}
    devices = sorted({p.device.index or 0 for p in weights.values() if p.device.type == "cuda"})
    passes = _Passes(model, readers, weights, loss, reset, devices)
    with _undisturbed(model, reset), torch.random.fork_rng(devices), torch.enable_grad():
        for number, batch in enumerate(batches):
            passes.run(_checked(batch, number), tallies, wrong)
    require(bool(passes.found["table"]), WHO, "batches must not be empty", "none")
    found = {kind: list(columns.values()) for kind, columns in passes.found.items()}
    return GradientComparison(found["table"], found["control"], control, [tally.use for tally in tallies.values()])


class _Passes:
    """Runs batches through one model with different slopes, and collects what comes of it."""

    def __init__(
        self,
        model: nn.Module,
        readers: list[TableReader],
        weights: dict[str, nn.Parameter],
        loss: Callable[[Any, Any], Tensor],
        reset: Callable[[nn.Module], object] | None,
        devices: list[int],
    ) -> None:
        self.model, self.readers, self.weights, self.devices = model, readers, weights, devices
        self.loss, self.reset = loss, reset
        self.found: dict[str, dict[str, LayerGradient]] = {"table": {}, "control": {}}

    def run(
        self, batch: tuple[Any, Any], tallies: dict[TableReader, Tally], wrong: dict[LUTSurrogate, LUTSurrogate]
    ) -> None:
        """Compare one batch."""

        def analytic(reader: TableReader) -> nn.Module:
            return AnalyticSpike(reader.lut, tallies[reader].add if tallies else None)

        value, table = self._gradients(batch, "the table")
        with exchanged(self.readers, analytic):
            exact_value, exact = self._gradients(batch, "the analytic curve")
        same = math.isclose(value, exact_value, rel_tol=LOSS_TOLERANCE, abs_tol=LOSS_TOLERANCE)
        message = "passes over a batch must have the same loss; neurons that keep their state need reset"
        require(same, WHO, message, (value, exact_value))
        self._add("table", table, exact)
        if wrong:
            with exchanged(self.readers, lambda reader: wrong[reader.lut]):
                self._add("control", self._gradients(batch, "the control's table")[1], exact)

    def _gradients(self, batch: tuple[Any, Any], what: str) -> tuple[float, dict[str, Tensor]]:
        """The loss, and the gradients of the weights it depends on."""
        if self.reset is not None:
            self.reset(self.model)
        x, target = batch
        # Each pass begins with the same random numbers.
        with torch.random.fork_rng(self.devices):
            value = self.loss(self.model(x), target)
            scalar = isinstance(value, Tensor) and value.numel() == 1
            require(scalar, WHO, "loss must give a scalar", getattr(value, "shape", type(value).__name__))
            require(bool(value.isfinite()), WHO, f"the loss with {what} must be finite", float(value.detach()))
            require(value.requires_grad, WHO, "loss must depend on the model's weights", "a constant")
            gradients = torch.autograd.grad(value.reshape(()), list(self.weights.values()), allow_unused=True)
        named = {name: g for name, g in zip(self.weights, gradients, strict=True) if g is not None}
        require(bool(named), WHO, "loss must depend on the model's weights", "a loss that does not")
        for name, g in named.items():
            message = f"the gradient of {name} with {what} must be finite"
            require(bool(g.isfinite().all()), WHO, message, "NaN or infinity")
        return float(value.detach()), named

    def _add(self, kind: str, found: dict[str, Tensor], exact: dict[str, Tensor]) -> None:
        for name, g in found.items():
            column = self.found[kind].setdefault(name, LayerGradient(name.removesuffix(".weight"), [], [], []))
            for values, number in zip(column.measures().values(), gradient_measures(g, exact[name]), strict=True):
                values.append(number)


@contextmanager
def _undisturbed(model: nn.Module, reset: Callable[[nn.Module], object] | None) -> Iterator[None]:
    """Evaluation mode, and eager, inside the block; afterwards each module's own mode, and states `reset`."""
    modes = {module: module.training for module in model.modules()}
    with ExitStack() as stack:
        if may_compile():
            stack.enter_context(torch.compiler.set_stance("force_eager"))
        try:
            model.eval()
            yield
        finally:
            for module, mode in modes.items():
                module.training = mode
            if reset is not None:
                reset(model)


def _checked(batch: Any, number: int) -> tuple[Any, Any]:
    """The pair that a batch must be."""
    if not isinstance(batch, tuple | list) or len(batch) != 2:
        raise TypeError(f"{WHO}: batches must hold pairs of input and target, got {type(batch).__name__}")
    x, target = batch
    if isinstance(x, Tensor):
        require(x.numel() > 0, WHO, f"batch {number} must hold samples", tuple(x.shape))
    return x, target
