"""A callback that cuts a training off."""

from spikelut import training


class Cut(training.Callback):
    """Raises after so many updates."""

    def __init__(self, after: int) -> None:
        self.after = after

    def on_batch(self, state: training.State) -> None:
        if state.update == self.after:
            raise InterruptedError
