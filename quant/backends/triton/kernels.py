# mypy: disable-error-code=untyped-decorator
"""A layer of neurons over all time steps, one kernel for each direction.

A program of the grid takes BLOCK neurons through all steps, with their states in registers. What a step computes, its
derivative, and that of the spike, are functions that a kernel is given as arguments; they take and give as many states
as the neurons have. While PREFETCH rows are worked on, the next ones are on their way, so that a program hardly waits
for memory. The number of steps is an argument like any other: a sequence of another length runs the same kernel.
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
    first: tl.tuple,
    out: tl.tensor,
    read: tl.tensor,
    flags: tl.tensor,
    noted: tl.tensor,
    met: tl.tensor,
    last: tl.tuple,
    steps: tl.tensor,
    size: tl.tensor,
    ENTER: tl.constexpr,
    STEP: tl.constexpr,
    LEAVE: tl.constexpr,
    STATES: tl.constexpr,
    AT_REST: tl.constexpr,
    BIAS: tl.constexpr,
    READ: tl.constexpr,
    FLAGS: tl.constexpr,
    NOTES: tl.constexpr,
    PREFETCH: tl.constexpr,
    BLOCK: tl.constexpr,
) -> Any:
    """All steps of `current` [steps, size], from the STATES states `first` [size] to the `last` ones, in real units.

    AT_REST the first are zero. `out` [steps, size]: spikes, or membranes of a read-out. `read`, if READ: where the
    surrogate is read. FLAGS 1: `met`, one number that was 0, becomes positive if registers saturated, and NOT_FINITE or
    more if something was not finite; FLAGS 2: `flags` [steps, size] are those registers. NOTES: STEP gives one thing
    more, which goes to `noted` [steps, size], if READ.
    """
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = place < size
    finite = tl.full([BLOCK], 0.0, tl.float32)
    rest = ENTER(finite)
    states = ()
    for k in tl.static_range(STATES):
        if AT_REST:
            states = states + (rest,)  # type: ignore[assignment]  # noqa: RUF005  # as Triton wants it
        else:
            real = tl.load(first[k] + place, mask, 0.0)
            states = states + (ENTER(real),)  # type: ignore[assignment]  # noqa: RUF005
            finite = _finite(finite, real)
    shift = rest
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
            states, seen, finite = _forward_row(
                arriving[i], out + row, read + row, flags + row, noted + row, place, mask, states, shift, seen, finite,
                STEP, READ, FLAGS, NOTES,
            )  # fmt: skip
            following = following + _load(current + row + PREFETCH * size, place, size, size, left - i, True, 1)
            row += size
        arriving = following
    for i in tl.static_range(PREFETCH - 1):
        if left > i:
            states, seen, finite = _forward_row(
                arriving[i], out + row, read + row, flags + row, noted + row, place, mask, states, shift, seen, finite,
                STEP, READ, FLAGS, NOTES,
            )  # fmt: skip
            row += size
    for k in tl.static_range(STATES):
        tl.store(last[k] + place, LEAVE(states[k]), mask)
    if FLAGS == 1:
        worst = tl.max(tl.where(mask, tl.where(finite == 0, tl.where(seen, 1, 0), 8), 0), 0)
        tl.atomic_max(met, worst, mask=worst > 0)


@triton.jit
def _forward_row(
    arriving: tl.tensor,
    out: tl.tensor,
    read: tl.tensor,
    flags: tl.tensor,
    noted: tl.tensor,
    place: tl.tensor,
    mask: tl.tensor,
    states: tl.tuple,
    shift: tl.tensor,
    seen: tl.tensor,
    finite: tl.tensor,
    STEP: tl.constexpr,
    READ: tl.constexpr,
    FLAGS: tl.constexpr,
    NOTES: tl.constexpr,
) -> Any:
    """One step; the states after it, whether registers have saturated so far, and what `_finite` keeps."""
    real = arriving.to(tl.float32)
    if NOTES:
        states, given, where, stopped, told = STEP(states, real, shift)
        if READ:
            tl.store(noted + place, told, mask)
    else:
        states, given, where, stopped = STEP(states, real, shift)
    tl.store(out + place, given, mask)
    if READ:
        tl.store(read + place, where, mask)
    if FLAGS == 1:
        seen = seen | (stopped != 0)
        finite = _finite(finite, real)
    if FLAGS == 2:
        tl.store(flags + place, stopped, mask)
    return states, seen, finite


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
    noted: tl.tensor,
    values: tl.tensor,
    last: tl.tuple,
    grad_current: tl.tensor,
    first: tl.tuple,
    grad_bias: tl.tensor,
    steps: tl.tensor,
    size: tl.tensor,
    truncate: tl.tensor,
    numbers: tl.tuple,
    others: tl.tuple,
    BACK: tl.constexpr,
    TO_SPIKES: tl.constexpr,
    SLOPE: tl.constexpr,
    SPIKES: tl.constexpr,
    FIRED: tl.constexpr,
    FLAGS: tl.constexpr,
    STATES: tl.constexpr,
    FROM_ZERO: tl.constexpr,
    BIAS: tl.constexpr,
    TRUNCATE: tl.constexpr,
    PREFETCH: tl.constexpr,
    BLOCK: tl.constexpr,
) -> Any:
    """The gradients of `forward_kernel`, from the last step to the first.

    `last`, STATES tensors [size], zero if FROM_ZERO: of the last states; `first`: of the first ones. `grad_bias`
    [size], if BIAS, is summed over the steps. BACK is the derivative of a step, which takes `numbers`, SLOPE that of
    the spike; None for a read-out. If SPIKES, it needs to know where there were spikes: where what was read is at least
    FIRED, or, of None, where `spikes` are not zero. With TRUNCATE no gradient goes back over the start of every block
    of `truncate` steps. TO_SPIKES, which takes `others`: what states hand back to the spikes, by what was `noted`; or
    None.
    """
    place = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = place < size
    summed = tl.full([BLOCK], 0.0, tl.float32)
    grads = ()
    for k in tl.static_range(STATES):
        grad = summed if FROM_ZERO else tl.load(last[k] + place, mask, 0.0)
        grads = grads + (grad,)  # type: ignore[assignment]  # noqa: RUF005  # as Triton wants it
    row = (steps - 1).to(tl.int64) * size
    left = steps
    outs = _load(grad_out + row, place, size, -size, left, True, PREFETCH)
    reads = _load(read + row, place, size, -size, left, SLOPE is not None, PREFETCH)
    fired = _load(spikes + row, place, size, -size, left, SPIKES and FIRED is None, PREFETCH)
    stopped = _load(flags + row, place, size, -size, left, FLAGS, PREFETCH)
    told = _load(noted + row, place, size, -size, left, TO_SPIKES is not None, PREFETCH)
    for _ in range(steps // PREFETCH):
        next_outs, next_reads, next_fired, next_stopped, next_told = (), (), (), (), ()
        for i in tl.static_range(PREFETCH):
            grads, summed = _backward_row(
                outs[i], reads[i], fired[i], stopped[i], told[i], values, grad_current + row, place, mask, grads,
                summed, left - 1, truncate, numbers, others, BACK, TO_SPIKES, SLOPE, SPIKES, FIRED, STATES, TRUNCATE,
            )  # fmt: skip
            before = row - PREFETCH * size
            ahead = left - PREFETCH
            next_outs = next_outs + _load(grad_out + before, place, size, -size, ahead, True, 1)
            next_reads = next_reads + _load(read + before, place, size, -size, ahead, SLOPE is not None, 1)
            next_fired = next_fired + _load(spikes + before, place, size, -size, ahead, SPIKES and FIRED is None, 1)
            next_stopped = next_stopped + _load(flags + before, place, size, -size, ahead, FLAGS, 1)
            next_told = next_told + _load(noted + before, place, size, -size, ahead, TO_SPIKES is not None, 1)
            row -= size
            left -= 1
        outs, reads, fired, stopped, told = next_outs, next_reads, next_fired, next_stopped, next_told
    remaining = left
    for i in tl.static_range(PREFETCH - 1):
        if remaining > i:
            grads, summed = _backward_row(
                outs[i], reads[i], fired[i], stopped[i], told[i], values, grad_current + row, place, mask, grads,
                summed, left - 1, truncate, numbers, others, BACK, TO_SPIKES, SLOPE, SPIKES, FIRED, STATES, TRUNCATE,
            )  # fmt: skip
            row -= size
            left -= 1
    for k in tl.static_range(STATES):
        tl.store(first[k] + place, grads[k], mask)
    if BIAS:
        tl.store(grad_bias + place, summed, mask)


@triton.jit
def _backward_row(
    grad_out: tl.tensor,
    where: tl.tensor,
    fired: tl.tensor,
    stopped: tl.tensor,
    told: tl.tensor,
    values: tl.tensor,
    grad_current: tl.tensor,
    place: tl.tensor,
    mask: tl.tensor,
    grads: tl.tuple,
    summed: tl.tensor,
    t: tl.tensor,
    truncate: tl.tensor,
    numbers: tl.tuple,
    others: tl.tuple,
    BACK: tl.constexpr,
    TO_SPIKES: tl.constexpr,
    SLOPE: tl.constexpr,
    SPIKES: tl.constexpr,
    FIRED: tl.constexpr,
    STATES: tl.constexpr,
    TRUNCATE: tl.constexpr,
) -> Any:
    """Back over step `t`; the gradients of the states before it, and of the bias so far."""
    given = grad_out.to(tl.float32)
    if TO_SPIKES is not None:
        given = TO_SPIKES(grads, given, told, stopped, others)
    if SLOPE is not None:
        given = given * SLOPE(where, values)
    spiked = mask
    if SPIKES:
        spiked = fired != 0 if FIRED is None else _at_least(where, FIRED)
    grads, arriving, of_bias = BACK(grads, given, spiked, stopped, numbers)
    summed = summed + of_bias
    tl.store(grad_current + place, arriving, mask)
    if TRUNCATE:
        goes_on = t % truncate != 0
        kept = ()
        for k in tl.static_range(STATES):
            kept = kept + (tl.where(goes_on, grads[k], 0.0),)  # type: ignore[assignment]  # noqa: RUF005
        grads = kept
    return grads, summed


@triton.jit
def _at_least(where: tl.tensor, lowest: tl.constexpr) -> Any:
    """Whether what was read, a place, a code or a potential, is `lowest` or more."""
    if where.dtype.is_floating():
        where = where.to(tl.float32)
    return where >= lowest
