"""Learning rates of the parameters of a network."""

from typing import Any

from torch import nn


def parameter_groups(model: nn.Module, learning_rate: float) -> list[dict[str, Any]]:
    """Groups of parameters for an optimizer of torch, each with its rate."""
    return [{"params": [p for p in model.parameters() if p.requires_grad], "lr": learning_rate}]
