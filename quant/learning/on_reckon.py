"""A network as ReckOn holds it, and back: registers and memories from integers, integers from what it has learned."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from spikelut._checks import require, require_flags, require_type
from spikelut.quant.chips.reckon import Chip, Curve, Registers
from spikelut.quant.chips.reckon.chip import ALPHA, CURVE_FRAC
from spikelut.quant.network.layers import IntegerLIF
from spikelut.quant.network.network import IntegerNetwork
from spikelut.quant.network.synapses import IntegerLinear
from spikelut.quant.tables.segments import SegmentTable
from spikelut.surrogates import Surrogate

WHO = "to_reckon"
STAGES = "network must be QuantLinear, Recurrent(LIF) or LIF, QuantLinear, LI on the profile reckon"
MOST = {"inputs": 256, "recurrent neurons": 256, "outputs": 16}


def to_reckon(
    network: IntegerNetwork, *, registers: Mapping[str, int] | None = None, beyond_the_chip: bool = False
) -> Chip:
    """The chip that holds a network: its weights, decays, threshold and pseudo-derivative, as `quant.integer` has them.

    - `network`: a `QuantLinear`, a `Recurrent` of a `LIF` (or a `LIF` without recurrent weights, which stay zero), a
      `QuantLinear` and an `LI`, on the profile `reckon`: at most 256 inputs, 256 neurons, an even number, 16 outputs.
    - `registers`: any of `quant.reckon.Registers` that the network does not decide, such as learning rates and seeds,
      by name.
    - `beyond_the_chip`: allows neurons that have a plain curve, or another table than five segments of five bits. The
      curve or table is put in place of the chip's registers (`quant.reckon.Curve`), to compare with. Otherwise, such
      neurons are refused.

    On the chip, an event of step t is one of tick t, and the read-out's membrane after step t is its output after tick
    t + 2. Where nothing is rounded by chance, the two are equal. The chip's thresholds of the pseudo-derivative apply
    to membranes, so they are the table's breakpoints plus the threshold.

    Raises ValueError for a network that the chip cannot hold, and for registers that the network decides.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> lif = quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(), profile), beta=0.95)
    >>> first, last = quant.QuantLinear(8, 4, profile=profile), quant.QuantLinear(4, 2, profile=profile)
    >>> layers = first, quant.Recurrent(lif, 4), last, quant.LI(profile, beta=0.9)
    >>> network = quant.integer(torch.nn.Sequential(*layers))
    >>> chip = quant.to_reckon(network, registers={"lr_p_winp": 8})
    >>> chip, chip.registers.edges
    (Chip(8 inputs, 4 neurons, 2 outputs), (-700, 373, 1676, 2749))
    ```
    """
    require_type("to_reckon", "network", network, IntegerNetwork, "an IntegerNetwork, as quant.integer makes")
    first, neurons, last, readout = _stages(network)
    recurrent = neurons.recurrent
    w_inp, w_out = first.weight.T, last.weight.T
    w_rec = np.zeros((len(first.codes),) * 2, np.int64) if recurrent is None else recurrent.weight.T
    _check_sizes(w_inp.shape[0], w_inp.shape[1], w_out.shape[1])
    spec = neurons.spec
    said = {
        "num_inp_neur": w_inp.shape[0] - 1,
        "num_rec_neur": w_inp.shape[1] - 1,
        "num_out_neur": w_out.shape[1] - 1,
        "rst_mode": int(spec.reset == "zero"),
        "kappa": _amount(readout, 0, 255),
        "fp_loc_winp": _shift(first),
        "fp_loc_wrec": 0 if recurrent is None else _shift(recurrent),
        "fp_loc_wout": _shift(last),
    }
    require_flags(WHO, beyond_the_chip=beyond_the_chip)
    slopes, curve = _slopes(neurons, beyond_the_chip)
    said |= slopes
    if registers is not None:
        require_type(WHO, "registers", registers, Mapping, "a mapping of registers")
    given = dict(registers or {})
    double = sorted(said.keys() & given.keys())
    require(not double, WHO, "registers must not be those that the network decides", double)
    unknown = sorted(given.keys() - Registers.__dataclass_fields__.keys())
    require(not unknown, WHO, "registers must be those of quant.reckon.Registers", unknown)
    plastic = {"do_eprop": 7 if recurrent is not None else 5} | given
    fits = recurrent is not None or not plastic["do_eprop"] & 2
    require(
        fits, WHO, "do_eprop must leave recurrent weights alone, of which the network has none", plastic["do_eprop"]
    )
    made = Registers(**said, **plastic)
    return Chip(made, _amount(neurons, *ALPHA), _threshold(neurons), w_inp, w_rec, w_out, curve=curve)


def with_learned(network: IntegerNetwork, chip: Chip) -> IntegerNetwork:
    """The network with the weights that the chip has now; all else stays.

    ```pycon
    >>> profile = hw_profiles.load("reckon")
    >>> lif = quant.LIF(profile, quant.LUTSurrogate(surrogates.Arctan(), profile), beta=0.95)
    >>> layers = quant.QuantLinear(8, 4, profile=profile), lif, quant.QuantLinear(4, 2, profile=profile)
    >>> network = quant.integer(torch.nn.Sequential(*layers, quant.LI(profile, beta=0.9)))
    >>> chip = quant.to_reckon(network)
    >>> chip.w_out[:] = 5
    >>> quant.with_learned(network, chip).layers[2].weight
    array([[5, 5, 5, 5],
           [5, 5, 5, 5]])
    ```
    """
    require_type("with_learned", "network", network, IntegerNetwork, "an IntegerNetwork, as quant.integer makes")
    first, neurons, last, readout = _stages(network)
    if neurons.recurrent is not None:
        neurons = replace(neurons, recurrent=_of_weights(neurons.recurrent, chip.w_rec))
    layers = _of_weights(first, chip.w_inp), neurons, _of_weights(last, chip.w_out), readout
    return replace(network, layers=layers)


def _of_weights(layer: IntegerLinear, weights: Any) -> IntegerLinear:
    """The layer with other weights, as the chip stores them: whole bytes, and the shift that they had."""
    shape = weights.T.shape
    require(
        shape == layer.codes.shape, "with_learned", f"chip must hold weights {list(layer.codes.shape)}", list(shape)
    )
    return replace(layer, codes=weights.T.astype(np.int8), lsb=1, bits=8)


def _stages(network: IntegerNetwork) -> tuple[IntegerLinear, IntegerLIF, IntegerLinear, IntegerLIF]:
    kinds = [type(layer).__name__ for layer in network.layers]
    fits = kinds == ["IntegerLinear", "IntegerLIF", "IntegerLinear", "IntegerLIF"] and network.is_chain
    require(fits, WHO, STAGES, kinds)
    first, neurons, last, readout = network.layers
    assert isinstance(first, IntegerLinear)  # by the names of their classes
    assert isinstance(last, IntegerLinear)
    assert isinstance(neurons, IntegerLIF)
    assert isinstance(readout, IntegerLIF)
    require(network.profile.name == "reckon", WHO, "network must be on the profile reckon", network.profile.name)
    require(not network.profiles, WHO, "network must be on one chip", sorted(network.profiles))
    require(network.largest_input == 1, WHO, "inputs must be one event a step at most", network.largest_input)
    require(not neurons.reads_out and readout.reads_out, WHO, STAGES, [layer.kind for layer in (neurons, readout)])
    for layer in (neurons, readout):
        plain = layer.synapse is None and layer.bias is None and not layer.others
        require(plain, WHO, f"layer {layer.name!r} must have no bias, current or further parts", layer)
    require(readout.recurrent is None, WHO, STAGES, readout)
    return first, neurons, last, readout


def _check_sizes(*counts: int) -> None:
    for (what, most), count in zip(MOST.items(), counts, strict=True):
        require(count <= most, WHO, f"{what} must be at most {most}", count)
    require(counts[1] % 2 == 0, WHO, "recurrent neurons must be even in number, as they come in pairs", counts[1])


def _shift(layer: IntegerLinear) -> int:
    shift = layer.exponent + layer.shift
    require(layer.bits == 8, WHO, f"weights {layer.name!r} must have 8 bits, as the chip learns them", layer.bits)
    require(not layer.channels, WHO, f"weights {layer.name!r} must have one scale", layer.channels)
    require(0 <= shift <= 7, WHO, f"weights {layer.name!r} must be shifted left by 0..7", shift)
    return shift


def _amount(layer: IntegerLIF, low: int, high: int) -> int:
    amount = layer.spec.leak.amount
    fits = isinstance(amount, int) and low <= amount <= high
    require(fits, WHO, f"the decay of {layer.name!r} must be one code in {low}..{high}", amount)
    return int(amount)


def _threshold(layer: IntegerLIF) -> int:
    threshold = layer.spec.threshold
    require(isinstance(threshold, int), WHO, f"the threshold of {layer.name!r} must be one for all", threshold)
    assert isinstance(threshold, int)  # as was required
    return threshold


def _slopes(layer: IntegerLIF, beyond: bool) -> tuple[dict[str, int], Curve | None]:
    """The registers of the pseudo-derivative, or a curve in their place."""
    table, threshold = layer.table, _threshold(layer)
    if isinstance(table, SegmentTable) and len(table.codes) == 5 and table.value.bits == 5:
        # No membrane is below the lowest code, so a lower edge is as good as that.
        edges = [max(int(edge) + threshold, -(2**15)) for edge in table.breakpoints]
        message = f"the breakpoints of {layer.name!r} plus its threshold must be at most {2**15 - 1}"
        require(max(edges) < 2**15, WHO, message, max(edges))
        slopes = {f"h_{k}": int(code) - table.value.zero_point for k, code in enumerate(table.codes)}
        return {f"thr_h_{k}": edge for k, edge in enumerate(edges)} | slopes, None
    shown = layer.surrogate if table is None else table
    message = f"{layer.name!r} must have a table of five segments of five bits, or beyond_the_chip be True"
    require(beyond, WHO, message, shown)
    assert layer.surrogate is not None  # of neurons that spike
    return {}, _curve(layer.surrogate if table is None else table, threshold, layer.spec.membrane.frac)


def _curve(of: Any, threshold: int, frac: int) -> Curve:
    """The slope at each membrane, in sixteenths of a threshold's steepest of one, as the chip's five bits have them."""
    x = torch.arange(-(2**15), 2**15) - threshold
    if isinstance(of, Surrogate):
        real = of.surrogate_grad(x.to(torch.float64) * 2.0**-frac)
    else:
        real = of.value.decode(of.lookup_codes(x))
    slopes = (real * 2.0 ** (4 + CURVE_FRAC)).round().to(torch.int64).clamp(-(16 << CURVE_FRAC), (16 << CURVE_FRAC) - 1)
    return Curve(slopes.numpy(), CURVE_FRAC)
