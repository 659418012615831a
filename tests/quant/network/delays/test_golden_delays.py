"""Delayed synapses against what Lava's DelayDense and DelaySparse computed; see golden/README.md.

Where shifts drop bits, inhibitory weights have nine bits, delays are longer than 62 or payloads are negative, no
network of the profile has the arithmetic: those configurations are compared with the integer function alone.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from c_networks import compared
from golden_vectors import Ints, different, numbered
from torch import nn

from spikelut import export, hw_profiles, quant
from spikelut.quant.arithmetic.array_ops import NumpyOps
from spikelut.quant.dynamics.current import synapse_step
from spikelut.quant.dynamics.lif import lif_step
from spikelut.quant.dynamics.spec import LIFSpec, SynapseSpec
from spikelut.quant.network.delays.synapses import delayed_sums
from spikelut.quant.weights.delayed_linear import DelayedLinear
from spikelut.surrogates import Arctan

pytestmark = pytest.mark.golden

P = hw_profiles.load("loihi2")


def configurations() -> Iterator[dict[str, Ints]]:
    return numbered("loihi_delay", "n_configs", "c")


def arriving(c: dict[str, Ints]) -> Ints:
    """The events [T, inputs]: payloads, or 1 for any of them on a binary connection."""
    return c["spikes_in"] if c["num_message_bits"] > 0 else (c["spikes_in"] != 0).astype(np.int64)


def a_step_later(x: Ints) -> Ints:
    """As the simulator delivers what was sent in a step."""
    return np.concatenate([np.zeros_like(x[:1]), x[:-1]])


def delivered(weights: Ints, delays: Ints, events: Ints, exponent: int) -> Ints:
    return a_step_later(delayed_sums(weights, delays, events[:, None], exponent)[:, 0])


def bias_of(c: dict[str, Ints]) -> Ints:
    shift = c["bias_exp"]
    found: Ints = np.where(shift >= 0, c["bias_mant"] << shift.clip(0), c["bias_mant"] >> -shift.clip(None, 0))
    return found


def test_all_accumulations_and_neurons() -> None:
    """Every configuration: what arrives at each step, and what neurons make of it, recurrent synapses included."""
    compared = with_payloads = dropping = back = 0
    for c in configurations():
        exponent, events = int(c["weight_exp"]), arriving(c)
        sums = delivered(c["weights_eff"], c["delays"], events, exponent)
        compared += different("loihi_delay", sums, c["acc"]) * 0 + sums.size
        assert different("loihi_delay", sums, c["acc"]) == 0
        with_payloads += int(c["num_message_bits"] > 0)
        # Shifting the total is something else.
        total = delayed_sums(c["weights_eff"], c["delays"], events[:, None], 0)[:, 0]
        dropping += int(exponent < 0 and (a_step_later(total >> -min(exponent, 0)) != sums).any())
        if "weights_rec" in c:
            fed = delivered(c["weights_rec_eff"], c["delays_rec"], c["spikes_out"], exponent)
            assert different("loihi_delay", fed, c["acc_rec"]) == 0
            sums, back = sums + fed, back + 1
        synapse = SynapseSpec.from_profile(P, 0.5, "CubaLIF")
        synapse = replace(synapse, leak=replace(synapse.leak, amount=4095 - int(c["du"])))
        spec = LIFSpec.from_profile(P, 0.5, 1.0, None)
        leak = replace(spec.leak, amount=4096 - int(c["dv"]))
        # The recorded current plus bias exceeds 24 bits; the simulator adds them without a register between.
        wide = replace(spec.membrane, bits=28)
        spec = replace(spec, leak=leak, threshold=64 * int(c["vth"]), current=wide)
        syn = mem = np.zeros(sums.shape[1], np.int64)
        for t, drive in enumerate(sums << P.weight.shift):
            syn = synapse_step(NumpyOps, synapse, syn, drive)[0]
            step = lif_step(NumpyOps, spec, mem, syn, bias_of(c))
            mem = step.mem
            for value, name in ((syn, "u"), (mem, "v"), (step.spikes, "spikes_out")):
                assert different("loihi_delay", np.asarray(value), c[name][t]) == 0
                compared += c[name][t].size
    assert compared > 0
    assert min(with_payloads, dropping, back) > 0


def layer_of(c: dict[str, Ints]) -> DelayedLinear | None:
    """The layer with these weights and delays; None where the chip's layers have no such ones."""
    most = P.delay.most if P.delay else 0
    power = int(c["weight_exp"])
    codes = c["weights_eff"] << power if power >= 0 else c["weights_eff"] / 2.0**-power
    if c["delays"].max() > most or (codes != np.round(codes)).any():
        return None
    real = codes * (2.0**P.weight.shift * P.state_step)
    layer = DelayedLinear(real.shape[1], len(real), profile=P, delay=torch.from_numpy(c["delays"])).double()
    layer.weight.data.copy_(torch.from_numpy(real))
    weight: Any = layer.quant_weight().value
    return layer if np.array_equal(weight.detach().numpy(), real) else None


