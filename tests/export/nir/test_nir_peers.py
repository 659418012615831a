"""NIR between this library and others: they read ours with the same spikes, and we theirs.

They are not dependencies: where one is not installed, its tests are skipped. Each means a graph in its own way, and
none writes all that it means (versions read: snnTorch 1.0.0, norse 1.1.0, sinabs 3.1.3, with nir 1.0.8):

- snnTorch: dt is 1e-4, in forward Euler steps, reset to zero whatever the neuron does; writes a shape for neurons only
  if their beta and threshold have one; reads IF with beta 0.9 and subtraction, and no v_leak.
- norse: forward Euler with a dt of choice; ignores r of LIF; writes tau * dt for tau.
- sinabs: exp(-1 / tau), input multiplied by 1 minus that as `norm_input` is by default; ignores r.
"""

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.export.nir.file import from_nir, to_nir
from spikelut.quant.neurons.recurrent import Recurrent
from spikelut.quant.weights.layers import QuantLinear
from spikelut.surrogates import Arctan

nir: Any = pytest.importorskip("nir", reason="nir is not installed")
pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore")]

LOIHI = hw_profiles.load("loihi2")
STEPS, BATCH, IN, HIDDEN, OUT = 40, 16, 20, 64, 10


def events() -> Tensor:
    return (torch.rand((STEPS, BATCH, IN), generator=torch.Generator().manual_seed(1)) < 0.3).float()


def filled(model: nn.Module) -> Any:
    random = torch.Generator().manual_seed(0)
    for name, parameter in model.named_parameters():
        if name.endswith(("weight", "bias")):
            parameter.data.copy_(torch.randn(parameter.shape, generator=random) * (0.4 if "weight" in name else 0.1))
    return model


def ours(kind: str) -> Any:
    """Two layers on Loihi, which spikes above the threshold and resets to zero, with a decay that needs no rounding."""
    options: Any = {"beta": 0.875, "reset": "zero"}
    if kind == "cuba":
        neurons: list[Any] = [quant.CubaLIF(LOIHI, Arctan(), **options) for _ in range(2)]
    elif kind.startswith("if"):
        neurons = [quant.IF(LOIHI, Arctan(), reset="zero") for _ in range(2)]
    elif kind == "cuba that keeps":
        neurons = [quant.CubaLIF(LOIHI, Arctan(), alpha=0.5, beta=1.0, reset="zero") for _ in range(2)]
    else:
        neurons = [quant.LIF(LOIHI, Arctan(), bias=n, **options) for n in (HIDDEN, OUT)]
    if kind in ("recurrent", "if recurrent"):
        neurons[0] = Recurrent(neurons[0], HIDDEN)
    first, last = QuantLinear(IN, HIDDEN, profile=LOIHI), QuantLinear(HIDDEN, OUT, profile=LOIHI)
    return filled(nn.Sequential(first, neurons[0], last, neurons[1]))


def run(net: Any, x: Tensor) -> Tensor:
    """A library's own network, step by step, from rest; what it gives per step may come with states."""
    for module in net.modules():
        for name in ("reset_mem", "reset_states"):
            if hasattr(module, name):
                getattr(module, name)()
    outs, state = [], None
    with torch.no_grad():
        for step in x:
            given = net(step) if state is None else net(step, state)
            out, state = given if isinstance(given, tuple) else (given, None)
            state = None if type(net) is nn.Sequential else state
            outs.append(out)
    return torch.stack(outs)


@pytest.mark.parametrize("kind", ["lif", "cuba", "recurrent", "if", "if recurrent", "cuba that keeps"])
def test_snntorch_reads_ours(kind: str, tmp_path: Path) -> None:
    reader: Any = pytest.importorskip("snntorch.import_nir")
    model, x = ours(kind), events()
    to_nir(model, tmp_path / "a.nir")
    with contextlib.redirect_stdout(io.StringIO()):
        net = reader.import_from_nir(nir.read(tmp_path / "a.nir"))
    spikes = model(x).detach()
    assert 0.05 < spikes.mean() < 0.6
    assert int((run(net, x) != spikes).sum()) == 0  # of 6400


@pytest.mark.parametrize(("kind", "if_node"), [("cuba", "CubaLIF"), ("if", "CubaLIF"), ("if", "IF")])
def test_norse_reads_ours(kind: str, if_node: Any, tmp_path: Path) -> None:
    norse: Any = pytest.importorskip("norse.torch")
    model, x = ours(kind), events()
    to_nir(model, tmp_path / "a.nir", dt=1e-3, if_node=if_node)
    net = norse.from_nir(nir.read(tmp_path / "a.nir"), ignore_warnings=True, dt=1e-3)
    spikes = model(x).detach()
    assert 0.05 < spikes.mean() < 0.6
    assert int((run(net, x) != spikes).sum()) == 0  # of 6400


