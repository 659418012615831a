"""Compiles the kernels for a GPU that need not be there, and prints what came out; `test_triton` reads it.

Launches are turned into compilations for compute capability 9.0, with the very arguments of the launch.
"""

import json
import re
from typing import Any

import torch
import triton
from triton.backends.compiler import GPUTarget
from triton.runtime.jit import JITFunction

from spikelut import hw_profiles, quant
from spikelut.quant.backends.contract import Inputs, LayerSpec
from spikelut.quant.backends.float_spec import FloatSpec
from spikelut.quant.backends.triton.float_lif import run_floats
from spikelut.quant.backends.triton.run import run_integers
from spikelut.surrogates import Arctan


class Absent:
    """The driver of a GPU that only compiles."""

    def get_current_target(self) -> Any:
        return GPUTarget("cuda", 90, 32)

    def get_current_device(self) -> int:
        return 0

    def get_current_stream(self, device: int | None = None) -> int:
        return 0


def forward_and_back(layer: Any) -> None:
    """Forward and back, from given states."""
    current = torch.zeros(9, 40, 64, dtype=torch.bfloat16, requires_grad=True)
    states = (torch.zeros(40, 64),) * len(layer.dynamics.states)
    out, ended = run_integers(LayerSpec(layer.dynamics, layer.surrogate), Inputs(current, states), "a test")
    torch.autograd.backward(out.sum() + sum(state.sum() for state in ended))


def main() -> None:
    compiled: dict[str, list[str]] = {}
    launch = JITFunction.run

    def compile_only(self: Any, *args: Any, grid: Any, warmup: bool, **kwargs: Any) -> Any:
        kernel = launch(self, *args, grid=grid, warmup=True, **kwargs)
        made = compiled.setdefault(self.fn.__name__, [])
        if kernel.asm["ptx"] not in made:
            made.append(kernel.asm["ptx"])
        return kernel

    triton.runtime.driver.set_active(Absent())
    JITFunction.run = compile_only
    for steps in (1, 2, 16, 17):
        current = torch.zeros(steps, 40, 64, requires_grad=True)
        torch.autograd.backward(run_floats(FloatSpec(Arctan(), 0.9, alpha=0.5), current)[0].sum())
    variants = {name: len(texts) for name, texts in compiled.items()}
    profile = hw_profiles.load("loihi2")
    lut = quant.LUTSurrogate(Arctan(), profile)
    # Nothing is computed, so what the first kernel says of its input is not to be believed.
    torch.empty = torch.zeros  # type: ignore[assignment]
    for layer in (quant.CubaLIF(profile, lut), *(quant.LIF(profile, lut, beta=beta) for beta in (0.9, 0.5))):
        forward_and_back(layer)
    every = [ptx for texts in compiled.values() for ptx in texts]
    # A product with zero, which says whether a value is finite, may be.
    kinds = (r"fma\.rn\.f32(?!.*, 0f00000000,)", r"div\.[a-z]+")
    fused, divisions = (sum(len(re.findall(kind, ptx)) for ptx in every) for kind in kinds)
    rough = sum(len(re.findall(r"div\.(full|approx)", ptx)) for ptx in every)
    print(
        json.dumps(
            {
                "variants": variants,
                "fused": fused,
                "divisions": divisions,
                "rough": rough,
                "pointers": {k: [text.count(".param .u64 .ptr") for text in v] for k, v in compiled.items()},
                "all": {k: len(v) for k, v in compiled.items()},
            }
        )
    )


if __name__ == "__main__":
    main()