def test_layers_with_payloads() -> None:
    """The integers of each layer that there is, for payloads as they are, negative ones too."""
    made = signed = 0
    for c in configurations():
        layer = layer_of(c)
        if layer is None:
            continue
        neurons = quant.LIF(P, Arctan())
        integers: Any = quant.integer(nn.Sequential(layer, neurons), largest_input=255).layers[0]
        assert isinstance(integers, quant.IntegerDelayedLinear)
        events = arriving(c)
        sums = a_step_later(integers.run(events[:, None])[:, 0])
        assert different("loihi_delay", sums, c["acc"] << P.weight.shift) == 0
        made, signed = made + 1, signed + int(events.min() < 0)
    assert made > 4
    assert signed > 0


def networks() -> Iterator[tuple[dict[str, Ints], nn.Sequential]]:
    """What the profile has, as people write it: binary events, no synapses back."""
    for c in configurations():
        layer = layer_of(c)
        if layer is None or c["num_message_bits"] > 0 or "weights_rec" in c:
            continue
        neurons = quant.CubaLIF(
            P,
            Arctan(),
            alpha=(4095 - int(c["du"])) / 4096,
            beta=(4096 - int(c["dv"])) / 4096,
            threshold=64 * int(c["vth"]) * P.state_step,
            bias=len(c["bias_mant"]),
        ).double()
        assert neurons.bias is not None
        neurons.bias.data.copy_(torch.from_numpy(bias_of(c)) * P.state_step)
        yield c, nn.Sequential(layer, neurons).eval()


def test_networks_in_torch_and_numpy() -> None:
    """Spikes, membranes and currents of both; of a layer with one exponent for all biases those that it has."""
    compared = 0
    for c, model in networks():
        events = a_step_later(arriving(c))[:, None]
        network = quant.integer(model)
        layer: Any = network.layers[1]
        bias = layer.bias.codes(2).ravel() if layer.bias is not None else np.zeros(len(c["bias_mant"]), np.int64)
        same = bias == bias_of(c)
        trace = layer.trace(network.layers[0].run(events))
        current = model[0](torch.from_numpy(events).double())
        out = model[1](current).detach().numpy()
        for found, name in (
            (trace["spikes"], "spikes_out"),
            (trace["mem"], "v"),
            (trace["syn"], "u"),
            (out, "spikes_out"),
        ):
            assert different("loihi_delay", found[:, 0][:, same], c[name][:, same]) == 0
            compared += int(c[name][:, same].size)
    assert compared > 5000


@pytest.mark.parametrize("form", ["scan", "step"])
def test_networks_in_onnxruntime(form: Any, tmp_path: Path) -> None:
    for c, model in networks():
        network, events = quant.integer(model), a_step_later(arriving(c))[:, None]
        layer: Any = network.layers[1]
        bias = layer.bias.codes(2).ravel() if layer.bias is not None else np.zeros(len(c["bias_mant"]), np.int64)
        same = bias == bias_of(c)
        export.to_onnx(network, events.shape, tmp_path / "x.onnx", "integer", form=form)
        found = export.run_onnx(tmp_path / "x.onnx", events)["1"][:, 0]
        assert different("loihi_delay", found[:, same], c["spikes_out"][:, same]) == 0


def test_networks_in_c(tmp_path: Path) -> None:
    """Beside the reference, which is Lava's as the tests above say."""
    for i, (c, model) in enumerate(networks()):
        (tmp_path / str(i)).mkdir()
        events = a_step_later(arriving(c))[:, None]
        total, nonzero = compared(quant.integer(model), events, tmp_path / str(i))
        assert nonzero > total / 10
