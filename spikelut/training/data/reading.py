"""What the numbers of a data set are: event counts with time steps of their own, or intensities to be coded."""

from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from spikelut._checks import require

Meaning = Literal["events", "images"]

EVENTS = "[N, T, F] or [N, T, C, H, W]"
IMAGES = "[N, H, W] or [N, C, H, W]"
MOST_CHANNELS = 4
"""Of images that are taken for such without being told: grey, two polarities, colours, colours with transparency."""
GRADED = 0.1
"""Of the values of images in floats, those that are not 0: how many have fractions at least. Counts have none, so
that a wrong value among them makes no images of them."""


class Words(NamedTuple):
    """How a person says what the numbers are."""

    events: str = "events=True"
    images: str = "events=False"


ARGUMENTS = Words()


def meaning(name: str, x: NDArray[Any], events: bool | None, words: Words = ARGUMENTS) -> Meaning:
    """What `x` is, by its type and axes, of floats by how many have fractions; `events` True or False decides.

    | axes | whole by type (integers, booleans) | floats |
    |---|---|---|
    | [N, F] | intensities | intensities |
    | three | events [N, T, F] | spikes [N, T, F] if all are 0 or 1; images [N, H, W] if a tenth or \
        more of those that are not 0 have fractions; else ValueError: they could be either |
    | four | images [N, C, H, W] of up to 4 channels; of more, ValueError: they could be events [N, T, H, W] | images |
    | five | events [N, T, C, H, W] | events, which must be whole |

    No single value makes the one of the other: it can only make a data set refused. Raises ValueError too for axes that
    do not fit what `events` says.
    """
    typed = x.dtype.kind in "biu"
    if events is not None:
        fits = x.ndim in (3, 5) if events else x.ndim in (2, 3, 4)
        said, wanted = (words.events, EVENTS) if events else (words.images, IMAGES)
        require(fits, name, f"x must be {wanted} with {said}", x.shape)
        return "events" if events else "images"
    either = f"x must be said to be events {EVENTS} or images {IMAGES}, with {words.events} or {words.images}"
    if x.ndim == 3:
        spikes = typed or bool(((x == 0) | (x == 1)).all())
        graded = not spikes and float((x[x != 0] % 1 != 0).mean()) >= GRADED
        require(spikes or graded, name, f"{either}: whole numbers in floats could be both", x.shape)
        return "events" if spikes else "images"
    channels = x.ndim != 4 or not typed or x.shape[1] <= MOST_CHANNELS
    require(channels, name, f"{either}: more than {MOST_CHANNELS} channels could be time steps", x.shape)
    return "events" if x.ndim == 5 else "images"


def whole(x: NDArray[Any]) -> bool:
    """Whether all values are whole numbers."""
    return x.dtype.kind in "biu" or bool((x == np.rint(x)).all())