@pytest.mark.parametrize("kind", ["Leaky", "Synaptic", "RLeaky"])
def test_we_read_snntorch_s(kind: str, tmp_path: Path) -> None:
    snntorch: Any = pytest.importorskip("snntorch")
    writer: Any = pytest.importorskip("snntorch.export_nir")
    common = {"init_hidden": True, "reset_mechanism": "zero", "reset_delay": False}
    beta, threshold = torch.full((OUT,), 0.875), torch.full((OUT,), 1.0)
    if kind == "RLeaky":
        hidden = snntorch.RLeaky(beta=0.875, linear_features=HIDDEN, **common)
    elif kind == "Synaptic":
        one = torch.ones(HIDDEN)
        hidden = snntorch.Synaptic(alpha=one * 0.5, beta=one * 0.875, threshold=one, **common)
    else:
        hidden = snntorch.Leaky(beta=torch.full((HIDDEN,), 0.875), threshold=torch.ones(HIDDEN), **common)
    last = snntorch.Leaky(beta=beta, threshold=threshold, output=True, **common)
    net, x = filled(nn.Sequential(nn.Linear(IN, HIDDEN), hidden, nn.Linear(HIDDEN, OUT), last)), events()
    nir.write(tmp_path / "a.nir", writer.export_to_nir(net, x[0, 0]))
    model, theirs = from_nir(tmp_path / "a.nir"), run(net, x)
    assert 0.05 < theirs.mean() < 0.6
    assert int((model(x) != theirs).sum()) == 0  # of 6400
    # Spikes that rounding moves come back to their own layer where it is recurrent.
    assert quant.convert(model, LOIHI, x).layers[0].differing < (0.15 if kind == "RLeaky" else 0.02)


def test_we_read_norse_s(tmp_path: Path) -> None:
    norse: Any = pytest.importorskip("norse.torch")
    lif = norse.LIFBoxParameters(*(torch.full((HIDDEN,), v) for v in (125.0, 0.0)), torch.full((HIDDEN,), 0.1))
    lif = lif._replace(v_reset=torch.zeros(HIDDEN))
    readout = norse.LIBoxParameters(torch.full((OUT,), 100.0), torch.zeros(OUT))
    layers = [nn.Linear(IN, HIDDEN), norse.LIFBoxCell(lif), nn.Linear(HIDDEN, OUT), norse.LIBoxCell(readout)]
    net, x = filled(norse.SequentialState(*layers)), events()
    nir.write(tmp_path / "a.nir", norse.to_nir(net, x[0]))
    model, theirs = from_nir(tmp_path / "a.nir", dt=1e-3 * 1e-3), run(net, x)
    assert abs(theirs).max() > 0.1
    # float32, in another order of operations; a spike more or less would be thousands of times as much.
    torch.testing.assert_close(model(x), theirs, rtol=0, atol=1e-6)


def test_we_read_sinabs(tmp_path: Path) -> None:
    layers: Any = pytest.importorskip("sinabs.layers")
    writer: Any = pytest.importorskip("sinabs.nir")
    common = {"batch_size": BATCH, "min_v_mem": None}
    hidden = layers.IAFSqueeze(spike_threshold=torch.tensor(1.0), **common)
    last = layers.LIFSqueeze(tau_mem=torch.full((OUT,), 8.0), spike_threshold=torch.full((OUT,), 0.25), **common)
    net, x = filled(nn.Sequential(nn.Linear(IN, HIDDEN), hidden, nn.Linear(HIDDEN, OUT), last)), events()
    flat = x.transpose(0, 1).flatten(0, 1)
    theirs = net(flat).detach().unflatten(0, (BATCH, STEPS)).transpose(0, 1)
    nir.write(tmp_path / "a.nir", writer.to_nir(net, flat))
    model = from_nir(tmp_path / "a.nir", dt=1.0, decay="exponential", reset="subtract")
    # sinabs spikes several times in a step, which a graph cannot say.
    for module in model.modules():
        if isinstance(module, quant.FloatLIF):
            module.max_spikes = 1000
    assert theirs.mean() > 0.05
    assert int((model(x) != theirs).sum()) == 0  # of 6400
