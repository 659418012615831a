"""Layers that are pickled as what they were made of: the quantisers of Brevitas, which cannot be, are made anew."""

import copy
import pickle
from typing import Any, cast

import torch
from torch import nn

from spikelut._torch import Wiring, children, has_forward_hooks, is_wired, wiring, with_children


class Remade:
    """A layer that pickles as its arguments and its state, which hold no module of Brevitas.

    `torch.save` of whole models, `multiprocessing`, data loaders and joblib pickle. PicklingError where the quantisers
    are no longer those that were made: what anyone changed in them would be lost.
    """

    weight: torch.Tensor
    batch_norm: nn.Module | None
    training: bool
    _made: Wiring
    """The layer's `wiring` when it was last looked at."""
    _kinds: list[type]
    """The types of the modules as they were made."""
    _quantisers: tuple[str, ...]
    """The names of Brevitas' modules in the layer."""

    def _arguments(self) -> dict[str, Any]:
        """What the layer was made with."""
        raise NotImplementedError

    def _format(self) -> dict[str, Any]:
        """Those of its arguments that say the format of its weights, and whether it has batch norm."""
        names = ("profile", "weight_bits", "input_step", "per_channel", "largest_input", "signed_input")
        graded = {"graded_input": True} if getattr(self, "graded_input", False) else {}
        return {name: getattr(self, name) for name in names} | {"batch_norm": self.batch_norm is not None} | graded

    def _note_quantisers(self) -> None:
        """Note Brevitas' modules as they were made; called at the end of the constructor."""
        layer = cast(nn.Module, self)
        self._made, self._kinds = wiring(layer), [type(part) for part in layer.modules()]
        self._quantisers = tuple(name for name in children(layer) if name != "batch_norm")

    def _is_as_made(self) -> bool:
        """Whether Brevitas' modules are of the types that were made, and nobody waits for what one gives."""
        return is_wired(self._made) or self._is_made_anew()

    def _is_made_anew(self) -> bool:
        """The same after modules were exchanged, as Brevitas does itself when states are loaded."""
        made = wiring(cast(nn.Module, self))
        if not is_wired(made) or [type(part) for part, _ in made] != self._kinds:
            return False
        self._made = made
        return True

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        state: Any = self.__getstate__()  # of parametrized modules torch refuses it
        layer = cast(nn.Module, self)
        parts = list(layer.modules())[1 : len(self._kinds)]
        plain = [type(part) for part in parts] == self._kinds[1:] and not any(map(has_forward_hooks, parts))
        proxy: Any = layer.get_submodule("weight_quant")
        if not (plain and proxy.is_quant_enabled and not proxy.export_mode):
            message = "quantisers that were changed are not pickled; save its state_dict"
            raise pickle.PicklingError(f"{type(self).__name__}: {message}")
        left = {name: part for name, part in children(layer).items() if name not in self._quantisers}
        state = {key: value for key, value in state.items() if key not in ("_made", "_kinds", "_quantisers")}
        kind = next(cls for cls in type(self).__mro__ if Remade in cls.__mro__ and "_arguments" in vars(cls))
        return _remade, (type(self), kind, self._arguments()), with_children(state, left)

    def __setstate__(self, state: dict[str, Any]) -> None:
        layer, restore = cast(Any, self), cast(Any, nn.Module.__setstate__)
        restore(layer, with_children(state, children(layer) | children(state)))
        for name in self._quantisers:
            part = layer.get_submodule(name)
            part.to(self.weight.device, self.weight.dtype).train(self.training)
        layer.weight_quant.init_tensor_quant()  # which holds on to the weights that it is of
        layer.weight_quant.to(self.weight.device, self.weight.dtype).train(self.training)
        self._made = wiring(layer)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = type(self).__new__(type(self))
        memo[id(self)] = made
        vars(made).update(copy.deepcopy(vars(self), memo))
        return made


def _remade(cls: Any, kind: Any, arguments: dict[str, Any]) -> Any:
    """An instance of `cls` as the constructor of its base `kind` makes it; random numbers stay as they are."""
    layer = cls.__new__(cls)
    with torch.random.fork_rng(devices=[]):
        kind.__init__(layer, **arguments)  # not the constructor of `cls`, which may take others
    return layer
