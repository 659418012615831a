"""Batch norm of torch between quantised weights and neurons, folded into both to be trained on as deployed."""

from typing import Any

from torch import nn

from spikelut._checks import require
from spikelut._torch import children
from spikelut.quant.folding.fold_into import NORMS, fold_into
from spikelut.quant.folding.graphs import fold_in_graph
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.neurons.float_lif import TimeDistributed
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.module_reading import copy_of, own_part
from spikelut.quant.weights.on_grid import OnGrid


def fold_batch_norm(model: nn.Module, *, example: Any = None) -> Any:
    """A copy of `model` with batch norm of torch between quantised weights and neurons folded into them.

    This is for `nn.BatchNorm1d` and `nn.BatchNorm2d`, most often in a `TimeDistributed`, behind `QuantLinear` or a
    quantised convolution and before `LIF`, `CubaLIF`, `LI` or `Recurrent`. The weights get a `batch_norm` with the same
    numbers and statistics, the neurons get its shift as their bias, and the batch norm is taken out. Names of other
    modules stay. Nested Sequentials are searched, too. A module of your own is run to be read (see `quant.integer`,
    also for `example`), and its batch norms become `nn.Identity`. If the sums of several weights are added there, every
    layer of neurons that they reach adds the shift. In real numbers, evaluation computes the same as before. What is
    rounded now are weights and shift together, as `quant.integer` deploys them. Training can continue from there;
    `FoldedBatchNorm` says how.

    Raises ValueError for a batch norm in another place, or without running statistics, and on a profile without bias.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> norm = quant.TimeDistributed(torch.nn.BatchNorm1d(4))
    >>> lif = quant.LIF(profile, surrogates.Arctan())
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), norm, lif)
    >>> folded = quant.fold_batch_norm(model)
    >>> list(dict(folded.named_children())), folded[0].batch_norm, folded[1].integer_bias()[0].tolist()
    (['0', '2'], FoldedBatchNorm(4, eps=1e-05, momentum=0.1), [0, 0, 0, 0])
    ```
    """
    if _is_chain(model) and example is None:
        return _folded(copy_of(model), "")
    require(isinstance(model, nn.Module), "fold_batch_norm", "model must be a torch.nn.Module", type(model).__name__)
    return fold_in_graph(model, example)


def _is_chain(model: Any) -> bool:
    """Whether a model is a Sequential of layers, nested or not, and nothing else."""
    if not isinstance(model, nn.Sequential) or own_part(model, nn.Sequential) is not None:
        return False
    containers = [m for m in model.children() if any(True for _ in m.children())]
    known = (nn.Sequential, TimeDistributed, OnGrid, Neuron, Recurrent)
    return all(isinstance(m, known) and (not isinstance(m, nn.Sequential) or _is_chain(m)) for m in containers)


def _folded(model: Any, path: str) -> Any:
    modules = children(model)
    names = list(modules)
    for i, name in enumerate(names):
        norm = modules[name]
        if isinstance(norm, nn.Sequential):
            _folded(norm, f"{path}{name}.")
        inner = norm.module if isinstance(norm, TimeDistributed) else norm
        if not isinstance(inner, NORMS):
            continue
        before, after = (modules[names[j]] if 0 <= j < len(names) else None for j in (i - 1, i + 1))
        between = isinstance(before, OnGrid) and isinstance(after, Neuron | Recurrent)
        kinds = [type(module).__name__ for module in (before, after)]
        where = f"fold_batch_norm: layer {path + name!r}"
        require(between, where, "must stand between quantised weights and neurons", kinds)
        fold_into(before, norm, after)
        delattr(model, name)
    return model
