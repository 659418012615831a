# mypy: disable-error-code=untyped-decorator
"""A layer of neurons over all time steps, one kernel for each direction.

A program of the grid takes BLOCK neurons through all steps, with their states in registers. What a step computes, and
the derivative of the spike, are functions made by `triton_source` that a kernel is given as arguments. PREFETCH rows
are loaded before the first of them is used, so that a program waits for memory once for all of them. The number of
steps is an argument like any other: a sequence of another length runs the same kernel.
"""

from typing import Any

import triton
import triton.language as tl


@triton.jit
def _load(start: tl.tensor, stride: tl.tensor, mask: tl.tensor, used: tl.constexpr, count: tl.constexpr) -> Any:
    """`count` rows, `stride` elements apart; zeros in the place of what is not used."""
    rows = ()
    for i in tl.static_range(count):
        row = tl.load(start + i * stride, mask, 0) if used else 0
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
    BIAS: tl.constexpr,
    READ: tl.constexpr,
    FLAGS: tl.constexpr,
    PREFETCH: tl.constexpr,
    BLOCK: tl.constexpr,
) -> Any:
    """All steps of `current` [steps, size], from the states `mem` and `syn` [size] to the `last_...`, in real units.

    `out` [steps, size]: spikes, or membranes of a read-out. `read`, if READ: where the surrogate is read. FLAGS 1:
    `met` [programs] is positive where registers saturated, and NOT_FINITE or more where something was not finite;
    FLAGS 2: `flags` [steps, size] are those registers.
    """
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = place < size
    real_mem, real_syn = tl.load(mem + place, mask, 0.0), tl.load(syn + place, mask, 0.0)
    state, held = ENTER(real_mem), ENTER(real_syn)
    shift = state
    if BIAS:
        shift = ENTER(tl.load(bias + place, mask, 0.0))
    seen = tl.full([BLOCK], 0, tl.uint8)
    if FLAGS == 1:
        seen = _not_finite(real_mem) | _not_finite(real_syn)
    row = tl.full((), 0, tl.int64)
    # All rows but the last few, and those.
    for _ in range(steps // PREFETCH):
        state, held, seen = _forward_rows(
            current + row, out + row, read + row, flags + row, size, place, mask, state, held, shift, seen,
            STEP, READ, FLAGS, PREFETCH,
        )  # fmt: skip
        row += PREFETCH * size
    for _ in range(steps % PREFETCH):
        state, held, seen = _forward_rows(
            current + row, out + row, read + row, flags + row, size, place, mask, state, held, shift, seen,
            STEP, READ, FLAGS, 1,
        )  # fmt: skip
        row += size
    tl.store(last_mem + place, LEAVE(state), mask)
    tl.store(last_syn + place, LEAVE(held), mask)
    if FLAGS == 1:
        tl.store(met + tl.program_id(0), tl.max(tl.where(mask, seen, 0).to(tl.int32), 0))


@triton.jit
def _forward_rows(
    current: tl.tensor,
    out: tl.tensor,
    read: tl.tensor,
    flags: tl.tensor,
    size: tl.tensor,
    place: tl.tensor,
    mask: tl.tensor,
    state: tl.tensor,
    held: tl.tensor,
    shift: tl.tensor,
    seen: tl.tensor,
    STEP: tl.constexpr,
    READ: tl.constexpr,
    FLAGS: tl.constexpr,
    COUNT: tl.constexpr,
) -> Any:
    """COUNT steps; the states after them, and the flags seen so far."""
    arriving = _load(current + place, size, mask, True, COUNT)
    for i in tl.static_range(COUNT):
        real = arriving[i].to(tl.float32)
        state, held, given, where, stopped = STEP(state, held, real, shift)
        tl.store(out + i * size + place, given, mask)
        if READ:
            tl.store(read + i * size + place, where, mask)
        if FLAGS == 1:
            seen = seen | stopped | _not_finite(real)
        if FLAGS == 2:
            tl.store(flags + i * size + place, stopped, mask)
    return state, held, seen


@triton.jit
def _not_finite(real: tl.tensor) -> Any:
    """A flag above those of the registers where a value is NaN or infinite."""
    return tl.where(tl.abs(real) < float("inf"), 0, 8).to(tl.uint8)


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
    t = steps - 1
    row = t.to(tl.int64) * size
    for _ in range(steps // PREFETCH):
        grad, held, summed = _backward_rows(
            grad_out + row, read + row, spikes + row, flags + row, values, grad_current + row, size, place, mask,
            grad, held, summed, t, truncate, beta, share, alpha,
            SLOPE, FIRED, ZERO, LEAK_FIRST, RELAXES, SYNAPSE, FLAGS, TRUNCATE, PREFETCH,
        )  # fmt: skip
        row -= PREFETCH * size
        t -= PREFETCH
    for _ in range(steps % PREFETCH):
        grad, held, summed = _backward_rows(
            grad_out + row, read + row, spikes + row, flags + row, values, grad_current + row, size, place, mask,
            grad, held, summed, t, truncate, beta, share, alpha,
            SLOPE, FIRED, ZERO, LEAK_FIRST, RELAXES, SYNAPSE, FLAGS, TRUNCATE, 1,
        )  # fmt: skip
        row -= size
        t -= 1
    tl.store(first_mem + place, grad, mask)
    tl.store(first_syn + place, held, mask)
    if BIAS:
        tl.store(grad_bias + place, summed, mask)


@triton.jit
def _backward_rows(
    grad_out: tl.tensor,
    read: tl.tensor,
    spikes: tl.tensor,
    flags: tl.tensor,
    values: tl.tensor,
    grad_current: tl.tensor,
    size: tl.tensor,
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
    COUNT: tl.constexpr,
) -> Any:
    """COUNT steps back from step `t`; the gradients of the states before them, and of the bias so far.

    The order of operations is that of `sequence.Backward`. SLOPE is None for a read-out, FIRED where spikes cannot be
    told from what was read. SYNAPSE: 0 if there is none, 1 if it decays before its input is added, 2 if after.
    """
    grads = _load(grad_out + place, -size, mask, True, COUNT)
    reads = _load(read + place, -size, mask, SLOPE is not None, COUNT)
    fired = _load(spikes + place, -size, mask, ZERO and FIRED is None, COUNT)
    stopped = _load(flags + place, -size, mask, FLAGS, COUNT)
    for i in tl.static_range(COUNT):
        through = grads[i].to(tl.float32)
        if SLOPE is not None:
            through = through * SLOPE(reads[i], values)
            if ZERO:
                spiked = fired[i] != 0 if FIRED is None else FIRED(reads[i])
                grad = tl.where(spiked, 0.0, grad)
        else:
            grad = grad + through
        if not LEAK_FIRST:
            grad = grad * beta
        if SLOPE is not None:
            grad = grad + through
        grad = _passed(grad, stopped[i], 1, FLAGS)
        total = grad
        if RELAXES:
            total = grad * share
        summed = summed + total
        if LEAK_FIRST:
            grad = grad * beta
        arriving = _passed(total, stopped[i], 2, FLAGS)
        if SYNAPSE:
            held = _passed(held + arriving, stopped[i], 4, FLAGS)
            arriving = held
            held = held * alpha
            if SYNAPSE == 2:
                arriving = held
        tl.store(grad_current - i * size + place, arriving, mask)
        if TRUNCATE:
            goes_on = (t - i) % truncate != 0
            grad, held = tl.where(goes_on, grad, 0.0), tl.where(goes_on, held, 0.0)
    return grad, held, summed


@triton.jit
def _passed(grad: tl.tensor, stopped: tl.tensor, register: tl.constexpr, FLAGS: tl.constexpr) -> Any:
    """What of a gradient passes a register that may have saturated."""
    if FLAGS:
        grad = tl.where((stopped & register) == 0, grad, 0.0)
    return grad
