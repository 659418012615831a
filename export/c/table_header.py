"""A surrogate table as a C header."""

from spikelut._checks import require, require_type
from spikelut._text import comment
from spikelut.export.c.names import is_identifier
from spikelut.hw_profiles import Rounding
from spikelut.quant.tables.segments import SegmentTable
from spikelut.quant.tables.table import Table
from spikelut.quant.tables.uniform import UniformTable


def c_header(table: Table, name: str) -> str:
    """A surrogate's lookup table as C99 source: `static const` arrays and a lookup function `name_lookup(x)`.

    `x` is the membrane code above the lowest code that spikes. The comment states curve, formats and error bound.
    Raises ValueError if `name` is not a C identifier.

    ```pycon
    >>> table = quant.Table.from_surrogate(surrogates.Arctan(alpha=2.0), hw_profiles.load("reckon"))
    >>> [line for line in export.c_header(table, "slope").splitlines() if "slope" in line and "(" in line]
    ['static inline int32_t slope_lookup(int32_t x)', '    while (k < 4 && x >= slope_breakpoints[k]) ++k;']
    ```
    """
    require_type("c_header", "table", table, Table, "a Table")
    require(is_identifier(name), "c_header", "name must be a C identifier", name)
    guard = f"SPIKELUT_{name.upper()}_H"
    zero = f"(entry - {table.value.zero_point})" if table.value.zero_point else "entry"
    lines = [
        f"#ifndef {guard}",
        f"#define {guard}",
        "",
        f"/* Derivative of {comment(table.surrogate)} at x * {table.state_step!r}.",
        f" * Entries are {table.value.short_name}: value = {zero} * {table.value.step!r}.",
        f" * Largest error over all codes: {table.error_bound!r}. */",
        "",
        "#include <stdint.h>",
        "",
        _array(_c_type(table.value.bits, table.value.signed), name, table.codes.tolist()),
        "",
    ]
    if isinstance(table, SegmentTable):
        lines += _segment_lookup(table, name)
    elif isinstance(table, UniformTable):
        lines += _interpolated_lookup(table, name) if table.interpolated else _uniform_lookup(table, name)
    return "\n".join([*lines, "", f"#endif /* {guard} */", ""])


def _segment_lookup(table: SegmentTable, name: str) -> list[str]:
    count = len(table.breakpoints)
    return [
        "/* Breakpoints of x; add the layer's threshold to compare with the membrane itself. */",
        _array(_c_type(table.breakpoint_bits, True), f"{name}_breakpoints", list(table.breakpoints)),
        "",
        f"static inline {_result(table)} {name}_lookup(int32_t x)",
        "{",
        "    int k = 0;",
        f"    while (k < {count} && x >= {name}_breakpoints[k]) ++k;",
        f"    return {name}[k];",
        "}",
    ]


def _uniform_lookup(table: UniformTable, name: str) -> list[str]:
    cells = table.cells
    last = cells.first + cells.count - 1
    below, above = (f"index = {cells.first};", f"index = {last};") if _clamps(table) else (_zero(table), _zero(table))
    twos = table.shape.order == "twos_complement"
    entry = f"index & {cells.count - 1}" if twos else f"index - ({cells.first})"
    times = f" * {cells.width.denominator}" if cells.width.denominator > 1 else ""
    return [
        f"static inline {_result(table)} {name}_lookup(int32_t x)",
        "{",
        f"    const int64_t p = {_magnitude(table)}{times};",
        *_divide("index", "p", cells.width.numerator, cells.rounding),
        f"    if (index < {cells.first}) {below}",
        f"    if (index > {last}) {above}",
        f"    return {name}[{entry}];",
        "}",
    ]


def _interpolated_lookup(table: UniformTable, name: str) -> list[str]:
    shape, cells = table.shape, table.cells
    width, bits = cells.width.numerator.bit_length() - 1, shape.interpolation_bits
    last = (cells.count << width) - 1
    below, above = (f"return {name}[0];", f"p = {last};") if _clamps(table) else (_zero(table), _zero(table))
    scaled = f"<< {bits - width}" if bits >= width else f">> {width - bits}"
    linear = shape.interpolation == "linear"
    hold = [f"    if (index == {cells.count - 1}) return {name}[index];"] if shape.end == "hold" else []
    slope = [f"    const int64_t slope = {_wrapped(table, 'y1 - y0')};"] if linear else []
    product = "slope * f" if linear else f"y0 * ({2**bits - 1} - f) + y1 * f"
    result = _wrapped(table, "y0 + part") if linear else "part"
    return [
        f"static inline {_result(table)} {name}_lookup(int32_t x)",
        "{",
        f"    int64_t p = {_magnitude(table)} - ({cells.first << width});",
        f"    if (p < 0) {below}",
        f"    if (p > {last}) {above}",
        f"    const int64_t index = p >> {width};",
        f"    const int64_t f = (p & {2**width - 1}) {scaled};",
        *hold,
        f"    const int64_t y0 = {name}[index], y1 = {name}[index + 1];",
        *slope,
        f"    const int64_t product = {product};",
        *_divide("part", "product", 2**bits, shape.interpolation_rounding),
        f"    return ({_result(table)}){result};",
        "}",
    ]


def _divide(quotient: str, p: str, by: int, rounding: Rounding) -> list[str]:
    """C that sets `quotient` to p / by, rounded; the carries are those of `spikelut.quant.arithmetic.rounding`."""
    carry = {
        "floor": None,
        "trunc0": f"{p} < 0 && rest != 0",
        "half_up": f"2 * rest >= {by}",
        "half_away": f"2 * rest > {by} || (2 * rest == {by} && {p} >= 0)",
        "half_even": f"2 * rest > {by} || (2 * rest == {by} && ({quotient} & 1))",
        "dpu": f"2 * rest > {by} || (2 * rest == {by} && (({quotient} & 1) || {p} < 0))",
    }[rounding]
    if by & (by - 1) == 0:
        lines = [f"    int64_t {quotient} = {p} >> {by.bit_length() - 1}; /* arithmetic shift */"]
    else:
        lines = [f"    int64_t {quotient} = {p} / {by} - ({p} % {by} < 0); /* floor */"]
    if carry is None or by == 1:
        return lines
    return [*lines, f"    const int64_t rest = {p} - {quotient} * {by};", f"    if ({carry}) ++{quotient};"]


def _clamps(table: UniformTable) -> bool:
    return table.shape.out_of_range == "clamp"


def _zero(table: UniformTable) -> str:
    return f"return {table.value.zero_point};"


def _magnitude(table: UniformTable) -> str:
    return "(x < 0 ? -(int64_t)x : x)" if table.cells.folded else "(int64_t)x"


def _wrapped(table: UniformTable, value: str) -> str:
    """The low bits of a C expression as an entry has them."""
    low, mask = table.value.min_code, 2**table.value.bits - 1
    return f"((({value}) - ({low})) & {mask}) + ({low})"


def _result(table: Table) -> str:
    return "int32_t" if table.value.max_code < 2**31 else "int64_t"


def _c_type(bits: int, signed: bool) -> str:
    width = next(w for w in (8, 16, 32) if bits <= w)
    # Returned as int32_t, which holds all numbers of 31 bits.
    unsigned = not signed and not 16 < bits < 32
    return f"{'u' if unsigned else ''}int{width}_t"


def _array(c_type: str, name: str, values: list[int]) -> str:
    rows = [", ".join(f"{v:d}" for v in values[i : i + 16]) for i in range(0, len(values), 16)]
    body = ",\n    ".join(rows)
    return f"static const {c_type} {name}[{len(values)}] = {{\n    {body}\n}};"
