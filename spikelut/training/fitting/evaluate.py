"""How good a network is on a set of samples."""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from spikelut._checks import require, require_int, shown
from spikelut._text import Brief
from spikelut.training.data.batch import Batch
from spikelut.training.fitting.arguments import check_loss
from spikelut.training.fitting.feed import Feed, Shard, feed_of
from spikelut.training.fitting.state import Diverged
from spikelut.training.objectives.losses import SpikeCount

EVALUATED_AT_ONCE = 256


@dataclass(frozen=True, repr=False)
class Evaluation(Brief):
    """The mean loss and the share of right answers over `samples` samples, and the values of the metrics by name.

    ```pycon
    >>> data = training.SpikeDataset(torch.ones(20, 5, 6), torch.arange(20) % 3)
    >>> found = training.evaluate(torch.nn.Linear(6, 3), data)
    >>> found.samples, found.loss > 0
    (20, True)
    ```
    """

    loss: float
    accuracy: float
    samples: int
    metrics: dict[str, Any] = field(default_factory=dict)


def evaluate(
    model: nn.Module,
    data: Any,
    *,
    loss: Any = None,
    metrics: Any = (),
    batch_size: int = EVALUATED_AT_ONCE,
    device: torch.device | str | None = None,
) -> Evaluation:
    """Loss, accuracy and metrics of `model`, in evaluation mode, on all samples of `data`; the lowest class in a tie.

    - `data`: a data set or a loader, as `fit` takes them. `loss`: see `fit`; None: `SpikeCount()`.
    - `metrics`: objects with update(scores [B, K], y [B]), compute() and reset(), as those of torchmetrics; several,
      or by name.
    - `device`: where the model is and batches go; None: where the model's parameters are.

    Raises ValueError for data that do not fit, naming the batch, and for a loss that is not finite.

    ```pycon
    >>> model = torch.nn.Linear(6, 3)
    >>> found = training.evaluate(model, training.SpikeDataset(torch.ones(20, 5, 6), torch.arange(20) % 3))
    >>> found.samples, 0 <= found.accuracy <= 1
    (20, True)
    ```
    """
    require_int("evaluate", "batch_size", batch_size, 1, 2**31)
    require(isinstance(model, nn.Module), "evaluate", "model must be a torch.nn.Module", type(model).__name__)
    where = next((p.device for p in model.parameters()), torch.device("cpu")) if device is None else device
    objective = SpikeCount() if loss is None else loss
    check_loss(objective, "evaluate")
    feed = feed_of(data, batch_size, "evaluate: data")
    try:
        on = torch.device(where)
        model.to(on)
    except (RuntimeError, AssertionError, TypeError) as error:  # of torch without CUDA the latter
        raise ValueError(f"evaluate: device must be one that there is, got {shown(device)}") from error
    return evaluated(model, feed, objective, named_metrics(metrics), on)


def named_metrics(metrics: Any) -> dict[str, Any]:
    """Metrics by name: those given, or of each its class; ValueError for what is none, and for a name that two have."""
    if isinstance(metrics, Mapping):
        found = dict(metrics)
    else:
        given: Iterable[Any] = metrics if isinstance(metrics, tuple | list) else [metrics]
        found = {}
        for metric in given:
            name = type(metric).__name__
            require(name not in found, "fit", "metrics of one class must come by name, as {'top1': ...}", name)
            found[name] = metric
    for name, metric in found.items():
        fits = all(callable(getattr(metric, part, None)) for part in ("update", "compute", "reset"))
        require(fits, "fit", f"metric {name!r} must have update, compute and reset", metric)
    return found


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """While entered all modules are in evaluation mode, and no gradients are made."""
    training = {module for module in model.modules() if module.training}
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for module in training:
            module.training = True


def evaluated(
    model: nn.Module,
    feed: Feed,
    loss: Any,
    metrics: dict[str, Any],
    on: Any,
    shard: Shard | None = None,
    who: str = "evaluate",
) -> Evaluation:
    """What `evaluate` gives; `on`: a device, or the Fabric of processes of which each takes its part of the samples.

    Raises ValueError, which names `who`, for a batch that does not fit, Diverged for a loss that is not finite.
    """
    shard, device = shard or Shard(), getattr(on, "device", on)
    total, right, samples = 0.0, 0, 0
    for metric in metrics.values():
        metric.reset()
        if shard.processes > 1 and hasattr(metric, "sync_on_compute"):
            metric.sync_on_compute = False  # torchmetrics would count what each process was told of the others again
    with evaluating(model):
        for number, piece in enumerate(feed.once(shard)):
            x, y, mask = piece.batch.to(device)
            try:
                out = output_of(model, Batch(x, y, mask))
                scores = loss.scores(out, mask)
                value = float(loss(out, y, mask))
            except ValueError as error:
                raise ValueError(f"{who}: batch {number}: {error}") from error
            except Exception as error:
                error.add_note(f"{who}: batch {number}: raised there by the model, or the loss")
                raise
            if piece.share == 0:  # of a batch that was too short for all processes
                scores, y, value = scores[:0], y[:0], 0.0
            total += value * len(y)
            right += int((scores.argmax(1) == y).sum())
            samples += len(y)
            if metrics and shard.processes > 1:
                scores, y = _of_all(scores, y, shard.processes)
            for metric in metrics.values():
                metric.update(scores, y)
    if shard.processes > 1:
        sums = torch.tensor([total, float(right), float(samples)], dtype=torch.float64, device=device)
        total, right, samples = on.all_reduce(sums, reduce_op="sum").tolist()
    if not math.isfinite(total):
        raise Diverged(f"{who}: the loss is not finite, got {total}: the model may give NaN or infinity")
    found = {name: _plain(metric.compute()) for name, metric in metrics.items()}
    return Evaluation(total / samples, int(right) / int(samples), int(samples), found)


def _of_all(scores: Tensor, y: Tensor, processes: int) -> tuple[Tensor, Tensor]:
    """The scores and labels of all processes."""
    found: list[Any] = [None] * processes
    torch.distributed.all_gather_object(found, (scores.cpu(), y.cpu()))
    pairs = list(zip(*found, strict=True))
    return torch.cat(pairs[0]).to(scores.device), torch.cat(pairs[1]).to(y.device)


def output_of(model: Any, batch: Batch) -> Tensor:
    """What the model gives for a batch; ValueError unless it is [T, B, K] or [B, K]."""
    out: Any = model(in_type_of(model, batch.x))
    count = len(batch.y)
    fits = isinstance(out, Tensor) and out.ndim in (2, 3) and out.shape[-2] == count
    got = list(out.shape) if isinstance(out, Tensor) else type(out).__name__
    name = type(getattr(model, "module", model)).__name__  # not that of what Fabric makes of it
    require(fits, name, f"the model must give [T, {count}, K] or [{count}, K] for {count} samples", got)
    return out  # type: ignore[no-any-return]  # it was looked at


def in_type_of(model: Any, x: Tensor) -> Tensor:
    """Inputs in float64 for a model that is."""
    first = next(model.parameters(), None)
    if first is None or first.dtype is not torch.float64 or x.dtype is torch.float64:
        return x
    return x.double() if all(p.dtype is torch.float64 for p in model.parameters()) else x


def _plain(value: Any) -> Any:
    return (value.item() if value.numel() == 1 else value.detach().cpu()) if isinstance(value, Tensor) else value
