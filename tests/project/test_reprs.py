"""What public objects say of themselves: one short line with the numbers that matter, never a dump of arrays."""

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from graph_models import GRAPHS, graph
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates, training
from spikelut.hw_profiles import Group
from spikelut.quant.network.synapses import IntegerScale
from spikelut.surrogates import Arctan

PACKAGES = (surrogates, hw_profiles, quant, export, training)
LOIHI, SNE, HLS = (hw_profiles.load(name) for name in ("loihi2", "odin", "hls4ml"))
GENERIC, RECKON = hw_profiles.load("generic16"), hw_profiles.load("reckon")
SPIKE = quant.LUTSurrogate(Arctan(alpha=2.0), GENERIC)
X = (torch.rand(6, 3, 12, generator=torch.Generator().manual_seed(0)) < 0.5).float()
CONTAINERS = {"GraphModule", "TimeDistributed", "Recurrent", "FloatRecurrent"}
"""Modules that hold modules of the user's: a line for each of these, as torch has it."""
ABSTRACT = {"Surrogate", "CrossingSurrogate", "Table", "HasSurrogateGrad", "Group", "Loss", "Metric", "Regularizer"}
"""Known by what is made of them."""


def public_classes() -> dict[str, type]:
    """By name, warnings and types that are no classes apart."""
    found = {}
    for package in PACKAGES:
        for name in {*vars(package), *getattr(package, "_LAZY", ())} - {"annotations"}:
            value = getattr(package, name)
            if inspect.isclass(value) and value.__module__.startswith("spikelut") and not issubclass(value, Exception):
                found[name] = value
    return {name: found[name] for name in sorted(found) if not name.startswith("_") and name not in ABSTRACT | {*NEEDS}}


def neurons() -> list[Any]:
    spread = torch.linspace(0.3, 0.9, 12)
    return [
        quant.LIF(GENERIC, SPIKE, beta=spread, threshold=spread, learn_beta=True, learn_threshold=True, bias=12),
        quant.CubaLIF(LOIHI, Arctan(), alpha=0.5),
        quant.IF(GENERIC, SPIKE),
        quant.LI(GENERIC, alpha=0.5) if GENERIC.current_decay else quant.LI(GENERIC),
        quant.AdaptiveLIF(GENERIC, SPIKE, beta=0.9, threshold_beta=0.95, threshold_step=0.1),
        quant.FloatLIF(SPIKE, beta=0.9, alpha=0.5),
        quant.FloatAdaptiveLIF(SPIKE, beta=0.9),
        quant.Sigma(LOIHI),
        quant.Delta(LOIHI, threshold=0.25),
        quant.SigmaDelta(LOIHI, threshold=0.25),
        quant.Recurrent(quant.LIF(GENERIC, SPIKE), 12),
        quant.FloatRecurrent(quant.FloatLIF(SPIKE), 12),
    ]


def weights() -> list[Any]:
    lines: dict[str, Any] = {"profile": GENERIC, "weight_bits": 8, "input_step": 0.25}
    images: dict[str, Any] = {"profile": GENERIC, "padding": 1}
    return [
        quant.QuantLinear(12, 10, batch_norm=True, **lines),
        quant.QuantConv1d(2, 4, 3, **images),
        quant.QuantConv2d(2, 4, (3, 5), profile=GENERIC, padding=(1, 2), stride=2, per_channel=True),
        quant.QuantConvTranspose1d(2, 4, 3, **images),
        quant.QuantConvTranspose2d(2, 4, 3, **images),
        quant.DelayedLinear(12, 10, profile=GENERIC, delay=torch.randint(0, 9, (10, 12)), learn_delay=True),
        quant.EventLIF(12, 6, profile=SNE, surrogate=Arctan()),
        quant.EventConv2d(2, 6, 3, profile=SNE, surrogate=Arctan()),
        quant.FoldedBatchNorm(12),
        quant.Delay(torch.arange(12), profile=GENERIC),
        quant.Repeat(20),
        quant.OnOff(),
        quant.AlwaysOn(),
        quant.Upsample(2),
        quant.GlobalSumPool(),
        quant.TimeDistributed(nn.Linear(3, 4)),
        *(getattr(quant, f"{kind}Pool{n}d")(2) for kind in ("Sum", "Max") for n in (1, 2)),
    ]


