"""Cores of neurons to which events come one after the other: a source in each clock, and a register that saturates."""

from spikelut.export.verilog.cores.core_text import Core
from spikelut.export.verilog.cores.expression_writer import Word
from spikelut.export.verilog.cores.job import Job
from spikelut.export.verilog.cores.pipeline import BIT, Pipeline, Stage, shifted
from spikelut.export.verilog.cores.steps import addition_module, end_module, event_module, tick_module
from spikelut.export.verilog.cores.sum_cores import keep
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.codegen.expression_ops import ExpressionOps
from spikelut.quant.network.events.layer import IntegerEventLIF


def event_core(top: str, job: Job) -> Core:
    """The core of a job whose neurons take event after event."""
    made = Pipeline(top, job)
    made.delay(numbers_at="channel")
    assert job.neurons is not None  # the caller's case
    layer = job.neurons.layer
    assert isinstance(layer, IntegerEventLIF)  # likewise
    _registers(made, layer)
    if layer.each:
        _compared(made, layer)
    else:
        _added(made, layer)
    return made.core()


def _registers(made: Pipeline, layer: IntegerEventLIF) -> None:
    """The memories of states, read with the sources; and copies of what is needed a clock later.

    `held`: the state that events change, from the first of them on; `state_KEY_2` the others; `NUMBER_2` numbers.
    """
    text, job = made.text, made.job
    assert job.neurons is not None
    states = [(s.name, Word.of(s.register.min_code, s.register.max_code)) for s in layer.kind.states]
    for key, word in states:
        text.wire(f"next_{key}", word)
        ports = {"write": "step", "write_at": "at_2", "value": f"next_{key}", "read_at": "at"}
        keep(text, layer.name, key, word, job.nest.outputs, ports)
    copies = [(f"state_{key}", word) for key, word in states[:-1]]
    copies += [(key, table.word) for key, table in job.neurons.numbers.items()]
    for name, word in copies:
        text.reg(f"{name}_2", word)
    if copies:
        text.always([f"{name}_2 <= {name};" for name, _ in copies])
    key, word = states[-1]
    for name in ("change_from", "change_to"):
        text.wire(name, word)
    text.reg("held", word)
    text.lines.append(f"assign change_from = {f'state_{key}' if made.single else f'first_1 ? state_{key} : held'};")
    text.always(["if (busy_1) held <= change_to;"])


def _weight(made: Pipeline, stage: Stage) -> tuple[int, int]:
    """The net `scaled`, a weight in membrane codes, and the values it can have."""
    weights = made.job.weights
    assert weights is not None  # of such a layer
    x: Expression = stage.number("weight", weights.table.low, weights.table.high)
    x = shifted(stage, weights, x, "shift")
    stage.store("scaled", Word.of(x.low, x.high), x)
    return x.low, x.high


def _nets(made: Pipeline, layer: IntegerEventLIF, *, late: bool) -> dict[str, str]:
    """The nets of states and numbers; those of the end of a step are `late`."""
    assert made.job.neurons is not None
    end = "_2" if late else ""
    *others, last = (state.name for state in layer.kind.states)
    nets = {f"state_{key}": f"state_{key}{end}" for key in others}
    nets |= {f"state_{last}": "held" if late else "change_from"}
    return nets | {key: f"{key}{end}" for key in made.job.neurons.numbers}


def _added(made: Pipeline, layer: IntegerEventLIF) -> None:
    """Events are added, and the step ends after them."""
    job, text, stage = made.job, made.text, Stage(made.text, "v")
    assert job.neurons is not None
    numbers, bias, largest = job.neurons.numbers, job.neurons.bias, job.reads[0].high
    reach = _weight(made, stage)
    stage.store("count", Word.of(0, largest), made.given(stage))
    stage.close()
    last = layer.kind.states[-1].name
    module = addition_module(f"{made.top}_event_{job.suffix}", layer, numbers, reach, largest)
    end = end_module(f"{made.top}_step_{job.suffix}", layer, numbers, bias, text.word)
    made.modules += [module, end]
    events = {**_nets(made, layer, late=False), "weight": "scaled", "count": "count", f"next_{last}": "change_to"}
    text.instance(module, "addition", events)
    nets = _nets(made, layer, late=True) | {f"next_{state.name}": f"next_{state.name}" for state in layer.kind.states}
    text.instance(end, "neuron", {**nets, "spikes": "put_value"})


def _compared(made: Pipeline, layer: IntegerEventLIF) -> None:
    """Each event is compared, and its spikes are counted; a tick ends the step, or nothing."""
    job, text, stage = made.job, made.text, Stage(made.text, "v")
    assert job.neurons is not None
    numbers, largest, most = job.neurons.numbers, job.reads[0].high, job.out[1]
    reach = _weight(made, stage)
    word = Word.of(0, most)
    number = stage.number("number_1", 0, largest - 1) if largest > 1 else 0
    stage.store("happens", BIT, made.given(stage) > number)
    spiked = stage.truth("happens") & stage.truth("spiked")
    so_far: Expression | int = 0
    if not made.single:
        so_far = ExpressionOps.where(stage.truth("first_1"), 0, stage.number("spikes", 0, most))
    text.wire("spiked", BIT)
    text.wire("compared", layer_word(layer))
    text.reg("spikes", word)
    stage.store("next_spikes", word, so_far + spiked * 1)
    stage.close()
    if largest > 1:
        size = Word.of(0, largest - 1)
        text.reg("number_1", size)
        text.always(["number_1 <= number;"])
    text.always(["if (busy_1) spikes <= next_spikes;"])
    text.lines.append("assign change_to = happens ? compared : change_from;")
    module = event_module(f"{made.top}_event_{job.suffix}", layer, numbers, reach)
    made.modules.append(module)
    events = {**_nets(made, layer, late=False), "weight": "scaled", "next_mem": "compared", "spikes": "spiked"}
    text.instance(module, "event_of_one", events)
    ending = Stage(text, "b")
    total = ending.number("spikes", 0, most)
    if layer.ticks:
        end = tick_module(f"{made.top}_step_{job.suffix}", layer, numbers, job.neurons.bias)
        made.modules.append(end)
        text.wire("ticked", BIT)
        text.instance(end, "neuron", {**_nets(made, layer, late=True), "next_mem": "next_mem", "spikes": "ticked"})
        total = total + ending.truth("ticked") * 1
    else:
        text.lines.append("assign next_mem = held;")
        text.unread += [f"{key}_2" for key in numbers]
    ending.store("put_value", text.word, total, declare=False)
    ending.close()


def layer_word(layer: IntegerEventLIF) -> Word:
    """That of the membrane."""
    register = layer.kind.states[0].register
    return Word.of(register.min_code, register.max_code)
