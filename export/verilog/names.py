"""Names in Verilog."""

import re

from spikelut._checks import require

# fmt: off
KEYWORDS = frozenset([
    # Verilog-2005
    "always", "and", "assign", "automatic", "begin", "buf", "bufif0", "bufif1", "case", "casex", "casez", "cell",
    "cmos", "config", "deassign", "default", "defparam", "design", "disable",
    "edge", "else", "end", "endcase", "endconfig",
    "endfunction", "endgenerate", "endmodule", "endprimitive", "endspecify", "endtable", "endtask", "event", "for",
    "force", "forever", "fork", "function", "generate", "genvar", "highz0", "highz1", "if", "ifnone", "incdir",
    "include", "initial", "inout", "input", "instance", "integer", "join", "large", "liblist", "library", "localparam",
    "macromodule", "medium", "module", "nand", "negedge", "nmos", "nor", "noshowcancelled", "not", "notif0", "notif1",
    "or", "output", "parameter", "pmos", "posedge", "primitive", "pull0", "pull1", "pulldown", "pullup",
    "pulsestyle_ondetect", "pulsestyle_onevent", "rcmos", "real", "realtime", "reg", "release", "repeat", "rnmos",
    "rpmos", "rtran", "rtranif0", "rtranif1", "scalared", "showcancelled", "signed", "small", "specify", "specparam",
    "strong0", "strong1", "supply0", "supply1", "table", "task", "time", "tran", "tranif0", "tranif1", "tri", "tri0",
    "tri1", "triand", "trior", "trireg", "unsigned", "use", "uwire", "vectored", "wait", "wand", "weak0", "weak1",
    "while", "wire", "wor", "xnor", "xor",
    # SystemVerilog, which most tools read .v files as
    "accept_on", "alias", "always_comb", "always_ff", "always_latch", "assert", "assume", "before", "bind", "bins",
    "binsof", "bit", "break", "byte", "chandle", "checker", "class", "clocking", "const", "constraint", "context",
    "continue", "cover", "covergroup", "coverpoint", "cross", "dist", "do", "endchecker", "endclass", "endclocking",
    "endgroup", "endinterface", "endpackage", "endprogram", "endproperty", "endsequence", "enum", "eventually",
    "expect", "export", "extends", "extern", "final", "first_match", "foreach", "forkjoin", "global", "iff",
    "ignore_bins", "illegal_bins", "implements", "implies", "import", "on_image", "int", "interconnect", "interface",
    "intersect", "join_any", "join_none", "let", "local", "logic", "longint", "matches", "modport", "nettype", "new",
    "nexttime", "null", "package", "packed", "priority", "program", "property", "protected", "pure", "rand", "randc",
    "randcase", "randsequence", "ref", "reject_on", "restrict", "return", "s_always", "s_eventually", "s_nexttime",
    "s_until", "s_until_with", "sequence", "shortint", "shortreal", "soft", "solve", "static", "string", "strong",
    "struct", "super", "sync_accept_on", "sync_reject_on", "tagged", "this", "throughout", "timeprecision", "timeunit",
    "type", "typedef", "union", "unique", "unique0", "until", "until_with", "untyped", "var", "virtual", "void",
    "wait_order", "weak", "wildcard", "with", "within",
])
# fmt: on
LONGEST = 64
"""Characters of a name: file systems take names of 255 bytes, and layers have names of their own."""


def require_name(who: str, name: object) -> None:
    """ValueError unless `name` can begin the names of a network's modules and files."""
    valid = isinstance(name, str) and re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII) is not None
    require(valid, who, "name must be a Verilog identifier that begins with a letter", name)
    assert isinstance(name, str)  # as was just required
    require(name not in KEYWORDS, who, "name must not be a keyword of Verilog or SystemVerilog", name)
    require(len(name) <= LONGEST, who, f"name must have at most {LONGEST} characters", name)


def verilog_name(text: str) -> str:
    """The name nearest to `text` that `require_name` takes."""
    name = re.sub(r"\W", "_", text, flags=re.ASCII)
    if not name.strip("_"):
        return "network"
    name = name if name[0].isalpha() else f"n_{name.lstrip('_')}"
    return f"{name}_net" if name in KEYWORDS else name[:LONGEST]
