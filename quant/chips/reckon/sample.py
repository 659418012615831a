"""A sample: its ticks, in which the chip steps, votes, learns and takes events, and what comes out."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from spikelut._backend import uses_native
from spikelut._checks import require, require_int
from spikelut._text import brief
from spikelut.quant.chips.reckon.chip import Chip, State
from spikelut.quant.chips.reckon.learn import Learning, learning_tick
from spikelut.quant.chips.reckon.native import run_native
from spikelut.quant.chips.reckon.propagate import propagate
from spikelut.quant.chips.reckon.registers import Registers
from spikelut.quant.chips.reckon.rules import ONE, STATE
from spikelut.quant.chips.reckon.step import step

Ints = NDArray[np.int64]


@dataclass
class Recorded:
    """What was in the chip in every tick, after its step; row 0 is zero, as there is none in the first."""

    u: Ints
    trace_inp: Ints
    trace_rec: Ints
    trace_out: Ints
    error: Ints
    learning_signal: Ints
    h: Ints
    regul: Ints


@dataclass(repr=False)
class Sample:
    """What a sample gave.

    - `prediction`: the output with the most votes, the lowest of several; `votes` [outputs]: how many steps each was
      the largest in, from the tick on from which there are targets. Of regressions there are no votes.
    - `outputs` [ticks, outputs]: potentials after each step. `spikes` [ticks, neurons]: 0 or 1.
    - `recorded`: the chip's inside, where it was asked for.

    ```pycon
    >>> import numpy as np
    >>> registers = quant.reckon.Registers(num_inp_neur=1, num_rec_neur=1, num_out_neur=1)
    >>> chip = quant.reckon.Chip(registers, 32000, 400, np.zeros((2, 2)), np.zeros((2, 2)), np.zeros((2, 2)))
    >>> quant.reckon.run(chip, np.zeros((5, 2)), 1, target_from=3)
    Sample(prediction=0, votes=[2, 0], 5 ticks)
    ```
    """

    prediction: int
    votes: Ints
    outputs: Ints
    spikes: Ints
    recorded: Recorded | None = None

    def __repr__(self) -> str:
        return brief(
            self, f"prediction={self.prediction}", f"votes={self.votes.tolist()}", f"{len(self.outputs)} ticks"
        )


@dataclass
class Task:
    """A checked sample: events [ticks, inputs], goals [ticks, outputs], and the tick from which these are valid."""

    events: Ints
    goals: Ints
    target_from: int


def run(
    chip: Chip, events: ArrayLike, target: ArrayLike, *, target_from: int, learn: bool = False, record: bool = False
) -> Sample:
    """Run a sample on the chip, which learns from it if asked to.

    - `events` [ticks, inputs]: every number that is not zero is an event.
    - `target`: the class; or, where `single_label` is 0, the class of each tick, [ticks]. For a regression: 16-bit
      numbers for each tick, [ticks, outputs].
    - `target_from`: the tick from which on the target is valid, the chip learns, and outputs are voted for.
    - `learn=False`: the chip has a `do_eprop` of 0. Weights and traces stay, and generators of steps run on.
    - `record`: keep the inside of every tick. The sample is then run in NumPy, to the same bit but a hundred times
      slower; so it is where `spikelut.get_backend()` is without compiled kernels.

    In each tick, the chip makes a step (not in the first), votes, learns (not in the last), and takes the events of the
    tick (not in the last). So a spike or an event reaches membranes after the step of its tick, and an output sees a
    spike two steps after the event that made it. ChFrenkel/ReckOn 5e5c0bea src/srnn.v.

    Raises ValueError for events of another shape and targets that are none.
    """
    task = checked(chip.registers, events, target, target_from)
    used = chip if learn else frozen(chip)
    if not record and uses_native():
        outputs, spikes, votes = run_native(used, task.events, task.goals, target_from)
        sample = Sample(int(votes.argmax()), votes, outputs, spikes)
    else:
        sample = _in_numpy(used, task, record)
    chip.generators = used.generators
    return sample


def _in_numpy(chip: Chip, task: Task, record: bool) -> Sample:
    state = State.rest(chip.registers)
    outputs, spikes, kept = [], [], []
    for t in range(len(task.events)):
        if t > 0:
            step(chip, state)
        learning, last = None, t == len(task.events) - 1
        if t >= task.target_from:
            _vote(chip.registers, state)
            if chip.registers.do_eprop and not last:
                learning = learning_tick(chip, state, task.goals[t])
        outputs.append(state.outputs)
        spikes.append(state.spike)
        if record:
            kept.append(_record(chip.registers, state, learning))
        if not last:
            propagate(chip, state, task.events[t])
    recorded = Recorded(*(np.stack(part) for part in zip(*kept, strict=True))) if record else None
    return Sample(int(state.votes.argmax()), state.votes, np.stack(outputs), np.stack(spikes), recorded)


def sent(registers: Registers, sample: Sample) -> Ints:
    """The bytes on the chip's bus, [bytes, 2]: the tick, and the byte.

    For classes the prediction at the end. For regressions, as the chip is set up for them, the low and the high byte of
    each output after every step.
    """
    if not registers.regression:
        return np.array([[len(sample.outputs) - 1, sample.prediction]])
    ticks, outputs = sample.outputs[1:].shape
    halves = np.stack((sample.outputs[1:] & 255, sample.outputs[1:] >> 8 & 255), -1)
    return np.stack((np.repeat(np.arange(1, ticks + 1), 2 * outputs), halves.reshape(-1)), 1)


def checked(registers: Registers, events: ArrayLike, target: ArrayLike, target_from: int) -> Task:
    """A sample with the goals of every tick: potentials, or the target of the right class and zero of others."""
    came = np.asarray(events)
    fits = came.ndim == 2 and came.shape[1] == registers.inputs and len(came) >= 2
    require(fits, "run", f"events must be [ticks, {registers.inputs}] of at least two ticks", list(came.shape))
    require_int("run", "target_from", target_from, 1, len(came) - 1)
    return Task((came != 0).astype(np.int64), goals(registers, target, len(came), target_from), target_from)


def goals(registers: Registers, target: ArrayLike, ticks: int, target_from: int) -> Ints:
    """What outputs should be in each tick, [ticks, outputs]."""
    given = np.asarray(target)
    require(given.dtype.kind in "biu", "run", "target must hold integers", given.dtype)
    given = given.astype(np.int64)
    if registers.regression:
        shape = ticks, registers.outputs
        require(given.shape == shape, "run", f"target must be {list(shape)}", list(given.shape))
        ends = STATE.min_code, STATE.max_code
        inside = bool(((given >= ends[0]) & (given <= ends[1])).all())
        require(inside, "run", f"target must be in {ends[0]}..{ends[1]}", (int(given.min()), int(given.max())))
        return given
    require(
        given.shape in ((), (ticks,)),
        "run",
        f"target must be a class, or one for each of {ticks} ticks",
        list(given.shape),
    )
    # The chip asks for its label once, when the first is due.
    labels = given[target_from] if given.ndim and registers.single_label else given
    valid = np.broadcast_to(labels, (ticks,))
    asked = valid[target_from:]
    inside = bool(((asked >= 0) & (asked < registers.outputs)).all())
    require(inside, "run", f"target must be a class in 0..{registers.outputs - 1}", np.unique(asked).tolist())
    return np.where(valid[:, None] == np.arange(registers.outputs), ONE, 0)


def frozen(chip: Chip) -> Chip:
    """Another chip in the same state that does not learn."""
    made = chip.copy()
    made.registers = replace(chip.registers, do_eprop=0)
    return made


def _record(registers: Registers, state: State, learning: Learning | None) -> tuple[Ints, ...]:
    nothing = np.zeros(registers.neurons, np.int64)
    made = learning or Learning(np.zeros(registers.outputs, np.int64), *[nothing] * 3)
    traces = state.trace_inp, state.trace_rec, state.trace_out
    return state.u, *traces, made.error, made.signal, made.slope, made.excess


def _vote(registers: Registers, state: State) -> None:
    if not registers.regression:
        state.votes[int(state.outputs.argmax())] += 1
