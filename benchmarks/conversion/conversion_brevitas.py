"""One layer without neurons: rounding chosen here beside Brevitas' own GPTQ, learned round and bias correction.

The layer is the first of the Fashion-MNIST network, 784 to 128, on event frames; what is compared is the relative error
of its sums, root mean square, on frames that were not calibrated with. Brevitas' learned round is the trainer's own
parts (brevitas_examples, in its wheel) in a plain loop. Writes results/conversion_brevitas.json and its table in
docs/calibration.md.
"""

import argparse
import json
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brevitas.nn as qnn
import torch
from brevitas.graph.calibrate import bias_correction_mode
from brevitas.graph.gptq import gptq_mode
from brevitas.inject.enum import LearnedRoundImplType
from brevitas.quant import Int8WeightPerTensorFloatMSE
from brevitas_examples.common.learned_round.learned_round_method import (
    RoundRegularisationLoss,
    insert_learned_round_quantizers,
    return_learned_round_quantizers,
)
from conversion_networks import row_of
from conversion_page import PAGE, put, table
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

from spikelut import hw_profiles, quant
from spikelut.export import write_whole

RESULT = Path(__file__).parents[1] / "results" / "conversion_brevitas.json"
BITS = (4, 2)
STEPS = 400
FRAMES = 1024
STEP = 1 / 16
"""What one event of the frames is worth."""


def brevitas_layer(weight: Tensor, bits: int, bias: bool = False) -> Any:
    """The layer in Brevitas, with a real scale, of least squared error, for all weights."""
    layer = qnn.QuantLinear(
        weight.shape[1], weight.shape[0], bias=bias, weight_quant=Int8WeightPerTensorFloatMSE, weight_bit_width=bits
    )
    with torch.no_grad():
        layer.weight.copy_(weight)
        if bias:
            layer.bias.zero_()
    return layer.eval()


def nearest(weight: Tensor, x: Tensor, bits: int) -> Any:
    """Rounding to nearest."""
    return brevitas_layer(weight, bits)


def gptq(weight: Tensor, x: Tensor, bits: int) -> Callable[[Tensor], Tensor]:
    """GPTQ."""
    model = nn.Sequential(brevitas_layer(weight, bits))
    model(x)  # its scales are made at the first run
    with torch.no_grad(), gptq_mode(model, use_quant_activations=False, num_blocks=8) as found:
        for _ in range(found.num_layers):
            found.model(x)
            found.update()
    return model.eval()


def corrected(weight: Tensor, x: Tensor, bits: int) -> Callable[[Tensor], Tensor]:
    """Nearest, with bias correction."""
    model = nn.Sequential(brevitas_layer(weight, bits, bias=True))
    with torch.no_grad(), bias_correction_mode(model):
        model(x)
    return model.eval()


def learned_round(weight: Tensor, x: Tensor, bits: int) -> Any:
    """AdaRound, as Brevitas' examples do it: hard sigmoid, regularisation that hardens it."""
    layer, target = brevitas_layer(weight, bits), x @ weight.T
    insert_learned_round_quantizers(layer, LearnedRoundImplType.HARD_SIGMOID)
    (rounding,) = return_learned_round_quantizers(layer)
    loss = RoundRegularisationLoss(layer, max_count=STEPS)
    optimiser = torch.optim.Adam(rounding.parameters(), lr=1e-2)
    layer.train()
    for k in range(STEPS):
        chosen = torch.arange(32 * k, 32 * k + 32) % len(x)
        out = layer(x[chosen])
        total = nn.functional.mse_loss(out, target[chosen], reduction="none").sum(1).mean() + loss(out, target[chosen])
        optimiser.zero_grad()
        total.backward()
        optimiser.step()
    return layer.eval()


def here(how: Any) -> Callable[[Tensor, Tensor, int], Callable[[Tensor], Tensor]]:
    """A conversion of this library: the sums are those of a read-out after one step."""

    def made(weight: Tensor, x: Tensor, bits: int) -> Callable[[Tensor], Tensor]:
        linear = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
        with torch.no_grad():
            linear.weight.copy_(weight)
        floats = nn.Sequential(linear, quant.FloatLIF(None, beta=0.5))
        found = quant.convert(
            floats, hw_profiles.load("loihi2"), x[None], weight_bits=bits, input_step=STEP, calibrate=how
        )
        factor = found.layers[-1].scale

        def run(given: Tensor) -> Tensor:
            out: Tensor = found.model(given[None])[0] / factor
            return out

        return run

    return made


def learning(**settings: Any) -> quant.Calibration:
    """Rounding alone."""
    off = {"equalization": False, "threshold_correction": False, "bias_correction": False}
    return quant.Calibration(**{**off, "scales": False, "iterations": STEPS, "progress": False, **settings})


WAYS: dict[str, Callable[[Tensor, Tensor, int], Callable[[Tensor], Tensor]]] = {
    "Brevitas, nearest": nearest,
    "Brevitas, bias correction": corrected,
    "Brevitas, GPTQ": gptq,
    "Brevitas, learned round (AdaRound)": learned_round,
    "here, nearest": here("nearest"),
    'here, `rounding="up_or_down"`': here(learning(rounding="up_or_down")),
    'here, `rounding="learned"`': here(learning()),
    "here, scales, biases and learned rounding": here(learning(scales=True, bias_correction=True)),
}


def compared() -> dict[str, dict[str, dict[str, float]]]:
    """By way and bits: the relative error of the sums in percent, and seconds of CPU."""
    rows = tomllib.loads((Path(__file__).parent / "conversion_rows.toml").read_text())["row"]
    row = row_of(next(row for row in rows if row["name"] == "fashion"), None)
    weight = next(m.weight.detach() for m in row.model.modules() if isinstance(m, nn.Linear))
    frames = row.pool.real(slice(0, 2 * FRAMES // len(row.pool.spikes))).flatten(0, 1)
    frames = frames[torch.randperm(len(frames), generator=torch.Generator().manual_seed(0))]
    x, held = frames[:FRAMES], frames[FRAMES : 2 * FRAMES]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for name, way in track(WAYS.items(), "beside Brevitas", console=Console(stderr=True)):
        for bits in BITS:
            begin = time.process_time()
            torch.manual_seed(0)
            run = way(weight, x, bits)
            with torch.no_grad():
                error = float((run(held) - held @ weight.T).norm() / (held @ weight.T).norm())
            found.setdefault(name, {})[str(bits)] = {"error": 100 * error, "cpu_s": time.process_time() - begin}
    return found


def main() -> None:
    """Compare, and write the results and the table of the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    torch.set_num_threads(1)
    found = compared()
    write_whole(RESULT, (json.dumps(found, indent=1) + "\n").encode())
    lines = [
        [n, *(f"{one['error']:.2f} % ({one['cpu_s']:.1f} s)" for one in cells.values())] for n, cells in found.items()
    ]
    put(PAGE, "brevitas", table(["way", *(f"{bits} bits" for bits in BITS)], lines))


if __name__ == "__main__":
    main()
