# mypy: disable-error-code=untyped-decorator
"""A layer of neurons over all time steps, one kernel for each direction.

A program of the grid takes BLOCK neurons through all steps, with their states in registers. What a step computes, and
the derivative of the spike, are functions made by `codegen.py` that a kernel is given as arguments. While PREFETCH
rows are worked on, the next ones are on their way, so that a program hardly waits for memory. The number of steps is an
argument like any other: a sequence of another length runs the same kernel.
"""

from typing import Any

import triton
import triton.language as tl


@triton.jit
def _load(
    start: tl.tensor,
    place: tl.tensor,
    size: tl.tensor,
    stride: tl.tensor,
    left: tl.tensor,
    used: tl.constexpr,
    count: tl.constexpr,
) -> Any:
    """`count` rows, `stride` elements apart, of which `left` are there; zeros in the place of what is not used."""
    rows = ()
    for i in tl.static_range(count):
        row = tl.load(start + i * stride + place, place < tl.where(left > i, size, 0), 0) if used else 0
        rows = rows + (row,)  # type: ignore[assignment]  # noqa: RUF005  # as Triton wants it
    return rows


@triton.jit(do_not_specialize=["steps"])
def forward_kernel(
    current: tl.tensor,
    bias: tl.tensor,
    mem: tl.tensor,
    syn: tl.tensor,
    out: tl.tensor,
    read: tl.tensor,
    flags: tl.tensor,
    met: tl.tensor,
    last_mem: tl.tensor,
    last_syn: tl.tensor,
    steps: tl.tensor,
    size: tl.tensor,
    ENTER: tl.constexpr,
    STEP: tl.constexpr,
    LEAVE: tl.constexpr,
    STATES: tl.constexpr,
    BIAS: tl.constexpr,
    READ: tl.constexpr,
    FLAGS: tl.constexpr,
    PREFETCH: tl.constexpr,
    BLOCK: tl.constexpr,
) -> Any:
    """All steps of `current` [steps, size], from the states `mem` and `syn` [size] to the `last_...`, in real units.

    Without STATES these are zero. `out` [steps, size]: spikes, or membranes of a read-out. `read`, if READ: where the
    surrogate is read. FLAGS 1: `met`, one number that was 0, becomes positive if registers saturated, and NOT_FINITE or
    more if something was not finite; FLAGS 2: `flags` [steps, size] are those registers.
    """
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = place < size
    finite = tl.full([BLOCK], 0.0, tl.float32)
    state, held = ENTER(finite), ENTER(finite)
    if STATES:
        real_mem, real_syn = tl.load(mem + place, mask, 0.0), tl.load(syn + place, mask, 0.0)
        state, held = ENTER(real_mem), ENTER(real_syn)
        finite = _finite(_finite(finite, real_mem), real_syn)
    shift = state
    if BIAS:
        shift = ENTER(tl.load(bias + place, mask, 0.0))
    seen = mask & False
    row = tl.full((), 0, tl.int64)
    left = steps
    arriving = _load(current, place, size, size, left, True, PREFETCH)
    for _ in range(steps // PREFETCH):
        left -= PREFETCH
        following = ()
        for i in tl.static_range(PREFETCH):
            state, held, seen, finite = _forward_row(
                arriving[i], out + row, read + row, flags + row, place, mask, state, held, shift, seen, finite,
                STEP, READ, FLAGS,
            )  # fmt: skip
            following = following + _load(current + row + PREFETCH * size, place, size, size, left - i, True, 1)
            row += size
        arriving = following
    for i in tl.static_range(PREFETCH - 1):
        if left > i:
            state, held, seen, finite = _forward_row(
                arriving[i], out + row, read + row, flags + row, place, mask, state, held, shift, seen, finite,
                STEP, READ, FLAGS,
            )  # fmt: skip
            row += size
    tl.store(last_mem + place, LEAVE(state), mask)
    tl.store(last_syn + place, LEAVE(held), mask)
    if FLAGS == 1:
        worst = tl.max(tl.where(mask, tl.where(finite == 0, tl.where(seen, 1, 0), 8), 0), 0)
        tl.atomic_max(met, worst, mask=worst > 0)


@triton.jit
def _forward_row(
    arriving: tl.tensor,
    out: tl.tensor,
    read: tl.tensor,
    flags: tl.tensor,
    place: tl.tensor,
    mask: tl.tensor,
    state: tl.tensor,
    held: tl.tensor,
    shift: tl.tensor,
    seen: tl.tensor,
    finite: tl.tensor,
    STEP: tl.constexpr,
    READ: tl.constexpr,
    FLAGS: tl.constexpr,
) -> Any:
    """One step; the states after it, whether registers have saturated so far, and what `_finite` keeps."""
    real = arriving.to(tl.float32)
    state, held, given, where, stopped = STEP(state, held, real, shift)
    tl.store(out + place, given, mask)
    if READ:
        tl.store(read + place, where, mask)
    if FLAGS == 1:
        seen = seen | (stopped != 0)
        finite = _finite(finite, real)
    if FLAGS == 2:
        tl.store(flags + place, stopped, mask)
    return state, held, seen, finite


@triton.jit
def _finite(finite: tl.tensor, real: tl.tensor) -> Any:
    """0 as long as all values are finite, NaN from then on."""
    # An infinity times zero is NaN. The integer units have enough to do without a comparison.
    return tl.fma(real, 0.0, finite)


@triton.jit(do_not_specialize=["steps", "truncate"])
def backward_kernel(
    grad_out: tl.tensor,
    read: tl.tensor,
    spikes: tl.tensor,
    flags: tl.tensor,
    values: tl.tensor,
    grad_mem: tl.tensor,
    grad_syn: tl.tensor,
    grad_current: tl.tensor,
    first_mem: tl.tensor,
    first_syn: tl.tensor,
    grad_bias: tl.tensor,
    steps: tl.tensor,
    size: tl.tensor,
    truncate: tl.tensor,
    beta: tl.tensor,
    share: tl.tensor,
    alpha: tl.tensor,
    SLOPE: tl.constexpr,
    FIRED: tl.constexpr,
    ZERO: tl.constexpr,
    LEAK_FIRST: tl.constexpr,
    RELAXES: tl.constexpr,
    SYNAPSE: tl.constexpr,
    FLAGS: tl.constexpr,
    STATES: tl.constexpr,
    BIAS: tl.constexpr,
    TRUNCATE: tl.constexpr,
    PREFETCH: tl.constexpr,
    BLOCK: tl.constexpr,
) -> Any:
    """The gradients of `forward_kernel`, from the last step to the first.

    `grad_mem`, `grad_syn` [size], zero without STATES: of the last states; `first_mem`, `first_syn`: of the first ones.
    `grad_bias` [size], if BIAS, is summed over the steps. With TRUNCATE no gradient goes back over the start of every
    block of `truncate` steps.
    """
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = place < size
    summed = tl.full([BLOCK], 0.0, tl.float32)
    grad, held = summed, summed
    if STATES:
        grad, held = tl.load(grad_mem + place, mask, 0.0), tl.load(grad_syn + place, mask, 0.0)
    row = (steps - 1).to(tl.int64) * size
    left = steps
    grads = _load(grad_out + row, place, size, -size, left, True, PREFETCH)
    reads = _load(read + row, place, size, -size, left, SLOPE is not None, PREFETCH)
    fired = _load(spikes + row, place, size, -size, left, ZERO and FIRED is None, PREFETCH)
    stopped = _load(flags + row, place, size, -size, left, FLAGS, PREFETCH)
    for _ in range(steps // PREFETCH):
        next_grads, next_reads, next_fired, next_stopped = (), (), (), ()
        for i in tl.static_range(PREFETCH):
            grad, held, summed = _backward_row(
                grads[i], reads[i], fired[i], stopped[i], values, grad_current + row, place, mask, grad, held, summed,
                left - 1, truncate, beta, share, alpha,
                SLOPE, FIRED, ZERO, LEAK_FIRST, RELAXES, SYNAPSE, FLAGS, TRUNCATE,
            )  # fmt: skip
            before = row - PREFETCH * size
            ahead = left - PREFETCH
            next_grads = next_grads + _load(grad_out + before, place, size, -size, ahead, True, 1)
            next_reads = next_reads + _load(read + before, place, size, -size, ahead, SLOPE is not None, 1)
            next_fired = next_fired + _load(spikes + before, place, size, -size, ahead, ZERO and FIRED is None, 1)
            next_stopped = next_stopped + _load(flags + before, place, size, -size, ahead, FLAGS, 1)
            row -= size
            left -= 1
        grads, reads, fired, stopped = next_grads, next_reads, next_fired, next_stopped
    last = left
    for i in tl.static_range(PREFETCH - 1):
        if last > i:
            grad, held, summed = _backward_row(
                grads[i], reads[i], fired[i], stopped[i], values, grad_current + row, place, mask, grad, held, summed,
                left - 1, truncate, beta, share, alpha,
                SLOPE, FIRED, ZERO, LEAK_FIRST, RELAXES, SYNAPSE, FLAGS, TRUNCATE,
            )  # fmt: skip
            row -= size
            left -= 1
    tl.store(first_mem + place, grad, mask)
    tl.store(first_syn + place, held, mask)
    if BIAS:
        tl.store(grad_bias + place, summed, mask)


@triton.jit
def _backward_row(
    grad_out: tl.tensor,
    where: tl.tensor,
    fired: tl.tensor,
    stopped: tl.tensor,
    values: tl.tensor,
    grad_current: tl.tensor,
    place: tl.tensor,
    mask: tl.tensor,
    grad: tl.tensor,
    held: tl.tensor,
    summed: tl.tensor,
    t: tl.tensor,
    truncate: tl.tensor,
    beta: tl.tensor,
    share: tl.tensor,
    alpha: tl.tensor,
    SLOPE: tl.constexpr,
    FIRED: tl.constexpr,
    ZERO: tl.constexpr,
    LEAK_FIRST: tl.constexpr,
    RELAXES: tl.constexpr,
    SYNAPSE: tl.constexpr,
    FLAGS: tl.constexpr,
    TRUNCATE: tl.constexpr,
) -> Any:
    """Back over step `t`; the gradients of the states before it, and of the bias so far.

    The order of operations is that of `reference.Backward`. SLOPE is None for a read-out, FIRED where spikes cannot be
    told from what was read. SYNAPSE: 0 if there is none, 1 if it decays before its input is added, 2 if after.
    """
    through = grad_out.to(tl.float32)
    if SLOPE is not None:
        through = through * SLOPE(where, values)
        if ZERO:
            spiked = fired != 0 if FIRED is None else FIRED(where)
            grad = tl.where(spiked, 0.0, grad)
    else:
        grad = grad + through
    if not LEAK_FIRST:
        grad = grad * beta
    if SLOPE is not None:
        grad = grad + through
    grad = _passed(grad, stopped, 1, FLAGS)
    total = grad
    if RELAXES:
        total = grad * share
    summed = summed + total
    if LEAK_FIRST:
        grad = grad * beta
    arriving = _passed(total, stopped, 2, FLAGS)
    if SYNAPSE:
        held = _passed(held + arriving, stopped, 4, FLAGS)
        arriving = held
        held = held * alpha
        if SYNAPSE == 2:
            arriving = held
    tl.store(grad_current + place, arriving, mask)
    if TRUNCATE:
        goes_on = t % truncate != 0
        grad, held = tl.where(goes_on, grad, 0.0), tl.where(goes_on, held, 0.0)
    return grad, held, summed


@triton.jit
def _passed(grad: tl.tensor, stopped: tl.tensor, register: tl.constexpr, FLAGS: tl.constexpr) -> Any:
    """What of a gradient passes a register that may have saturated."""
    if FLAGS:
        grad = tl.where((stopped & register) == 0, grad, 0.0)
    return grad
