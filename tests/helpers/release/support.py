"""What runs where: every kind of neuron on every profile, in every format of files, compared value by value.

    python tests/helpers/release/support.py

writes `docs/support.json` anew, of which docs/support.md has tables; a minute. A test repeats a part of it.
"""

import json
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import nn

from spikelut import export, hw_profiles, quant, surrogates
from spikelut.hw_profiles import Profile

FILE = Path(__file__).parent.parent.parent.parent / "docs" / "support.json"
STEPS, BATCH, IN, HIDDEN, OUT = 8, 6, 12, 10, 4
ONNX = ("integer", "flat", "functions", "arith", "qcdq", "qonnx")
TARGETS = (*ONNX, "C", "NIR")
Found = dict[str, dict[str, list[str]]]
"""By kind of neuron and profile: the targets that gave the integers of the reference."""


def _summed(p: Profile, hidden: Callable[[], nn.Module], last: Callable[[], nn.Module]) -> nn.Sequential:
    weights = [quant.QuantLinear(a, b, profile=p) for a, b in ((IN, HIDDEN), (HIDDEN, OUT))]
    return nn.Sequential(weights[0], hidden(), weights[1], last())


def _chain(p: Profile, make: Callable[..., nn.Module]) -> nn.Sequential:
    once = {"max_spikes": 1} if p.step is not None and p.step.max_spikes > 1 else {}
    return _summed(p, make, lambda: make(**once))


CURVE = surrogates.Arctan(alpha=2.0)
KINDS: dict[str, Callable[[Profile], nn.Module]] = {
    "LIF": lambda p: _chain(p, lambda **o: quant.LIF(p, CURVE, **o)),
    "CubaLIF": lambda p: _chain(p, lambda **o: quant.CubaLIF(p, CURVE, **o)),
    "AdaptiveLIF": lambda p: _chain(p, lambda **_: quant.AdaptiveLIF(p, CURVE)),
    "LIF, refractory": lambda p: _chain(p, lambda **_: quant.LIF(p, CURVE, refractory=2)),
    "LIF, window": lambda p: _chain(p, lambda **_: quant.LIF(p, CURVE, window_size=4)),
    "LI, a read-out": lambda p: _summed(p, lambda: _spiking(p), lambda: quant.LI(p)),
    "Recurrent": lambda p: _summed(p, lambda: quant.Recurrent(_spiking(p), HIDDEN), lambda: _spiking(p, last=True)),
    "Delay": lambda p: nn.Sequential(quant.Delay(2, profile=p), *_chain(p, lambda **_: quant.LIF(p, CURVE))),
    "EventLIF": lambda p: nn.Sequential(_events(p, IN, HIDDEN), _events(p, HIDDEN, OUT, last=True)),
    "SigmaDelta": lambda p: _graded(p),
}


def _spiking(p: Profile, last: bool = False) -> Any:
    once: dict[str, Any] = {"max_spikes": 1} if last and p.step is not None and p.step.max_spikes > 1 else {}
    try:
        return quant.LIF(p, CURVE, **once)
    except ValueError:
        return quant.CubaLIF(p, CURVE, **once)


def _events(p: Profile, inputs: int, outputs: int, last: bool = False) -> nn.Module:
    once: dict[str, Any] = {"max_spikes": 1} if last and p.step is not None and p.step.max_spikes > 1 else {}
    return quant.EventLIF(inputs, outputs, profile=p, surrogate=CURVE, **once)


def _graded(p: Profile) -> nn.Module:
    sent = quant.SigmaDelta(p, threshold=0.25)
    taken = quant.QuantLinear(HIDDEN, OUT, profile=p, graded_input=True, input_step=sent.message_step)
    return nn.Sequential(quant.QuantLinear(IN, HIDDEN, profile=p), sent, taken, quant.Sigma(p))


def network_of(kind: str, p: Profile) -> nn.Module | None:
    """A small network of these neurons with random weights; None if the profile has none of them."""
    torch.manual_seed(0)
    try:
        model = KINDS[kind](p)
        for module in model.modules():
            if isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, 0.15, 0.4)
        quant.integer(model, example=events())
    except ValueError:
        return None
    return model.eval()


def events() -> torch.Tensor:
    """Random events [T, B, N]."""
    return (torch.rand(STEPS, BATCH, IN, generator=torch.Generator().manual_seed(1)) < 0.5).float()


def agrees(model: nn.Module, target: str, folder: Path) -> bool:
    """Whether a file of this kind can be written and gives every integer of the reference, not all of them zero.

    AssertionError where a file is written and gives something else.
    """
    x = events().numpy()
    network = quant.integer(model, example=events())
    expected = network.run(x)
    try:
        found = _ran(model, network, target, x, folder)
    except (ValueError, NotImplementedError):
        return False
    if found is None:  # C, which compares by itself
        return True
    # Membranes and messages leave float dialects as real values.
    steps = {name: network.signals[name].step if found[name].dtype.kind == "f" else 1 for name in expected}
    count = export.count_differences(expected, {name: found[name] / step for name, step in steps.items()})
    assert count.different == 0, (target, count)
    assert count.nonzero > 0, (target, count)
    return True


def _ran(model: nn.Module, network: quant.IntegerNetwork, target: str, x: Any, folder: Path) -> Any:
    if target in ONNX:
        export.to_onnx(model, events(), folder / "net.onnx", dialect=target, hidden_spikes=True)  # type: ignore[arg-type]
        return export.run_onnx(folder / "net.onnx", x)
    if target == "NIR":
        export.to_nir(model, folder / "net.nir")
        again = quant.integer(export.from_nir(folder / "net.nir"), example=events())
        return dict(zip(network.run(x), again.run(x).values(), strict=True))
    files = export.to_c(network, folder / "c", "net", steps=STEPS, events=x.astype(np.uint8))
    sources = [str(path) for path in files if path.suffix == ".c"]
    subprocess.run([shutil.which("cc") or "cc", "-std=c99", "-O0", *sources, "-o", str(folder / "net")], check=True)
    said = subprocess.run([folder / "net"], capture_output=True, text=True, check=True).stdout
    assert said.endswith(" 0 different\n"), said
    return None


def found(kinds: Iterable[str], names: Iterable[str], targets: Iterable[str] = TARGETS) -> Found:
    """What there is of these kinds and profiles, and what of it these targets take."""
    result: Found = {}
    for kind in kinds:
        result[kind] = {}
        for name in names:
            with warnings.catch_warnings(), TemporaryDirectory() as place:
                warnings.simplefilter("ignore")
                model = network_of(kind, hw_profiles.load(name))
                if model is not None:
                    result[kind][name] = [target for target in targets if agrees(model, target, Path(place))]
    return result


if __name__ == "__main__":
    text = json.dumps(found(KINDS, hw_profiles.names()), indent=1)
    FILE.write_text(text + "\n", encoding="utf-8")
