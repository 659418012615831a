"""The C of the surrogates' curves: whose kernel it is, and what is refused."""

import ctypes
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from backends import backend, gradients, needs_native
from c_networks import tool
from kernel_library import FLAGS
from torch import Tensor

from spikelut import native, surrogates
from spikelut.quant.codegen.curves import CALLS, HEAD, curve_function
from spikelut.surrogates import QPseudoSpike, Surrogate, param
from spikelut.surrogates._formula import Unrecordable


@needs_native
def test_a_kernel_belongs_to_names_and_order_of_parameters() -> None:
    assert native.curve("relu_grad", {"alpha": 1.0, "width": 2.0}) is not None
    assert native.curve("relu_grad", {"width": 1.0, "alpha": 2.0}) is None
    assert native.curve("relu_grad", {"alpha": 1.0}) is None


@needs_native
@pytest.mark.parametrize("alpha", [0.05, 2.0, 5.0, 60.0])
def test_powers_of_any_exponent(alpha: float) -> None:
    s = QPseudoSpike(alpha=alpha)
    assert s.native_curve is not None
    x = torch.cat([torch.logspace(-9, 30, 4001), torch.linspace(0, 9, 4001)])
    with backend("native"):
        slope = gradients(s, x, torch.ones_like(x))[1]
    # Of the peak: the logarithm's last bits count as often as its multiple, whose exponential is the smaller for it.
    torch.testing.assert_close(slope.double(), s.surrogate_grad(x.double()), rtol=0.0, atol=3e-7)


def curve(function: Callable[[Any, Any], Any]) -> type[Surrogate]:
    @dataclass(frozen=True)
    class Mine(Surrogate):
        alpha: float = param(1.0, gt=0)

        def surrogate_grad(self, x: Tensor) -> Tensor:
            result: Tensor = function(x, self.alpha)
            return result

    return Mine


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "sigmoid": lambda x, alpha: alpha * torch.sigmoid(x / alpha) + 1 / (2 + x.abs()),
    "logistic slope": lambda x, alpha: torch.sigmoid(alpha * x) * torch.sigmoid(-alpha * x) - 0.1 * x.clamp(-1, alpha),
    "branches": lambda x, alpha: torch.where(x <= alpha, x.clamp(max=3) * x, torch.where(alpha > x, -2.0, 2 - x)),
    "powers": lambda x, alpha: torch.exp(-alpha * torch.log1p((x - alpha) ** 2)) / (1 + torch.exp(-(x**2)) * alpha),
    "numbers": lambda x, alpha: (x * (alpha * alpha - 3) / (2 + alpha)).abs() * -1.0 + (1 - alpha) * 1e-8,
}


def test_every_operator_in_c(tmp_path: Path) -> None:
    """Curves of all operators that are written, with numbers of all kinds, in a library of their own."""
    named = {f"Curve{i}": curve(function) for i, function in enumerate(OPERATORS.values())}
    for name, cls in named.items():
        cls.__name__ = name
    text = "\n".join([HEAD, *map(curve_function, named.values())])
    assert all(f"{word}(" in text for word in CALLS.values())
    sources = Path(native.__file__).parent / "src"
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "curves.c").write_text(text)
    for header in sources.glob("*.h"):
        (tmp_path / header.name).symlink_to(header)
    words = [tool("gcc"), *FLAGS, str(tmp_path / "made" / "curves.c"), "-o", str(tmp_path / "curves.so"), "-lm"]
    subprocess.run(words, check=True)
    library = ctypes.CDLL(str(tmp_path / "curves.so"))
    x = torch.cat([torch.linspace(-4, 4, 4001), torch.tensor([float("nan"), 0.0, -0.0, 30.0, -30.0])])
    grad, out = torch.randn(x.shape, generator=torch.Generator().manual_seed(0)), torch.empty_like(x)
    for name, cls in named.items():
        for alpha in (0.3, 1.0, 2.5):
            at = (ctypes.c_void_p(v.data_ptr()) for v in (x, grad, out))
            library[f"spikelut_curve_{name.lower()}_of_alpha"](
                (ctypes.c_double * 8)(alpha), *at, ctypes.c_int64(len(x))
            )
            wanted = grad * cls(alpha=alpha).surrogate_grad(x)  # type: ignore[call-arg]  # `curve` has it
            torch.testing.assert_close(out, wanted, rtol=3e-6, atol=1e-6, equal_nan=True)


REFUSED: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "cosine": (lambda x, alpha: torch.cos(alpha * x), "cos has no loop for vectors"),
    "exponential": (lambda x, alpha: torch.exp(alpha * x), "exp of a number whose sign is not known, or the other one"),
    "of positive": (lambda x, alpha: torch.exp(alpha * x.abs()), "exp of a number whose sign"),
    "logarithm": (lambda x, alpha: torch.log1p(-alpha * x.abs()), "log1p of a number whose sign"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_c_cannot_compute_is_refused(name: str) -> None:
    function, message = REFUSED[name]
    with pytest.raises(Unrecordable, match=message):
        curve_function(curve(function))


def test_an_integer_is_no_parameter_of_a_loop() -> None:
    with pytest.raises(Unrecordable, match="n is an integer, on which the operators depend"):
        curve_function(surrogates.SquarewaveFourierSeries)


def test_a_limit_falls_only_where_the_branch_has_it_already() -> None:
    text = curve_function(curve(lambda x, alpha: torch.where(x < 0, alpha * x.clamp(max=0), x.clamp(min=0) / alpha)))
    assert "clamp" not in text
    for other in (
        lambda x, alpha: torch.where(x < 0, alpha * x.clamp(min=0), x / alpha),
        lambda x, alpha: torch.where(x < 1, alpha * x, x.clamp(min=2)),
        lambda x, alpha: torch.where(x < 0, alpha * x.clamp(max=0), x) + x.clamp(max=0),
    ):
        assert text.count("clamp") < curve_function(curve(other)).count("clamp")
