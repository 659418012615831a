"""The module of a network: its arrays, its cores one after the other, and the streams of values in and out."""

from collections.abc import Iterator

from spikelut.export.c.names import comment
from spikelut.export.verilog.cores.expression_writer import Word, unsigned
from spikelut.export.verilog.cores.steps import unused_line
from spikelut.export.verilog.cores.words import places
from spikelut.export.verilog.plan import Array, End, Plan

LOAD, RUN, SEND = "2'd0", "2'd1", "2'd2"


def prefix(what: str, ends: tuple[End, ...], end: End) -> str:
    """How the ports of an input or output begin: `in`, or where there are several `in_NAME`."""
    return what if len(ends) == 1 else f"{what}_{end.suffix}"


def top_module(plan: Plan) -> str:
    """`NAME.v`."""
    return "\n".join(
        [
            "`default_nettype none",
            "",
            *_about(plan),
            f"module {plan.name} (",
            ",\n".join(f"    {port}" for port in _ports(plan)),
            ");",
            *(f"    {line}" if line else "" for line in _body(plan)),
            "endmodule",
            "",
            "`default_nettype wire",
            "",
        ]
    )


def _about(plan: Plan) -> Iterator[str]:
    names = dict.fromkeys(comment(node.profile.name) for node in plan.network.nodes)
    yield f"// A spiking network in the integers of {', '.join(names)}, by spikelut."
    yield "//"
    for what, ends in (("in", plan.inputs), ("out", plan.outputs)):
        for end in ends:
            shape, word = " x ".join(map(str, end.signal.shape)), end.array.word
            sign = "signed" if word.signed else "unsigned"
            about = f"{end.signal.kind} {end.name!r} [{shape}] in {end.signal.least}..{end.signal.largest}, {sign}"
            yield f"// {prefix(what, ends, end)}_*: {comment(about)}"
    yield "//"
    yield "// A time step: all values of the inputs come in, in order; then those of the outputs go out. A value passes"
    yield "// in a clock in which valid and ready are both 1. Where in_first is 1 with a value of a step, all states"
    yield "// are at rest before it, as after rst, which is synchronous."
    yield f"// From the last value in to the first out: {plan.clocks} clocks."


def _ports(plan: Plan) -> Iterator[str]:
    yield "input  wire clk"
    yield "input  wire rst"
    yield "input  wire in_first"
    for end in plan.inputs:
        name = prefix("in", plan.inputs, end)
        yield f"input  wire {name}_valid"
        yield f"output wire {name}_ready"
        yield f"input  wire{end.array.word.declared} {name}_value"
    for end in plan.outputs:
        name = prefix("out", plan.outputs, end)
        yield f"output wire {name}_valid"
        yield f"input  wire {name}_ready"
        yield f"output wire {name}_last"
        yield f"output wire{end.array.word.declared} {name}_value"


def _body(plan: Plan) -> Iterator[str]:
    turns, sends = Word(places(len(plan.cores)), False), Word(places(len(plan.outputs)), False)
    longest = max(places(end.array.count) for end in plan.outputs)
    yield "// 0: values come in; 1: cores have their turn; 2: values go out."
    yield "reg [1:0] phase;"
    yield f"reg{turns.declared} turn;"
    yield "reg start;"
    yield "reg rest;"
    yield f"reg{sends.declared} sending;"
    yield f"reg [{longest - 1}:0] send_at;"
    yield "reg asked;"
    yield ""
    for end in plan.inputs:
        yield from _entry(plan, end)
    for array in plan.arrays.values():
        yield f"wire{array.word.declared} found_{array.suffix};"
    for index, core in enumerate(plan.cores):
        yield ""
        yield f"wire start_{core.suffix} = start && turn == {unsigned(index, turns.bits)};"
        yield from _core(plan, index)
    unread: list[str] = []
    for array in plan.arrays.values():
        yield from _array(plan, array, unread)
    for index, end in enumerate(plan.outputs):
        yield from _exit(plan, index, end)
    yield from _sequence(plan)
    yield from unused_line(unread)


def _entry(plan: Plan, end: End) -> Iterator[str]:
    """An input fills its array."""
    name, bits, suffix = prefix("in", plan.inputs, end), places(end.array.count), end.array.suffix
    yield f"reg [{bits - 1}:0] put_at_{suffix};"
    yield f"reg full_{suffix};"
    yield f"assign {name}_ready = phase == {LOAD} && !full_{suffix};"
    yield f"wire put_{suffix} = {name}_valid && {name}_ready;"
    yield f"wire{end.array.word.declared} put_value_{suffix} = {name}_value;"
    last = unsigned(end.array.count - 1, bits)
    yield "always @(posedge clk) begin"
    yield f"    if (rst || phase != {LOAD}) begin"
    yield f"        put_at_{suffix} <= {unsigned(0, bits)};"
    yield f"        full_{suffix} <= 1'b0;"
    yield f"    end else if (put_{suffix}) begin"
    yield f"        put_at_{suffix} <= put_at_{suffix} == {last} ? {last} : put_at_{suffix} + {unsigned(1, bits)};"
    yield f"        full_{suffix} <= put_at_{suffix} == {last};"
    yield "    end"
    yield "end"
    yield ""


