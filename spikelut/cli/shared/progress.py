"""The progress bar of trainings."""

from collections.abc import Callable

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn


def training_progress(console: Console) -> Progress:
    """A bar for each training, with its loss and test accuracy."""
    return Progress(
        TextColumn("{task.description:>17}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("loss {task.fields[loss]}  test accuracy {task.fields[accuracy]}"),
        TimeElapsedColumn(),
        console=console,
    )


def add_training(progress: Progress, label: str, batches: int) -> TaskID:
    """A training that has not begun."""
    return progress.add_task(label, total=batches, loss="-", accuracy="-", start=False)


def show_batches(progress: Progress, task: TaskID) -> Callable[[float, float | None], None]:
    """What `fit` is to call after each batch."""

    def show(loss: float, accuracy: float | None) -> None:
        shown = "-" if accuracy is None else f"{accuracy:.1%}"
        progress.update(task, advance=1, loss=f"{loss:.3f}", accuracy=shown)

    return show
