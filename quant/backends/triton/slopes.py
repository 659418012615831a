"""The derivative of the spike as a Triton function; of curves and interpolated tables it is made of torch's operators.

A surrogate is any pointwise torch function, a user's own among them, so it is recorded by `make_fx`, and written out
operator by operator, in the types torch computes in. (The formulas from which the C kernels of curves are printed know
fewer operators, and gather numbers, which changes last bits.) A step and its derivative are printed from
`quant.codegen.triton_kernels`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, fx
from torch.func import functionalize
from torch.fx.experimental.proxy_tensor import make_fx

from spikelut.quant.backends.triton.device_functions import look_up
from spikelut.quant.backends.triton.jit import compiled
from spikelut.quant.backends.triton.operators import (
    COMPARISONS,
    EXACT,
    IDENTITIES,
    OF_INTEGERS,
    SAME_TYPE,
    TYPES,
    extreme,
    literal,
)
from spikelut.quant.tables.table import Table
from spikelut.surrogates import Surrogate


class Untranslatable(Exception):
    """A torch function that is not pointwise, or uses an operator without a translation."""


def jit_function(
    function: Callable[..., Any], inputs: Mapping[str, torch.dtype], tables: Mapping[str, Tensor] | None = None
) -> Any:
    """A `triton.jit` function that computes what `function` does for each element of its arguments.

    `inputs` names the arguments and their types; `tables` those that follow, one-dimensional tensors of which
    `function` takes elements, with an example of each: Triton's function is given pointers to them. It returns what
    `function` returns, a tensor or a tuple. Raises Untranslatable.
    """
    tables = tables or {}
    examples = [torch.zeros(5, dtype=dtype) for dtype in inputs.values()]
    try:
        graph = make_fx(functionalize(lambda *args: function(*args)))(*examples, *tables.values())
    except (RuntimeError, TypeError) as error:  # a function that looks at values
        raise Untranslatable(str(error)) from error
    graph.graph.eliminate_dead_code()
    return compiled(_Writer(graph, [*inputs, *tables], set(tables)).source())


def slope_function(spike: Surrogate | Table, read: torch.dtype, to_x: Callable[[Tensor], Tensor]) -> Any:
    """The derivative of the spike from what was `read`: a place, a code, or, after `to_x`, a potential."""
    if isinstance(spike, Surrogate):
        return jit_function(
            lambda where, values: spike.surrogate_grad(to_x(where.to(torch.float32))),
            {"where": read},
            {"values": torch.zeros(1)},
        )
    if spike.place_dtype:
        return look_up
    return jit_function(
        lambda where, values: spike.derivative(values, where, torch.float32), {"where": read}, {"values": spike.codes}
    )


class _Writer:
    """Writes a recorded graph as the text of a Triton function, a line for each operator."""

    def __init__(self, module: fx.GraphModule, names: list[str], tables: set[str]) -> None:
        self.module, self.names, self.tables = module, names, tables
        self.text: dict[fx.Node, str] = {}
        self.constants: dict[fx.Node, Tensor] = {}
        self.lines = [f"def hook({', '.join(names)}):"]

    def source(self) -> str:
        """The text."""
        inputs = iter(self.names)
        for node in self.module.graph.nodes:
            if node.op == "placeholder":
                self.text[node] = next(inputs)
            elif node.op == "get_attr":
                self.constants[node] = getattr(self.module, str(node.target))
            elif node.op == "output":
                self._return(node.args[0])
            else:
                self._operator(node)
        return "\n".join(self.lines) + "\n"

    def _return(self, results: Any) -> None:
        several = isinstance(results, tuple | list)
        values = ", ".join(self.operand(node) for node in (results if several else [results]))
        self.lines.append(f"    return {values}")

    def _operator(self, node: fx.Node) -> None:
        name = str(node.target).split(".")[1]
        source = node.args[0] if node.args else None
        if name in IDENTITIES:
            assert isinstance(source, fx.Node)  # so these operators are
            if source in self.constants:
                self.constants[node] = self.constants[source]
            else:
                self.text[node] = self.text[source]
            return
        if all(arg in self.constants for arg in node.all_input_nodes):  # `scalar_tensor` among others
            args, kwargs = fx.map_arg((node.args, node.kwargs), self.constants.__getitem__)
            self.constants[node] = node.target(*args, **kwargs)  # type: ignore[operator]  # an operator
            return
        made = f"v{len(self.lines)}"
        self.lines.append(f"    {made} = {self._expression(name, node)}")
        self.text[node] = made

    def _expression(self, name: str, node: fx.Node) -> str:
        special: Callable[[fx.Node], str] | None = getattr(self, f"_{name.lstrip('_')}", None)
        if special is not None:
            return special(node)
        if name in COMPARISONS:
            dtype = _compared(node.args)
            return f"({self.operand(node.args[0], dtype)} {COMPARISONS[name]} {self.operand(node.args[1], dtype)})"
        dtype = dtype_of(node)
        written = name in SAME_TYPE and not node.kwargs
        exact = dtype != torch.float64 or name in EXACT
        if not written or not exact or (dtype.is_floating_point and name in OF_INTEGERS):
            raise Untranslatable(f"{node.target} of {dtype} has no translation to Triton")
        return SAME_TYPE[name](dtype, *(self.operand(arg, dtype) for arg in node.args))

    def operand(self, arg: Any, dtype: torch.dtype | None = None) -> str:
        """`arg`, a node or a number, in type `dtype`."""
        if not isinstance(arg, fx.Node):
            return literal(arg, torch.float64 if dtype is None else dtype)
        kind = dtype_of(arg) if dtype is None else dtype
        if arg in self.constants:
            constant = self.constants[arg]
            if constant.numel() != 1:
                raise Untranslatable("a tensor of constants has no translation to Triton")
            return literal(constant.item(), kind)
        if self.text[arg] in self.tables:
            raise Untranslatable("only elements of a table can be taken")
        return self.text[arg] if dtype_of(arg) == kind else f"{self.text[arg]}.to({TYPES[kind]})"

    def _to_copy(self, node: fx.Node) -> str:
        return f"{self.operand(node.args[0])}.to({TYPES[dtype_of(node)]})"

    def _full_like(self, node: fx.Node) -> str:
        return self._full(node, node.args[1])

    def _zeros_like(self, node: fx.Node) -> str:
        return self._full(node, 0)

    def _ones_like(self, node: fx.Node) -> str:
        return self._full(node, 1)

    def _full(self, node: fx.Node, value: Any) -> str:
        shape = f"{self.operand(node.args[0])}.shape"
        return f"tl.full({shape}, {self.operand(value, dtype_of(node))}, {TYPES[dtype_of(node)]})"

    def _where(self, node: fx.Node) -> str:
        condition, a, b = node.args
        dtype = dtype_of(node)
        # Two numbers would leave the type open.
        chosen = f"tl.where({self.operand(condition)}, {self.operand(a, dtype)}, {self.operand(b, dtype)})"
        return f"{chosen}.to({TYPES[dtype]})"

    def _bitwise_not(self, node: fx.Node) -> str:
        value = self.operand(node.args[0])
        return f"({value} == 0)" if dtype_of(node) == torch.bool else f"(~{value})"

    _logical_not = _bitwise_not

    def _clamp(self, node: fx.Node) -> str:
        dtype = dtype_of(node)
        text = self.operand(node.args[0], dtype)
        for which, bound in zip(("max", "min"), (*node.args[1:], None, None), strict=False):
            if bound is not None:
                text = extreme(which, dtype, text, self.operand(bound, dtype))
        return text

    def _clamp_min(self, node: fx.Node) -> str:
        dtype = dtype_of(node)
        return extreme("max", dtype, self.operand(node.args[0], dtype), self.operand(node.args[1], dtype))

    def _clamp_max(self, node: fx.Node) -> str:
        dtype = dtype_of(node)
        return extreme("min", dtype, self.operand(node.args[0], dtype), self.operand(node.args[1], dtype))

    def _pow(self, node: fx.Node) -> str:
        base = self.operand(node.args[0], dtype_of(node))
        if node.args[1] != 2:
            raise Untranslatable("of powers only the square has a translation to Triton")
        return f"({base} * {base})"

    def _div(self, node: fx.Node) -> str:
        mode, dtype = node.kwargs.get("rounding_mode"), dtype_of(node)
        name = "floor_divide" if mode == "floor" and not dtype.is_floating_point else "div"
        if mode is not None and name == "div":
            raise Untranslatable(f"{node.target} of {dtype} with rounding_mode={mode} has no translation to Triton")
        return SAME_TYPE[name](dtype, *(self.operand(arg, dtype) for arg in node.args[:2]))

    def _nan_to_num(self, node: fx.Node) -> str:
        dtype = dtype_of(node)
        value, limits = self.operand(node.args[0], dtype), torch.finfo(dtype)
        nan, high, low = (*node.args[1:], None, None, None)[:3]
        bounded = f"tl.minimum({value}, {literal(limits.max if high is None else high, dtype)})"
        bounded = f"tl.maximum({bounded}, {literal(limits.min if low is None else low, dtype)})"
        return f"tl.where({value} == {value}, {bounded}, {literal(nan or 0, dtype)})"

    def _index_select(self, node: fx.Node) -> str:
        return self._load(node.args[0], self.operand(node.args[2]))

    def _select(self, node: fx.Node) -> str:
        return self._load(node.args[0], self.operand(node.args[2], torch.int32))

    def _load(self, table: Any, place: str) -> str:
        if self.text.get(table) not in self.tables:
            raise Untranslatable("elements can be taken of a table only")
        return f"tl.load({self.text[table]} + {place})"

    def _bucketize(self, node: fx.Node) -> str:
        """How many of the boundaries are passed."""
        edges = self.constants.get(node.args[1])  # type: ignore[arg-type]  # a node
        if edges is None or not node.kwargs.get("right"):
            raise Untranslatable("bucketize needs constant boundaries and right=True")
        value, dtype = self.operand(node.args[0]), TYPES[dtype_of(node)]
        return " + ".join(f"(({value} < {edge}) == 0).to({dtype})" for edge in edges.tolist())  # NaN passes all


def dtype_of(node: Any) -> torch.dtype:
    """The type of what a recorded operator gives."""
    dtype = node.meta["val"].dtype
    assert isinstance(dtype, torch.dtype)  # of a tensor
    return dtype


def _compared(operands: Sequence[Any]) -> torch.dtype:
    """The type in which torch compares tensors and numbers."""
    dtypes = [dtype_of(a) if isinstance(a, fx.Node) else torch.bool for a in operands]
    common = torch.promote_types(*dtypes)
    real = any(isinstance(a, float) for a in operands)
    return torch.float32 if real and not common.is_floating_point else common
