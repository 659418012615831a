"""The integer network of a trained model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from torch import Tensor, nn

from spikelut._checks import require
from spikelut._extras import names_extra
from spikelut.quant.network.network import IntegerNetwork, check_outputs
from spikelut.quant.network.silence import warn_of_silence
from spikelut.quant.weights.module_reading import as_evaluated, own_part, require_plain

Example = Tensor | tuple[int, ...] | Mapping[str, "Tensor | tuple[int, ...]"] | tuple[Tensor, ...]


@names_extra
def integer(
    model: nn.Module,
    *,
    largest_input: int | Mapping[str, int] | None = None,
    example: Example | None = None,
) -> IntegerNetwork:
    """The integers of a trained model, to be deployed: weight codes, decays, thresholds, tables, wiring.

    `model` is any `nn.Module` over [T, B, ...] whose forward calls this library's layers (`QuantLinear`, `QuantConv2d`,
    `LIF`, `IF`, `CubaLIF`, `LI`, `Recurrent`, `SumPool2d`, `Repeat`, ...), nested and branching. Between the layers, it
    may add and join signals of one kind; pool and upsample; reshape, transpose and slice the dimensions after time and
    batch; multiply spikes; and loop over time with `.step()`. The result computes the same spikes as the model, in
    NumPy. To read the model, its forward is run once, on tensors without values. What it does to outputs over time at
    the end (sum, mean, softmax) is not part of the result.

    A chain, that is a `torch.nn.Sequential` of such layers, nested or not, is read without running it.

    - `largest_input`: the largest number of events of one input in a step, or a dictionary by name. Default: what the
      first layer says. If that is None, the default is 1 or, if the layer has an `input_step` of 2**-k, 2**k - 1.
    - `example`: an input [T, B, ...], or its shape; several as a tuple, or by the names of forward's arguments. A chain
      needs none; nor does a single input whose sizes the layers tell.

    Layers are read by their attributes, in evaluation mode. Pruned and parametrized weights are read with the values
    that are used.

    Raises ValueError, with the layer and what to do instead, for anything that cannot be read, such as a layer that
    overrides `forward` or other functions, or has a forward hook. Also for spikes added to currents, for currents added
    from layers of different profiles, and for an `input_step` after the first layer. Also if the last neurons could
    spike more often in a step than the chip's outputs (`max_spikes`), or if synaptic sums could exceed the chip's
    accumulator, 30 bits, or what float32 holds exactly. Warns (`SilentLayerWarning`) of layers that can never spike.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> [type(layer).__name__ for layer in quant.integer(model).layers]
    ['IntegerLinear', 'IntegerLIF']
    ```
    """
    from spikelut.quant.reading.assemble import assembled, check_largest
    from spikelut.quant.reading.chains import chain_of, graph_of
    from spikelut.quant.reading.shapes_of_inputs import traced

    require(isinstance(model, nn.Module), "integer", "model must be a torch.nn.Module", type(model).__name__)
    check_largest("integer", largest_input)
    with as_evaluated(model):
        chain = graph_of("integer", model)
        if chain is None and example is None:
            chain = chain_of("integer", model)
        if chain is not None:
            network = assembled("integer", chain, largest_input)
        else:
            with naming_what_is_own(model):
                network = assembled("integer", traced("integer", model, example), largest_input)
    check_outputs(network, "integer")
    for one in network.inputs:
        profile = network.profile
        most = profile.current.max_events if profile.current else None
        message = f"largest_input must be at most {most}, the events of an input that {profile.name} takes in a step"
        require(most is None or one.largest <= most, "integer", message, one.largest)
    warn_of_silence("integer", network)
    return network


@contextmanager
def naming_what_is_own(model: nn.Module) -> Iterator[None]:
    """In the block, an error says what makes a Sequential one of the user's own, that had to be run to be read."""
    try:
        yield
    except ValueError as error:
        if isinstance(model, nn.Sequential) and own_part(model, nn.Sequential) is not None:
            try:
                require_plain("integer: model", model, nn.Sequential, "or only what is read")
            except ValueError as own:
                raise ValueError(f"{own}: {error}") from None
        raise
