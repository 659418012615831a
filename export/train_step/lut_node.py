"""The surrogate's table in a training step: its integers, and how they are read."""

from dataclasses import dataclass, field

import numpy as np
import torch
from onnx import TensorProto, helper
from torch import Tensor, nn

from spikelut.export.onnx_graph.functions import DOMAIN
from spikelut.export.onnx_graph.graph import FLOAT, INT64, Graph, Var
from spikelut.export.onnx_graph.spike_nodes import gradient_attributes
from spikelut.quant.tables.lut_surrogate import LUTSurrogate


@dataclass
class Tables:
    """The tables of a model by the layer that has each; `as_function`: they are read by `LutSurrogate` nodes.

    In a recorded step a table is what is selected from: its derivatives, or, of an interpolated one, its entries.
    """

    graph: Graph
    as_function: bool
    found: dict[str, LUTSurrogate] = field(default_factory=dict)
    derivatives: dict[str, Tensor] = field(default_factory=dict)

    @classmethod
    def of(cls, model: nn.Module, graph: Graph, as_function: bool) -> "Tables":
        """The tables of all modules."""
        tables = cls(graph, as_function)
        for path, module in model.named_modules():
            if isinstance(module, LUTSurrogate):
                name = path.removesuffix(".surrogate")
                tables.found[name] = module
                if module.table.place_dtype is not None:
                    tables.derivatives[name] = module.table.place_values(module.codes, torch.float32)
        return tables

    def look_up(self, source: Tensor, entry: Var) -> Var | None:
        """What is selected from `source` at each index of an `entry`, if that is a table."""
        for name, values in self.derivatives.items():
            if source.dtype == values.dtype and torch.equal(source, values):
                return self._derivative(name, entry)
        for name, lut in self.found.items():
            if source.dtype == lut.codes.dtype and torch.equal(source, lut.codes):
                stored = self._stored(name, lut.codes)
                return self.graph.node("Gather", [stored, entry], stored.dtype, axis=0).cast(INT64)
        return None

    def _stored(self, name: str, codes: Tensor) -> Var:
        array = codes.to(self.found[name].table.value.storage_dtype).numpy()
        return self.graph.constant(array, helper.np_dtype_to_tensor_dtype(array.dtype), f"table.{name}")

    def _derivative(self, name: str, entry: Var) -> Var:
        lut, values = self.found[name], self.derivatives[name]
        value = lut.table.value
        # What is returned beyond the table, where that is zero, is one entry more.
        beyond = lut.codes.new_full((len(values) - len(lut.codes),), value.zero_point)
        codes = torch.cat([lut.codes, beyond])
        # As torch decodes them: in float64 if float32 would round.
        offset, step = np.float32(value.zero_point), np.float32(value.step)
        single = bool(((codes.numpy().astype(np.float32) - offset) * step == values.numpy()).all())
        real = self._stored(name, codes).cast(FLOAT if single else TensorProto.DOUBLE)
        real = real - value.zero_point if value.zero_point else real
        real = (real * float(value.step)).cast(FLOAT)
        if self.as_function:
            attributes = gradient_attributes(lut.analytic, lut.table)
            return self.graph.node("LutSurrogate", [entry, real], FLOAT, domain=DOMAIN, **attributes)
        return self.graph.node("Gather", [real, entry], FLOAT, axis=0)