def integers() -> list[Any]:
    """Networks, and each kind of layer that they are made of."""
    networks = [quant.integer(model, example=x if len(x) > 1 else x[0]) for model, x in map(graph, GRAPHS)]
    networks.append(quant.integer(nn.Sequential(quant.EventLIF(12, 6, profile=SNE, surrogate=Arctan()))))
    found: list[Any] = [part for network in networks for part in (network, *network.inputs, *network.nodes)]
    found += [signal for network in networks for signal in network.signals.values()]
    found += [node.layer for network in networks for node in network.nodes]
    found += [IntegerScale("scale", 3), quant.IntegerRepeat("repeat", 10), quant.IntegerTotal("all", (1, 2))]
    found += [quant.IntegerSumPool2d("pool", 2, 2), quant.IntegerMaxPool2d("pool", (2, 2), (2, 2))]
    found += [quant.IntegerSpread("spread", (2,), (1,), (0,)), quant.IntegerTranspose("turn", (1, 0))]
    found += [quant.IntegerTake("take", 0, tuple(range(500))), quant.IntegerReshape("shape", (2, 3))]
    found += [quant.IntegerBias(np.arange(500), 4), quant.IntegerDelay("delay", tuple(range(500)))]
    return [*found, quant.IntegerMatMul("mix"), quant.IntegerNetwork(GENERIC, ()), networks[0].summary()]


def reports() -> list[Any]:
    curves = [Arctan(alpha=2.0), surrogates.Sigmoid(), surrogates.PiecewiseExp()]
    model = nn.Sequential(quant.QuantLinear(12, 8, profile=GENERIC), quant.LIF(GENERIC, SPIKE))
    batch = X, torch.rand(6, 3, 8)
    floats = nn.Sequential(nn.Linear(12, 3), quant.FloatLIF(Arctan()))
    branching = quant.from_integer(quant.integer(graph("gated")[0], example=X[..., :6]))
    gradients = quant.compare_gradients(model, [batch], nn.functional.mse_loss, count_reads=True)
    checked, converted = quant.check(model, X), quant.convert(floats, GENERIC, X)
    found: list[Any] = [branching, quant.compare(curves[0], LOIHI), quant.compare(curves, [LOIHI, SNE])]
    found += [gradients, *gradients.layers]
    first = nn.Sequential(quant.QuantLinear(12, 8, profile=RECKON), quant.LIF(RECKON, Arctan(), beta=0.95))
    for cost in (quant.cost(quant.integer(model)), quant.cost(quant.integer(first), X.numpy())):
        found += [
            cost,
            *cost.layers,
            cost.fit,
            *cost.fit.limits,
            cost.footprint,
            *([cost.energy] if cost.energy else []),
        ]
    found += [
        *gradients.tables,
        checked,
        *checked.layers,
        converted,
        *converted.layers,
        *converted.steps,
        quant.Calibration(seed=1),
    ]
    read_out = quant.LI(GENERIC)
    learner = quant.EProp(nn.Sequential(*model, quant.QuantLinear(8, 2, profile=GENERIC), read_out))
    found += [learner, export.SpikeCount(10**9, 10**8, 10**7), quant.LIF(GENERIC, SPIKE).spec, read_out.spec]
    return found


def plain() -> list[Any]:
    profiles = [hw_profiles.load(name) for name in hw_profiles.names()]
    groups = [getattr(profile, f.name) for profile in profiles for f in fields(profile)]
    tables = [quant.Table.from_surrogate(Arctan(alpha=2.0), profile) for profile in (LOIHI, hw_profiles.load("reckon"))]
    learned = surrogates.Learnable(Arctan(), "alpha")
    formats = [
        quant.SynapticEvents(10**9, 10**9, 10**8, 10**8),
        quant.FixedPoint(8, 6),
        quant.Affine(8, 0.05 / 3, -28),
        hw_profiles.NumberFormat(8, 6),
    ]
    found = [*profiles, *(group for group in groups if isinstance(group, Group)), *tables, SPIKE, learned, *formats]
    curves = [*surrogates.ALL, *surrogates.ALL_TWO_INPUT]
    return [*found, hw_profiles.ApFixed(16, 6), *(curve() for curve in curves)]


