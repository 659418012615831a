"""Settings of single layers: the bits they are given, and what a network cannot have."""

from collections.abc import Collection

from spikelut.cli.networks.shape import Shape
from spikelut.cli.shared.architecture import Conv, Dense, Pool, parse_layers
from spikelut.cli.shared.recipe import Recipe
from spikelut.cli.shared.settings import option_name


def recurs(layer: Dense | Conv, recipe: Recipe) -> bool:
    """Whether a layer feeds back into itself."""
    said = recipe.recurrent if layer.own.recurrent is None else layer.own.recurrent
    return said and isinstance(layer, Dense)


def check_layers(recipe: Recipe, shape: Shape, variants: Collection[str]) -> None:
    """ValueError for settings of single layers that this network, or its variant in floats, cannot have."""
    hidden = [layer for layer in parse_layers(recipe.layers) if not isinstance(layer, Pool)]
    converts = "ptq" in variants or recipe.fine_tune is not None
    for number, layer in enumerate(hidden):
        own, who = layer.own, f"layers: {layer.size}, layer {number + 1} with weights"
        if own.recurrent_bits is not None and not recurs(layer, recipe):
            raise ValueError(f"{who}: recurrent-bits needs recurrent")
        if number == 0 and own.delays is not None and shape.steps is not None:
            raise ValueError(f"{who}: delays need inputs that change, got the same in each step (coding constant)")
        without = [name for name in ("learn_beta", "learn_threshold", "refractory") if getattr(own, name)]
        without += ["delays of synapses"] if own.delays == "synapses" else []
        if without and "float" in variants:
            shown = ", ".join(map(option_name, without))
            raise ValueError(f"{who}: there is no {shown} in floats; leave float and ptq out of variants")
        if own.neuron == "adaptive" and converts:
            raise ValueError(f"{who}: adaptive neurons are not converted; leave ptq and fine-tune out")


def own_bits(recipe: Recipe) -> dict[str, int]:
    """The weight bits that single layers have of their own, by the names that the layers get."""
    found: dict[str, int] = {}
    hidden = [layer for layer in parse_layers(recipe.layers) if not isinstance(layer, Pool)]
    for number, layer in enumerate(hidden, start=1):
        name = "conv" if isinstance(layer, Conv) else "linear"
        bits = {f"{name}{number}": layer.own.weight_bits, f"lif{number}": layer.own.recurrent_bits}
        found |= {name: value for name, value in bits.items() if value is not None}
    return found


def parse_bits(text: str | int | None) -> tuple[int | None, dict[str, int]]:
    """Weight bits as they are given: a number for all layers, or `name=number` for some, or both, with commas."""
    default: int | None = None
    layers: dict[str, int] = {}
    for part in [] if text is None else str(text).split(","):
        name, equals, number = part.strip().rpartition("=")
        if not number.isdigit() or bool(name) != bool(equals) or (not name and default is not None):
            raise ValueError(f"weight-bits must be a number, or as conv1=4,linear2=8, got {text!r}")
        if name:
            layers[name] = int(number)
        else:
            default = int(number)
    return default, layers
