"""What a training says as it goes: a line for each epoch."""

import sys

from spikelut.training.fitting.callbacks import Callback
from spikelut.training.fitting.state import State


class Progress(Callback):
    """Prints a line to stderr after each epoch."""

    every_process = False

    def on_epoch(self, state: State) -> None:
        """The losses and accuracies of the epoch that ended."""
        epoch, text = state.history[-1], f"epoch {state.epoch}/{state.epochs}"
        text += f": loss {epoch.loss:.4f}, accuracy {epoch.accuracy:.2%}"
        if epoch.val_loss is not None and epoch.val_accuracy is not None:
            text += f", validation {epoch.val_loss:.4f}, {epoch.val_accuracy:.2%}"
        print(f"{text}, {epoch.seconds:.1f} s", file=sys.stderr, flush=True)


def is_shown(progress: bool | None) -> bool:
    """Whether lines are printed: None leaves it to whether somebody looks at a terminal."""
    return sys.stderr.isatty() if progress is None else progress
