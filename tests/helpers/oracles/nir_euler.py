"""NIR's equations in forward Euler steps, node by node, in float64: an oracle for graphs that are chains."""

from typing import Any

import numpy as np


def run(graph: Any, x: Any, dt: float, strict: bool = True) -> dict[str, Any]:
    """What every node gives [T, B, ...], by name, for inputs [T, B, ...]; spikes at v > v_threshold, or >=."""
    follower = dict(graph.edges)
    traces, name, signal = {}, follower[next(iter(graph.inputs))], np.asarray(x, np.float64)
    while name not in graph.outputs:
        node = graph.nodes[name]
        if type(node).__name__ == "NIRGraph":
            signal = neurons(node.nodes["lif"], signal, dt, strict, np.asarray(node.nodes["w_rec"].weight))
        elif hasattr(node, "r"):
            signal = neurons(node, signal, dt, strict)
        else:
            signal = np.stack([through(node, step) for step in signal])
        traces[name], name = signal, follower[name]
    return traces


def through(node: Any, step: Any) -> Any:
    """A node without states."""
    kind = type(node).__name__
    if kind in ("Linear", "Affine"):
        return step @ np.asarray(node.weight, np.float64).T + np.asarray(getattr(node, "bias", 0.0))
    if kind == "Flatten":
        return step.reshape(len(step), -1)
    if kind == "Conv2d":
        (up, left), (down, right) = node.padding, node.stride
        padded = np.pad(step, ((0, 0), (0, 0), (up, up), (left, left)))
        windows = np.lib.stride_tricks.sliding_window_view(padded, node.weight.shape[2:], (2, 3))[:, :, ::down, ::right]
        inputs, outputs = np.split(windows, node.groups, 1), np.split(node.weight, node.groups)
        sums = [np.einsum("bchwkl,ockl->bohw", i, o) for i, o in zip(inputs, outputs, strict=True)]
        return np.concatenate(sums, 1) + node.bias.reshape(-1, 1, 1)
    assert kind in ("SumPool2d", "AvgPool2d")
    windows = np.lib.stride_tricks.sliding_window_view(step, node.kernel_size, (2, 3))
    windows = windows[:, :, :: node.stride[0], :: node.stride[1]]
    return windows.sum((4, 5)) if kind == "SumPool2d" else windows.mean((4, 5))


def neurons(node: Any, current: Any, dt: float, strict: bool, weight: Any = None) -> Any:
    """Spikes, or of a node without threshold membranes."""
    kind = type(node).__name__
    v, i = np.zeros(current.shape[1:]), np.zeros(current.shape[1:])
    out: list[Any] = []
    for step in current:
        arriving = step if weight is None or not out else step + out[-1] @ weight.T
        if kind in ("CubaLIF", "CubaLI"):
            i = i + dt / node.tau_syn * (node.w_in * arriving - i)
            arriving = i
        if kind in ("IF", "I"):
            v = v + node.r * arriving
        else:
            v = v + dt / (node.tau_mem if "Cuba" in kind else node.tau) * (node.v_leak - v + node.r * arriving)
        if not hasattr(node, "v_threshold"):
            out.append(v)
            continue
        spikes = v > node.v_threshold if strict else v >= node.v_threshold
        v = np.where(spikes, node.v_reset, v)
        out.append(spikes.astype(np.float64))
    return np.stack(out)
