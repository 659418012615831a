"""Networks in the files of lava-dl's netx, read and written."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from spikelut._checks import require, require_flags, require_int, require_path, require_type, shown
from spikelut._extras import names_extra
from spikelut._files import read_file, write_whole
from spikelut.export.hdf5_tree import read_tree
from spikelut.export.lava.fields import MOST, Entry
from spikelut.hw_profiles import load
from spikelut.quant.network.network import IntegerNetwork
from spikelut.surrogates import Arctan, Surrogate

PROFILE = "loihi2"


@names_extra
def from_lava(
    path: str | os.PathLike[str],
    *,
    layer_delays: bool = True,
    num_layers: int | None = None,
    input_shape: tuple[int, ...] | None = None,
    largest_input: int | None = None,
    surrogate: Surrogate | None = None,
) -> IntegerNetwork:
    """Import a trained network of lava-dl, a `.net` file as netx reads it, as integers on the profile `loihi2`.

    Every current, membrane and spike is Lava's. Layers of the file are `layer0`, `layer1`, ...: these are the names of
    neurons, and the weights before them are `layer1_weights`. These are read: input, dense, dense_rec, conv, pool and
    flatten; neurons of the types LOIHI, CUBA, ALIF and SDNN, with decays of each neuron; delays of dense layers. If the
    last layer is dense and has no neurons, it is a read-out: sums that add up. netx does not run pooling and ALIF; they
    are what lava-dl's training computes.

    - Inputs are what Lava's input neurons are given. For LIF neurons, that is the mantissa of their bias; for neurons
      that encode changes, a value. If the file's input has no neurons, or is left out, inputs are events.
      `lava_transform` says how an image becomes such an input.
    - `layer_delays`: events take a step from layer to layer, as in Lava's processes and lava-dl's training, so that all
      values come in Lava's steps. False leaves these steps out: layer n gives its values n steps earlier than in Lava,
      if its states there begin from rest as many steps late, as with netx's `reset_interval`. Such a reset is the
      beginning of a sample.
    - `num_layers`: how many layers are read. `input_shape`: (C, H, W), for a file that begins with a convolution.
    - `largest_input`: the most that comes in. Default: 1 event; or, where neurons take an image, what an image in -1..1
      gives, with either sign.
    - `surrogate`: the curve with which spiking neurons train on; Arctan by default.

    Raises ValueError in one line, with the layer, for what `loihi2` lacks or netx leaves out or cuts, and for broken
    files; OSError if the file cannot be read. Nothing that a file holds is executed, and no link in it is followed; the
    HDF5 library that parses it is C. Needs h5py.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> linear = quant.QuantLinear(8, 4, profile=profile)
    >>> _ = torch.nn.init.constant_(linear.weight, 2.0**-12)
    >>> model = torch.nn.Sequential(linear, quant.LIF(profile, surrogates.Arctan(), threshold=2.0**-10))
    >>> export.to_lava(quant.integer(model), "network.net")
    >>> [layer.name for layer in export.from_lava("network.net").layers]
    ['layer0_step', 'layer0_weights', 'layer0']
    ```
    """
    require_path("from_lava", "path", path)
    from spikelut.export.lava.read import Reader

    require_flags("from_lava", layer_delays=layer_delays)
    if num_layers is not None:
        require_int("from_lava", "num_layers", num_layers, 1, 2**16)
    if input_shape is not None:
        sizes = isinstance(input_shape, tuple | list) and all(type(n) is int and 1 <= n <= MOST for n in input_shape)
        message = "input_shape must be channels, height and width, or features"
        require(sizes and len(input_shape) in (1, 3), "from_lava", message, input_shape)
    with _reading(path) as entries:
        given = None if input_shape is None else tuple(input_shape)
        reader = Reader(load(PROFILE), surrogate or Arctan(), layer_delays, given)
        for number, entry in enumerate(entries[:num_layers]):
            reader.layer(number, entry)
        return reader.network(largest_input)


@names_extra
def to_lava(network: IntegerNetwork, path: str | os.PathLike[str], *, transform: tuple[int, int] | None = None) -> None:
    """Write a network on `loihi2` as a `.net` file, which lava-dl's netx reads; it appears whole or not at all.

    `from_lava` reads the same network from the file, with names of its own, if it is given the same `largest_input` and
    `surrogate`, and `layer_delays` as the network has them. Files say nothing of these three. Either all weights of the
    network come after a `Delay` of one step, or none do. netx gives all of them that step. So layer n of a network
    without delays gives its values n steps later in Lava, from rest.

    The layout has weights that are whole numbers in -256..254, and no exponent for them. Networks with larger weights,
    such as most that were trained for thresholds of about 1, are refused. Train with weights and thresholds a sixteenth
    as large.

    `transform`: the weight and bias that turn an image into what the input neurons are given, see `lava_transform`.

    Raises ValueError in one line, with the layer, for what the layout cannot say: other profiles, networks that branch,
    pooling, read-outs that leak, windows, refractory periods, adaptive thresholds, and numbers of each neuron other
    than decays; OSError if the file cannot be written. Needs h5py.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> linear = quant.QuantLinear(8, 4, profile=profile)
    >>> _ = torch.nn.init.constant_(linear.weight, 2.0**-12)
    >>> model = torch.nn.Sequential(linear, quant.LIF(profile, surrogates.Arctan(), threshold=2.0**-10))
    >>> export.to_lava(quant.integer(model), "network.net")
    >>> export.from_lava("network.net", layer_delays=False).layers[0].codes[0, 0]
    np.int8(1)
    ```
    """
    require_type("to_lava", "network", network, IntegerNetwork, "an IntegerNetwork, as quant.integer makes")
    from spikelut.export.lava.hdf5_write import content_of
    from spikelut.export.lava.write import Writer

    numbers = transform is None or (len(transform) == 2 and all(type(n) is int for n in transform))
    require(numbers, "to_lava", "transform must be two whole numbers, weight and bias", transform)
    write_whole(path, content_of(Writer(network, load(PROFILE), transform).write()))


@names_extra
def lava_transform(path: str | os.PathLike[str]) -> tuple[int, int]:
    """The weight and the bias by which the input layer of a `.net` file makes an image into what its neurons are given.

    Codes of a real image x, mostly in -1..1, are weight * x + bias, truncated to whole numbers, as lava-dl's data sets
    make them for netx. If a file says nothing, the two are 64 and 0, as in netx. Raises what `from_lava` does, and
    ValueError for an input without neurons.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> linear = quant.QuantLinear(8, 4, profile=profile, input_step=2.0**-6, graded_input=True)
    >>> encoder = quant.Delta(profile, 0.0, input_step=1.0, message_step=2.0**-6, largest_input=76)
    >>> model = torch.nn.Sequential(encoder, linear, quant.Sigma(profile))
    >>> export.to_lava(quant.integer(model), "network.net", transform=(40, 36))
    >>> export.lava_transform("network.net")
    (40, 36)
    ```
    """
    require_path("lava_transform", "path", path)
    from spikelut.export.lava.read import transform_of

    with _reading(path) as entries:
        first = entries[0]
        kind = first.text("type")
        fits = kind == "input" and "neuron" in first
        require(fits, first.where, "must be an input with neurons", kind)
        return transform_of(first)


@contextmanager
def _reading(path: str | os.PathLike[str]) -> Iterator[list[Entry]]:
    """The layers of a file; ValueError in one line for whatever is wrong with it, or with what is made of it."""
    content, name = read_file(path, "from_lava"), Path(path).name
    try:
        yield _entries(content)
    except (LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, OSError, ValueError) as error:
        message = " ".join(str(error).split())
        raise ValueError(f"{name}: not a network of lava-dl: {message or type(error).__name__}") from None


def _entries(content: bytes) -> list[Entry]:
    tree = read_tree(content, "layer")
    require(isinstance(tree, dict), "file", "layer must be a group", shown(tree))
    names = [str(number) for number in range(len(tree))]
    require(bool(names) and sorted(names) == sorted(tree), "layer", "layers must be called 0, 1, ...", sorted(tree)[:9])
    entries = [Entry(f"layer {name}", tree[name]) for name in names]
    groups = [isinstance(entry.values, dict) for entry in entries]
    require(all(groups), "layer", "layers must be groups", groups)
    return entries
