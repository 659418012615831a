"""Cores that add up the sources of an output, or take the largest, and step its neuron once in a time step."""

from functools import reduce
from operator import add, mul

from spikelut.export.verilog.cores.core_text import CORE, Core, CoreText, Kept
from spikelut.export.verilog.cores.expression_writer import Word
from spikelut.export.verilog.cores.job import Job, Neurons
from spikelut.export.verilog.cores.pipeline import BIT, Pipeline, Stage, share, shifted
from spikelut.export.verilog.cores.steps import step_module
from spikelut.export.verilog.cores.words import places
from spikelut.quant.codegen.expression import Expression
from spikelut.quant.codegen.expression_ops import ExpressionOps


def sum_core(top: str, job: Job) -> Core:
    """The core of a job."""
    made = Pipeline(top, job)
    made.delay(numbers_at="channel_1")
    reach = _accumulate(made)
    if job.neurons is not None and job.neurons.back is not None:
        _accumulate_back(made, job.neurons)
    stage = Stage(made.text, "b")
    total = stage.number("sum", *reach)
    if job.weights is not None:
        total = shifted(stage, job.weights, total, "shift")
    if job.neurons is None:
        stage.store("put_value", made.text.word, total << job.left_shift, declare=False)
    else:
        _step(made, stage, job.neurons, total)
    stage.close()
    return made.core()


def _accumulate(made: Pipeline) -> tuple[int, int]:
    """The register `sum`, and the values it can have."""
    job, stage = made.job, Stage(made.text, "v")
    given = [made.given(stage, index) for index in job.operands]
    term: Expression = reduce(mul if job.combine == "product" else add, given)
    low, high = term.low, term.high
    if job.weights is not None:
        term = share(job.weights, stage.number("weight", job.weights.table.low, job.weights.table.high), term)
        low, high = -job.weights.code_reach, job.weights.code_reach
    elif not made.single and job.combine == "sum":
        low, high = job.out
    word = Word.of(low, high)
    made.text.reg("sum", word)
    if not made.single:
        before = ExpressionOps.where(stage.truth("first_1"), 0, stage.number("sum", low, high))
        if job.combine == "largest":
            least = job.reads[0].low
            before = ExpressionOps.where(stage.truth("first_1"), least, stage.number("sum", low, high))
            inside = None if job.inside is None else stage.truth("on_image_1")
            value = stage.number(job.reads[0].port, job.reads[0].low, job.reads[0].high)
            value = value if inside is None else ExpressionOps.where(inside, value, least)
            term = ExpressionOps.where(before < value, value, before)
        else:
            term = before + term
    stage.store("next_sum", word, term)
    stage.close()
    condition = "busy_1 && !again_1" if job.nest.again else "busy_1"
    made.text.always([f"if ({condition}) sum <= next_sum;"])
    return low, high


def _accumulate_back(made: Pipeline, neurons: Neurons) -> None:
    """The layer's own last spikes: two banks, of which a step reads one and writes the other; their sum."""
    text, nest, back, given = made.text, made.job.nest, neurons.back, neurons.layer.kind.output
    assert back is not None  # the caller's case
    own = Word(places(nest.again), False)
    spikes = Word.of(given.least, given.largest)
    text.declared.append("// The last spikes of the layer itself.")
    text.reg("bank", BIT)
    text.always(["if (rst) bank <= 1'b0;", "else if (done) bank <= !bank;"])
    ports = {"write": "step", "write_at": "{!bank, at_2}", "value": "put_value", "read_at": "{bank, own}"}
    count = 2 << own.bits
    text.ram("spiked", spikes, count, ports)
    text.rom("back", back.table, "back_at")
    place = f"{CORE}.spiked.words[({CORE}.bank ? {count // 2} : 0) + i]"
    text.kept.append(Kept(f"{neurons.layer.name}.last", place, spikes, nest.outputs))
    text.reg("own_first_1", BIT)
    text.always([f"own_first_1 <= own == {own.bits}'d0;"])
    stage = Stage(text, "u")
    last = ExpressionOps.where(stage.truth("rest"), 0, stage.number("found_spiked", given.least, given.largest))
    word = Word.of(-back.code_reach, back.code_reach)
    text.reg("back_sum", word)
    before = stage.number("back_sum", -back.code_reach, back.code_reach)
    before = ExpressionOps.where(stage.truth("own_first_1"), 0, before)
    term = share(back, stage.number("back", back.table.low, back.table.high), last)
    stage.store("next_back_sum", word, before + term)
    stage.close()
    text.always(["if (busy_1 && again_1) back_sum <= next_back_sum;"])


def _step(made: Pipeline, stage: Stage, neurons: Neurons, total: Expression) -> None:
    """The step of a neuron, and the memories of its states."""
    job, text, layer = made.job, made.text, neurons.layer
    low, high = arriving_range(job)
    if neurons.back is not None:
        back = neurons.back
        total = total + shifted(stage, back, stage.number("back_sum", -back.code_reach, back.code_reach), "back_shift")
    stage.store("arriving", Word.of(low, high), total)
    name = f"{made.top}_step_{job.suffix}"
    module = step_module(name, layer, neurons.numbers, neurons.bias, (low, high), text.word)
    made.modules.append(module)
    nets = {"arriving": "arriving"}
    for state in layer.kind.states:
        word = Word.of(state.register.min_code, state.register.max_code)
        key, count = state.name, job.nest.outputs
        text.wire(f"next_{key}", word)
        ports = {"write": "step", "write_at": "at_2", "value": f"next_{key}", "read_at": "at_1"}
        keep(text, layer.name, key, word, count, ports)
        nets |= {f"state_{key}": f"state_{key}", f"next_{key}": f"next_{key}"}
    nets |= {key: key for key in neurons.numbers}
    if layer.reads_out:
        text.lines.append(f"assign put_value = next_{layer.kind.states[0].name};")
    else:
        nets["spikes"] = "put_value"
    text.instance(module, "neuron", nets)


def keep(text: CoreText, layer: str, key: str, word: Word, count: int, ports: dict[str, str]) -> None:
    """The memory `kept_KEY` of a state, and `state_KEY`, the word found in it, or zero before the first step."""
    text.ram(f"kept_{key}", word, count, ports)
    text.wire(f"state_{key}", word)
    text.lines.append(f"assign state_{key} = rest ? {word.bits}'d0 : found_kept_{key};")
    text.kept.append(Kept(f"{layer}.{key}", f"{CORE}.kept_{key}.words[i]", word, count))


def arriving_range(job: Job) -> tuple[int, int]:
    """The synaptic sums that can arrive at the neurons of a job, in membrane codes."""
    weights, neurons = job.weights, job.neurons
    assert neurons is not None  # the caller's case
    read = job.reads[0]
    low, high = (read.low, read.high) if weights is None else (-weights.reach, weights.reach)
    back = 0 if neurons.back is None else neurons.back.reach
    return low - back, high + back