def _core(plan: Plan, index: int) -> Iterator[str]:
    """A core and its nets."""
    core = plan.cores[index]
    suffix = core.suffix
    nets = {"clk": "clk", "rst": "rst", "start": f"start_{suffix}"}
    nets |= {"rest": "rest"} if core.rests else {}
    for read in core.reads:
        asked = f"{read.port}_at_{suffix}"
        yield f"wire [{places(read.count) - 1}:0] {asked};"
        nets |= {f"{read.port}_at": asked, read.port: f"found_{plan.arrays[read.root].suffix}"}
    yield f"wire [{places(core.count) - 1}:0] put_at_{suffix};"
    yield f"wire{core.word.declared} put_value_{suffix};"
    yield f"wire put_{suffix};"
    yield f"wire done_{suffix};"
    nets |= {port: f"{port}_{suffix}" for port in ("put", "put_at", "put_value", "done")}
    yield f"{core.name} core_{suffix} ("
    yield ",\n    ".join(f"    .{port}({net})" for port, net in nets.items())
    yield ");"


def _array(plan: Plan, array: Array, unread: list[str]) -> Iterator[str]:
    """The memory of an array, whose address is that of who reads it now."""
    suffix, bits = array.suffix, places(array.count)
    turns, sends = places(len(plan.cores)), places(len(plan.outputs))
    readers = [
        (f"phase == {RUN} && turn == {unsigned(index, turns)}", f"{read.port}_at_{core.suffix}")
        for index, core in enumerate(plan.cores)
        for read in core.reads
        if read.root == array.root
    ]
    # One core reads an array at one place, by however many ports.
    readers = list(dict(reversed(readers)).items())[::-1]
    for index, end in enumerate(plan.outputs):
        if end.array.root == array.root:
            longest = max(places(other.array.count) for other in plan.outputs)
            place = "send_at" if longest == bits else f"send_at[{bits - 1}:0]"
            readers.append((f"phase == {SEND} && sending == {unsigned(index, sends)}", place))
    text = readers[-1][1] if readers else unsigned(0, bits)
    for condition, place in reversed(readers[:-1]):
        text = f"{condition} ? {place} : {text}"
    yield ""
    yield f"wire [{bits - 1}:0] find_at_{suffix} = {text};"
    yield f"{plan.name}_ram #(.BITS({array.word.bits}), .WORDS({array.count}), .PLACES({bits}))"
    yield f"    values_{suffix} ("
    yield f"        .clk(clk), .write(put_{suffix}), .write_at(put_at_{suffix}), .value(put_value_{suffix}),"
    yield f"        .read_at(find_at_{suffix}), .found(found_{suffix})"
    yield "    );"
    if not readers:
        unread.append(f"found_{suffix}")


def _exit(plan: Plan, index: int, end: End) -> Iterator[str]:
    """An output has the values of its array."""
    name, turn = prefix("out", plan.outputs, end), unsigned(index, places(len(plan.outputs)))
    longest = max(places(other.array.count) for other in plan.outputs)
    yield ""
    yield f"assign {name}_valid = phase == {SEND} && asked && sending == {turn};"
    yield f"assign {name}_last = {name}_valid && send_at == {unsigned(end.array.count - 1, longest)};"
    yield f"assign {name}_value = found_{end.array.suffix};"


def _sequence(plan: Plan) -> Iterator[str]:
    """Who has its turn."""
    turns, sends = places(len(plan.cores)), places(len(plan.outputs))
    longest = max(places(end.array.count) for end in plan.outputs)
    names = [prefix("out", plan.outputs, end) for end in plan.outputs]
    entries = [end.array.suffix for end in plan.inputs]
    more = f"turn == {unsigned(len(plan.cores) - 1, turns)}"
    yield ""
    yield f"wire full = {' && '.join(f'full_{suffix}' for suffix in entries)};"
    yield f"wire done = {' || '.join(f'done_{core.suffix}' for core in plan.cores)};"
    yield f"wire taken = {' || '.join(f'({name}_valid && {name}_ready)' for name in names)};"
    yield f"wire last = {' || '.join(f'{name}_last' for name in names)};"
    yield f"wire over = taken && last && sending == {unsigned(len(plan.outputs) - 1, sends)};"
    yield "always @(posedge clk) begin"
    yield f"    start <= !rst && ((phase == {LOAD} && full) || (phase == {RUN} && done && !({more})));"
    yield "    if (rst) begin"
    yield f"        phase <= {LOAD};"
    yield "        rest <= 1'b1;"
    yield "    end else case (phase)"
    yield f"        {LOAD}: begin"
    yield f"            if (full) phase <= {RUN};"
    yield f"            if (in_first && ({' || '.join(f'put_{suffix}' for suffix in entries)})) rest <= 1'b1;"
    yield "        end"
    yield f"        {RUN}: if (done && {more}) phase <= {SEND};"
    yield f"        {SEND}: if (over) begin"
    yield f"            phase <= {LOAD};"
    yield "            rest <= 1'b0;"
    yield "        end"
    yield f"        default: phase <= {LOAD};"
    yield "    endcase"
    yield f"    if (phase != {RUN}) turn <= {unsigned(0, turns)};"
    yield f"    else if (done && !({more})) turn <= turn + {unsigned(1, turns)};"
    yield f"    if (phase != {SEND}) begin"
    yield f"        sending <= {unsigned(0, sends)};"
    yield f"        send_at <= {unsigned(0, longest)};"
    yield "        asked <= 1'b0;"
    yield "    end else if (!asked) asked <= 1'b1;"
    yield "    else if (taken) begin"
    yield "        asked <= 1'b0;"
    yield f"        send_at <= last ? {unsigned(0, longest)} : send_at + {unsigned(1, longest)};"
    if len(plan.outputs) > 1:
        yield f"        if (last && !over) sending <= sending + {unsigned(1, sends)};"
    yield "    end"
    yield "end"