def trainings(folder: Path) -> list[Any]:
    data = training.SpikeDataset(X.transpose(0, 1).repeat(20, 1, 1), torch.arange(60) % 3)
    events = training.EventDataset([1, 2], [0, 3], [0, 2], [0], shape=(5,), step=1.0, classes=3)
    np.save(folder / "x.npy", np.zeros((4, 2)))
    train, val = training.split(data, 0.2)
    done = training.fit(nn.Linear(12, 3), train, val=val, epochs=2, progress=False)
    scores, labels = torch.eye(3), torch.tensor([0, 1, 1])
    metrics: list[Any] = [training.Accuracy(), training.ConfusionMatrix()]
    for metric in metrics:
        metric.update(scores, labels)
    rates = training.FiringRates()
    rates.update({"lif\n" * 40: X})
    found = [
        data,
        events,
        training.FileArray.open(folder / "x.npy"),
        train,
        data.batch([0, 1]),
        done,
        done.best,
        training.evaluate(done.model, val, metrics=metrics),
    ]
    found += [*metrics, training.Accuracy(), training.ConfusionMatrix(), rates, *rates.compute().values()]
    found += [training.EarlyStopping(3), training.Callback(), training.Logger(), training.CSVLogger(folder / "log.csv")]
    losses = training.SpikeCount(), training.Membrane(), training.TimeToFirstSpike(), training.SpikeRate(0.2)
    found += [*losses, training.FiringRate(lower=0.1), training.State(nn.Linear(3, 3)), training.Run(folder, {}, ())]
    return [*found, training.Data(train, val, val)]


MAKERS: tuple[Callable[[], list[Any]], ...] = (plain, neurons, weights, integers, reports)
NEEDS = {"TensorBoardLogger": "tensorboard", "MLflowLogger": "mlflow", "WandbLogger": "wandb"}
"""Classes that only packages of others make: they have the `repr` of `Logger`."""


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """Objects of every public class, by its name."""
    found: dict[str, list[Any]] = {}
    torch.manual_seed(0)
    everything = [thing for make in MAKERS for thing in make()]
    for thing in [*everything, *trainings(tmp_path_factory.mktemp("log"))]:
        found.setdefault(type(thing).__name__, []).append(thing)
    return found


@pytest.mark.parametrize("name", public_classes())
def test_a_repr_is_a_short_line(name: str, samples: dict[str, list[Any]]) -> None:
    assert samples.get(name), f"give {name} an example"
    for thing in samples[name]:
        text = repr(thing)
        assert text.startswith(f"{name}("), text
        lines = text.splitlines() if name in CONTAINERS else [text]
        assert all(len(line) < 120 for line in lines), text
        assert all(line.isprintable() for line in lines), text
        assert " at 0x" not in text
        assert "array(" not in text
        assert "tensor(" not in text


def test_what_matters_is_said(samples: dict[str, list[Any]]) -> None:
    texts = {name: repr(found[0]) for name, found in samples.items()}
    profile = "Profile('loihi2': Loihi 2, neuromorphic, weights of 8 bits, membranes of 24, table 256 x 7 bits)"
    assert repr(LOIHI) == profile
    assert texts["Weight"].startswith("Weight(bits=8, ")
    assert texts["UniformTable"] == "UniformTable(Arctan(alpha=2.0), 256 x u7.6, 1792 bits, x in -4..4)"
    assert texts["SegmentTable"].startswith("SegmentTable(Arctan(alpha=2.0), 5 x s5.3, 89 bits, x in ")
    assert texts["IntegerNetwork"].startswith("IntegerNetwork(generic16: ")
    assert texts["Comparison"].startswith("Comparison(Arctan(alpha=2.0) on loihi2, 256 x u7.6, largest error 3.93% of ")
    assert texts["Comparisons"] == "Comparisons(6 pairs, of 3 curves and 2 profiles, 0 refused)"
    assert texts["ModelCheck"].startswith("ModelCheck(can be deployed, 2 layers")
    assert texts["IntegerNetwork"].endswith(" weights, input [2, 8, 8] -> 2_1)")
    assert "IntegerTake('take', axis=0, indices=500 values)" in map(repr, samples["IntegerTake"])
    assert "bias [" in repr(quant.IntegerLIF("a", quant.LIF(GENERIC, SPIKE).spec, Arctan(), None, bias=ONES))
    assert repr(quant.LIF(GENERIC, SPIKE)).endswith("reset='subtract', Arctan(alpha=2.0) as 1024 x u16.16)")


ONES = quant.IntegerBias(np.ones(4, np.int64), 2)


def test_names_of_users_stay_in_the_line() -> None:
    layer = quant.IntegerFlatten("a\nb" * 200)
    assert repr(layer).count("\n") == 0
    assert len(repr(layer)) < 120
    assert repr(layer).endswith("…)")
