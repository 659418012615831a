"""Delta encoding in integers: what has changed enough is sent, once."""

from typing import Any, NamedTuple

from spikelut.quant.arithmetic.fixed_point import apply_overflow
from spikelut.quant.dynamics.graded.spec import GradedSpec
from spikelut.quant.dynamics.spec import LIFSpec


class Encoded(NamedTuple):
    """What an encoder gives: the message, and its states; `act`, `residue` and, where errors accumulate, `error`."""

    message: Any
    states: tuple[Any, ...]


def encode(ops: Any, spec: LIFSpec, graded: GradedSpec, x: Any, states: tuple[Any, ...]) -> Encoded:
    """One step for values `x`, codes of a state; registers are those of `spec.membrane`.

        change  = register(x - act + residue)
        error   = register(error + change), or without accumulation the change itself
        sent    = change where |error| >= threshold, else 0
        residue = change - sent,  act = x,  error = 0 where something was sent
        message = floor(sent / 2**drop)

    What is sent is no more than a message holds. The bits that a message drops are lost: no residue has them.
    """
    register = spec.membrane
    act, residue, *accumulated = states
    change = apply_overflow(ops, x - act + residue, register)
    error = apply_overflow(ops, accumulated[0] + change, register) if graded.cumulative else change
    low, high = graded.message.min_code << graded.drop, ((graded.message.max_code + 1) << graded.drop) - 1
    sent = ops.where(ops.absolute(error) >= spec.threshold, ops.clip(change, low, high), 0)
    kept = (ops.where(sent == 0, error, 0),) if graded.cumulative else ()
    return Encoded(sent >> graded.drop, (x, change - sent, *kept))


def encoder_backward(graded: GradedSpec, out: Any) -> tuple[Any, ...]:
    """Gradients of the states before `encode`, straight through, for that of the message; of `x` it is `out` itself.

    A message is taken for the change, so nothing is left in residue and error: what a step sends more, the next sends
    less.
    """
    error = (0 * out,) if graded.cumulative else ()
    return (-out, out, *error)
