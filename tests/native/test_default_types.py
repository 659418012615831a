"""What torch is told to make by default, types and devices, changes nothing that kernels write into."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from backends import equal, gradients, needs_native
from torch import Tensor, nn

import spikelut
from spikelut import hw_profiles, quant, surrogates
from spikelut.surrogates import Arctan

CURVE = Arctan(alpha=2.0)
MAKERS = {"empty", "zeros", "ones", "full", "tensor"}
CALLS = ("native.library()", "data_ptr()", "native.usable(")
LOIHI, GENERIC = hw_profiles.load("loihi2"), hw_profiles.load("generic16")


@pytest.fixture
def doubles() -> Iterator[None]:
    """While a test runs, torch makes float64 where it is not told what to make."""
    yield
    torch.set_default_dtype(torch.float32)


def linear(profile: Any = LOIHI, **options: Any) -> Any:
    return quant.QuantLinear(6, 8, profile=profile, **options)


def networks() -> dict[str, nn.Module]:
    """One for each kind of kernel, in float32."""
    torch.manual_seed(0)
    table = quant.LUTSurrogate(CURVE, LOIHI)
    normed, hls4ml = linear(batch_norm=True), hw_profiles.load("hls4ml")
    fed_back = quant.Recurrent(quant.LIF(LOIHI, table, beta=0.9), 8)
    slow = quant.Recurrent(quant.LIF(LOIHI, CURVE, beta=0.9, learn_beta=True), 8)
    learned = quant.CubaLIF(LOIHI, table, beta=0.9, learn_beta=True, learn_threshold=True, bias=8)
    own = quant.LIF(LOIHI, table, beta=[0.9, 0.8] * 4, threshold=[0.5, 1.0] * 4)
    delayed = quant.DelayedLinear(6, 8, profile=LOIHI, delay=2, learn_delay=True)
    made = {
        "table": nn.Sequential(linear(), quant.LIF(LOIHI, table, beta=0.9)),
        "curve": nn.Sequential(linear(GENERIC), quant.LIF(GENERIC, CURVE, beta=0.9, bias=8)),
        "scale of each": nn.Sequential(linear(GENERIC, per_channel=True), quant.LI(GENERIC, beta=0.9)),
        "fed back": nn.Sequential(linear(), fed_back),
        "step by step": nn.Sequential(linear(), slow),
        "learned": nn.Sequential(linear(), learned),
        "values of each": nn.Sequential(linear(), own),
        "adaptive": nn.Sequential(linear(), quant.AdaptiveLIF(LOIHI, table)),
        "batch norm": nn.Sequential(normed, quant.LIF(LOIHI, table, beta=0.9, bias=normed)),
        "delays": nn.Sequential(quant.Delay([0, 1, 2, 3, 1, 0]), delayed, quant.LIF(LOIHI, table)),
        "windows": nn.Sequential(linear(hls4ml), quant.LIF(hls4ml, CURVE, window_size=2)),
        "event by event": quant.EventLIF(6, 8, profile=hw_profiles.load("odin"), surrogate=CURVE),
        "floats": nn.Sequential(nn.Linear(6, 8), quant.FloatLIF(CURVE, beta=0.9)),
    }
    with torch.no_grad():
        for weights in (p for m in made.values() for name, p in m.named_parameters() if name.endswith("weight")):
            weights.mul_(3)
    return made


def results(model: nn.Module, events: Tensor, grad: Tensor) -> list[Tensor]:
    model.train()
    with torch.no_grad():
        found = [model(events)]
    return [*found, *gradients(model, events, grad)]


@needs_native
@pytest.mark.parametrize("name", networks())
def test_a_model_computes_the_same_whatever_type_torch_makes_by_default(name: str, doubles: None) -> None:
    events = (torch.rand(12, 16, 6, generator=torch.Generator().manual_seed(1)) < 0.4).float()
    grad = torch.randn(12, 16, 8, generator=torch.Generator().manual_seed(2))
    # Two, as batch norm learns from what it is given.
    before, after = networks()[name], networks()[name]
    wanted = results(before, events, grad)
    torch.set_default_dtype(torch.float64)
    found = results(after, events, grad)
    assert len(wanted) > 2
    assert all(bool(value.any()) for value in wanted[:2])
    assert all(equal(a, b) for a, b in zip(found, wanted, strict=True))


def test_where_kernels_are_called_no_tensor_is_of_a_type_or_device_by_default() -> None:
    """Kernels would write beyond half of what they need, or to an address of a GPU."""
    found = [(path, call) for path in sources() for call in made_in(path)]
    assert len(found) > 0
    wrong = [(p.name, ast.unparse(c)) for p, c in found if not {"dtype", "device"} <= {k.arg for k in c.keywords}]
    assert wrong == []


def sources() -> list[Path]:
    """The files in which kernels are called."""
    roots = [Path(str(module.__file__)).parent for module in (spikelut, quant, surrogates)]
    files = {path for root in roots for path in root.rglob("*.py")}
    return sorted(path for path in files if any(words in path.read_text() for words in CALLS))


def made_in(path: Path) -> list[ast.Call]:
    """The calls of a file that make tensors from nothing but a shape, or numbers."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and (call.func.value.id, call.func.attr in MAKERS) == ("torch", True)
    ]
