"""A surrogate table as a C header."""

import re

from spikelut._checks import require
from spikelut.quant.table import SegmentTable, Table, UniformTable

# fmt: off
C_KEYWORDS = frozenset([
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
    "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
    "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
])
# fmt: on


def c_header(table: Table, name: str) -> str:
    """C99 source with the entries of `table` as `static const` arrays and a lookup function `name_lookup(x)`.

    `x` is the membrane code above the lowest code that spikes. The comment states curve, formats and error bound.
    Raises ValueError if `name` is not a C identifier.
    """
    identifier = re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) is not None and name not in C_KEYWORDS
    require(identifier, "c_header", "name must be a C identifier", name)
    guard = f"SPIKELUT_{name.upper()}_H"
    lines = [
        f"#ifndef {guard}",
        f"#define {guard}",
        "",
        f"/* Derivative of {table.surrogate} at x * {table.state_step!r}.",
        f" * Entries are {table.value.short_name}: value = entry * {table.value.step!r}.",
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
        lines += _uniform_lookup(table, name)
    return "\n".join([*lines, "", f"#endif /* {guard} */", ""])


def _segment_lookup(table: SegmentTable, name: str) -> list[str]:
    count = len(table.breakpoints)
    return [
        "/* Breakpoints of x; add the layer's threshold to compare with the membrane itself. */",
        _array(_c_type(table.breakpoint_bits, True), f"{name}_breakpoints", list(table.breakpoints)),
        "",
        f"static inline int32_t {name}_lookup(int32_t x)",
        "{",
        "    int k = 0;",
        f"    while (k < {count} && x >= {name}_breakpoints[k]) ++k;",
        f"    return {name}[k];",
        "}",
    ]


def _uniform_lookup(table: UniformTable, name: str) -> list[str]:
    last = table.low_index + table.entries - 1
    outside = ("index = {low};", "index = {last};") if table.clamp else ("return 0;", "return 0;")
    below, above = (text.format(low=table.low_index, last=last) for text in outside)
    entry = f"index & {table.entries - 1}" if table.twos_complement else f"index - ({table.low_index})"
    return [
        f"static inline int32_t {name}_lookup(int32_t x)",
        "{",
        *_index(table),
        f"    if (index < {table.low_index}) {below}",
        f"    if (index > {last}) {above}",
        f"    return {name}[{entry}];",
        "}",
    ]


def _index(table: UniformTable) -> list[str]:
    """`index`: x / 2**shift rounded; the carries are those of `spikelut.quant.rounding`."""
    if table.shift == 0:
        return ["    int32_t index = x;"]
    low, half = 2**table.shift - 1, 2 ** (table.shift - 1)
    carry = {
        "floor": None,
        "trunc0": "x < 0 && rest != 0",
        "half_up": f"rest >= {half}",
        "half_away": f"rest > {half} || (rest == {half} && x >= 0)",
        "half_even": f"rest > {half} || (rest == {half} && (index & 1))",
        "dpu": f"rest > {half} || (rest == {half} && ((index & 1) || x < 0))",
    }[table.index_rounding]
    lines = [f"    int32_t index = x >> {table.shift}; /* arithmetic shift */"]
    if carry is not None:
        lines += [f"    int32_t rest = x & {low};", f"    if ({carry}) ++index;"]
    return lines


def _c_type(bits: int, signed: bool) -> str:
    width = next(w for w in (8, 16, 32) if bits <= w)
    return f"{'' if signed else 'u'}int{width}_t"


def _array(c_type: str, name: str, values: list[int]) -> str:
    rows = [", ".join(f"{v:d}" for v in values[i : i + 16]) for i in range(0, len(values), 16)]
    body = ",\n    ".join(rows)
    return f"static const {c_type} {name}[{len(values)}] = {{\n    {body}\n}};"
