"""ReckOn's learning against its RTL, given the RTL's random numbers; see golden/README.md."""

import pytest
import torch
from golden_vectors import different as count
from golden_vectors import vectors
from torch import Tensor

from spikelut.hw_profiles import NumberFormat
from spikelut.quant.chips.reckon import (
    eligibility_product,
    learning_signal,
    output_error,
    stochastic_leak,
    stochastic_update,
)

pytestmark = pytest.mark.golden


def rows(prefix: str) -> dict[str, Tensor]:
    data = {k.removeprefix(prefix): torch.from_numpy(a) for k, a in vectors("reckon").items() if k.startswith(prefix)}
    assert data
    return data


def different(a: Tensor, b: Tensor) -> int:
    return count("reckon", a.long().numpy(), b.numpy())


def test_weight_update() -> None:
    g = rows("wu_")
    trace = (g["trace_raw"] >> g["trace_shift"])[:, None]
    product = eligibility_product(g["learning_signal"], trace, g["h"])
    updated, written = stochastic_update(g["w"], product, g["lr_p"][:, None], g["lr_r"][:, None], g["rand32"])
    assert different(updated, g["w_next"]) == 0
    assert different(written, g["write"]) == 0
    assert len(updated) > 0


def test_output_weight_update() -> None:
    g = rows("wo_")
    updated, written = stochastic_update(g["w"], g["prob28"], g["lr_p"], g["lr_r"], g["rand28"], bits=28)
    assert different(updated, g["w_next"]) == 0
    assert different(written, g["write"]) == 0
    assert len(updated) > 0


def test_learning_signal() -> None:
    g = rows("ls_")
    assert different(learning_signal(g["error"], g["w_out"], g["scale"]), g["learning_signal"]) == 0


def test_error() -> None:
    g = rows("err_")
    goal = torch.where(g["regression"] == 1, g["target"], 2048 * g["label"])
    for activation, chosen in (("hard_sigmoid", g["activation"] == 1), ("none", g["activation"] == 0)):
        error = output_error(g["vo"][chosen], goal[chosen], activation)  # type: ignore[arg-type]  # both are
        assert different(error, g["e"][chosen]) == 0
    assert len(goal) > 0


def test_unknown_activation() -> None:
    with pytest.raises(ValueError, match=r"^output_error: activation must be one of none, hard_sigmoid, got 'relu'"):
        output_error(torch.zeros(1), torch.zeros(1), "relu")  # type: ignore[arg-type]  # on purpose


def test_stochastic_leak_of_hidden_neurons_and_traces() -> None:
    g = {key: a[rows("step_")["stochastic"] == 1] for key, a in rows("step_").items()}
    assert len(g["u"]) > 0
    alpha = (7 + g["alpha_ge1"]) * 4096 + g["alpha_low12"]
    leaked = stochastic_leak(g["u"], alpha, 15, g["rand15"], NumberFormat(16, overflow="wrap"))
    subtracted = (leaked - g["threshold"] + 2**15) % 2**16 - 2**15
    after_spike = torch.where(g["reset_to_zero"] == 1, 0, subtracted)
    spike = g["u"] >= g["threshold"]
    assert different(spike, g["spike"]) == 0
    assert different(torch.where(spike, after_spike, leaked), g["u_next"]) == 0
    trace = stochastic_leak(g["trace"], alpha, 15, g["rand15"], NumberFormat(12, signed=False, overflow="wrap"))
    assert different(trace, g["trace_next"]) == 0


def test_stochastic_leak_of_output_neurons() -> None:
    g = {key: a[rows("oleak_")["stochastic"] == 1] for key, a in rows("oleak_").items()}
    assert len(g["u"]) > 0
    leaked = stochastic_leak(g["u"], g["kappa"], 7, g["rand7"], NumberFormat(16, overflow="wrap"))
    assert different(leaked, g["u_next"]) == 0
