"""Batch norm that is folded into quantised weights and the bias of neurons, in training as on the chip."""

from typing import Any

import torch
from torch import Tensor, nn

from spikelut import native
from spikelut._checks import is_finite, require, require_int
from spikelut._torch import is_backward, no_saved_tensor_hooks
from spikelut.quant.arithmetic.full_precision import exact_dtype
from spikelut.quant.arithmetic.traceable import is_unbranched


class FoldedBatchNorm(nn.Module):
    """Batch norm of a layer with `batch_norm=True`, as `layer.batch_norm`: its numbers, and how they are folded.

    In real numbers the layer's sums y become gamma * (y - mean) / sqrt(var + eps) + beta, for each of `num_features`
    outputs. A chip has no such step. So the layer's weights are W * `factor()`, rounded to the grid, and the
    neurons behind it add `shift()` as their bias: factor = gamma / sqrt(var + eps), shift = beta - mean * factor. Both
    are computed in float64 and rounded once, so that every device folds the same.

    mean and var are always the running statistics, in training too: what is trained is what is deployed. So gradients
    reach gamma (`weight`), beta (`bias`) and the layer's weights, and none goes through statistics. torch's ConvBn2d
    trains with the statistics of each batch instead, and only deploys the running ones.

    In training mode a batch updates them, for the next call, from the sums as they came out, divided by the factor:
    running = (1 - momentum) * running + momentum * batch, var unbiased, as in torch; `momentum=None` is the mean over
    all batches. An output that was never updated takes the statistics of its first batch, which is then computed once
    more with them. An output whose sums do not vary in a batch tells nothing, and keeps what it has: one without
    spikes, with gamma 0, or whose weights are all zero on the grid. `freeze()` keeps all statistics as they are.
    A call that `torch.utils.checkpoint` makes again on the way back takes the statistics of the first time and counts
    once; a ValueError if there were several calls before it, as their statistics are gone.

    Names in `state_dict` are those of `torch.nn.BatchNorm2d`, whose state can be loaded.

    ```pycon
    >>> layer = quant.QuantLinear(8, 4, profile=hw_profiles.load("loihi2"), batch_norm=True)
    >>> layer.batch_norm, sorted(layer.batch_norm.state_dict())[:2]
    (FoldedBatchNorm(4, eps=1e-05, momentum=0.1), ['bias', 'num_batches_tracked'])
    ```
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor

    def __init__(self, num_features: int, eps: float = 1e-5, momentum: float | None = 0.1) -> None:
        super().__init__()
        require_int(self, "num_features", num_features, 1, 2**31)
        require(is_finite(eps) and eps > 0, self, "eps must be > 0", eps)
        valid = momentum is None or (is_finite(momentum) and 0 <= momentum <= 1)
        require(valid, self, "momentum must be in 0..1, or None", momentum)
        self.num_features, self.eps, self.momentum = num_features, float(eps), momentum
        self.weight = nn.Parameter(torch.ones(num_features))
        self.bias = nn.Parameter(torch.zeros(num_features))
        self.register_buffer("running_mean", torch.zeros(num_features))
        self.register_buffer("running_var", torch.ones(num_features))
        self.register_buffer("num_batches_tracked", torch.tensor(0, dtype=torch.long))
        self.frozen = False
        self.has_neurons = False
        """Whether neurons add the shift, as their `bias`."""
        self._held: tuple[Tensor, Tensor] | None = None
        """The statistics that the last call in training mode used: those of its neurons, which come after it."""
        self._may_be_new = True
        """Whether some output may have no statistics yet: then it is looked at."""
        self._pending = 0
        """Calls since one that a checkpoint may make again, and that one."""

    @classmethod
    def of(cls, norm: Any) -> "FoldedBatchNorm":
        """The same numbers as those of a batch norm of torch; ValueError for one without running statistics."""
        require(norm.running_mean is not None, cls.__name__, "norm must have running statistics", norm)
        made = cls(norm.num_features, norm.eps, norm.momentum)
        state = made.state_dict() | norm.state_dict()
        made.load_state_dict({name: value.detach().clone() for name, value in state.items()})
        for own, other in ((made.weight, norm.weight), (made.bias, norm.bias)):
            own.requires_grad_(other is not None and other.requires_grad)
        return made.to(norm.running_mean).train(norm.training)

    def freeze(self, frozen: bool = True) -> "FoldedBatchNorm":
        """Keep the running statistics as they are, in training mode too; or no longer. gamma and beta still learn."""
        self.frozen = frozen
        return self

    def factor(self) -> Tensor:
        """gamma / sqrt(var + eps), [num_features], which weights are multiplied by."""
        return self._factor().to(exact_dtype(self.weight))

    def shift(self) -> Tensor:
        """beta - mean * gamma / sqrt(var + eps), [num_features], which is added behind the weights."""
        mean = self._statistics()[0].to(torch.float64)
        return (self.bias.to(torch.float64) - mean * self._factor()).to(exact_dtype(self.bias))

    def hold(self, x: Tensor) -> bool:
        """Begin a call of the layer with input `x`: its statistics stay until the next. Whether it updates them.

        A call that `torch.utils.checkpoint` makes again on the way back takes those of the first time, if they are the
        last that were held, else it is a ValueError.
        """
        compiled = torch.compiler.is_dynamo_compiling() and not torch.compiler.is_exporting()
        learns = self.training and not self.frozen and not is_unbranched()
        updates = learns and (compiled or native.is_eager(x))
        if updates and not compiled and self._is_again():
            return False
        self._held = (self.running_mean.clone(), self.running_var.clone()) if updates else None
        return updates

    def _is_again(self) -> bool:
        """Whether a checkpoint makes an earlier call again; ValueError where its statistics are gone."""
        if is_backward():
            calls, self._pending = self._pending, 0
            message = "a call that is made again on the way back, as with checkpoints, must be the only one before it"
            require(calls < 2, self, f"{message}; freeze() the statistics for several", calls)
            return True
        if self._pending or not torch.is_grad_enabled() or not no_saved_tensor_hooks():
            self._pending += 1
        return False

    @torch.no_grad()
    def observe(self, sums: Tensor) -> bool:
        """Update from the sums [T, B, num_features, ...] of the call; whether it has to be made once more.

        That is so where outputs had no statistics, and have those of `sums` now.
        """
        count = sums.numel() // self.num_features
        if count < 2 or self._held is None:
            return False
        # Several times faster on a CPU than `var_mean` over these dimensions.
        mean, var = torch.batch_norm_update_stats(sums.detach().flatten(0, 1), None, None, 1.0)
        var = var * (count / (count - 1))
        factor = self._factor()
        mean, var = mean / factor, var / factor.square()
        told = mean.isfinite() & var.isfinite() & (var > 0)
        momentum = 1 / (int(self.num_batches_tracked) + 1) if self.momentum is None else self.momentum
        # No batch gives exactly these.
        new = told & (self.running_mean == 0) & (self.running_var == 1)
        for running, found in ((self.running_mean, mean), (self.running_var, var)):
            after = torch.where(new, found, running + momentum * (found - running))
            running.copy_(torch.where(told, after, running))
        self.num_batches_tracked += 1
        if not self._may_be_new:
            return False
        self._may_be_new = bool(((self.running_mean == 0) & (self.running_var == 1)).any())
        if not bool(new.any()):
            return False
        running_now = (self.running_mean, self.running_var)
        held = (torch.where(new, now, before) for now, before in zip(running_now, self._held, strict=True))
        self._held = (next(held), next(held))
        return True

    def _factor(self) -> Tensor:
        var = self._statistics()[1].to(torch.float64)
        return self.weight.to(torch.float64) / (var + self.eps).sqrt()

    def _statistics(self) -> tuple[Tensor, Tensor]:
        """The mean and the variance in force."""
        if self.training and self._held is not None:
            return self._held
        return self.running_mean, self.running_var

    def _apply(self, *args: Any, **kwargs: Any) -> Any:
        self._held = None
        return super()._apply(*args, **kwargs)  # type: ignore[no-untyped-call]  # torch's

    def _load_from_state_dict(self, *args: Any, **kwargs: Any) -> None:
        self._held, self._may_be_new = None, True
        super()._load_from_state_dict(*args, **kwargs)

    def extra_repr(self) -> str:
        frozen = ", frozen" if self.frozen else ""
        return f"{self.num_features}, eps={self.eps:g}, momentum={self.momentum}{frozen}"
