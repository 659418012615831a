"""NIR's equations in forward Euler steps, node by node, in float64: an oracle for graphs without cycles."""

from typing import Any

import numpy as np


def run(graph: Any, x: Any, dt: float, strict: bool = True) -> dict[str, Any]:
    """What every node gives [T, B, ...], by name, for inputs [T, B, ...], or these by the names of input nodes.

    Edges into a node add up. Spikes are at v > v_threshold, or >=.
    """
    names = list(graph.inputs)
    given = x if isinstance(x, dict) else {names[0]: x}
    traces = {name: np.asarray(given[name], np.float64) for name in names}
    waiting = [name for name in graph.nodes if name not in traces]
    while waiting:
        before = {name: [a for a, b in graph.edges if b == name] for name in waiting}
        name = next(name for name in waiting if all(a in traces for a in before[name]))
        waiting.remove(name)
        node, signal = graph.nodes[name], np.sum([traces[a] for a in before[name]], 0)
        if type(node).__name__ == "NIRGraph":
            traces[name] = neurons(node.nodes["lif"], signal, dt, strict, np.asarray(node.nodes["w_rec"].weight))
        elif type(node).__name__ == "Delay":
            traces[name] = later(signal, np.round(np.asarray(node.delay) / dt).astype(int))
        elif hasattr(node, "r"):
            traces[name] = neurons(node, signal, dt, strict)
        else:
            traces[name] = np.stack([through(node, step) for step in signal])
    return traces


def later(signal: Any, steps: Any) -> Any:
    """Each value [T, B, ...] so many steps later, as its place says."""
    found = np.zeros_like(signal)
    for place in np.ndindex(signal.shape[2:]):
        delay = int(np.broadcast_to(steps, signal.shape[2:])[place])
        if delay < len(signal):
            found[(slice(delay, None), slice(None), *place)] = signal[(slice(len(signal) - delay), slice(None), *place)]
    return found


def through(node: Any, step: Any) -> Any:
    """A node without states."""
    kind = type(node).__name__
    if kind in ("Linear", "Affine"):
        return step @ np.asarray(node.weight, np.float64).T + np.asarray(getattr(node, "bias", 0.0))
    if kind == "Flatten":
        return step.reshape(len(step), -1)
    if kind == "Output":
        return step
    if kind == "Scale":
        return step * node.scale
    if kind == "Threshold":
        return (step > node.threshold).astype(np.float64)
    if kind == "Conv1d":
        numbers = {name: (getattr(node, name), other) for name, other in (("stride", 1), ("padding", 0))}
        return convolved(step[..., None], node.weight[..., None], (node.dilation, 1), node, **numbers)[..., 0]
    if kind == "Conv2d":
        return convolved(step, node.weight, node.dilation, node, stride=node.stride, padding=node.padding)
    assert kind in ("SumPool2d", "AvgPool2d")
    (up, left), (down, right) = node.padding, node.stride
    padded = np.pad(step, ((0, 0), (0, 0), (up, up), (left, left)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, node.kernel_size, (2, 3))[:, :, ::down, ::right]
    return windows.sum((4, 5)) if kind == "SumPool2d" else windows.mean((4, 5))


def convolved(step: Any, weight: Any, dilation: Any, node: Any, stride: Any, padding: Any) -> Any:
    (up, left), (down, right) = padding, stride
    padded = np.pad(step, ((0, 0), (0, 0), (up, up), (left, left)))
    reach = [(k - 1) * d + 1 for k, d in zip(weight.shape[2:], dilation, strict=True)]
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach, (2, 3))
    windows = windows[:, :, ::down, ::right, :: dilation[0], :: dilation[1]]
    inputs, outputs = np.split(windows, node.groups, 1), np.split(weight, node.groups)
    sums = [np.einsum("bchwkl,ockl->bohw", i, o) for i, o in zip(inputs, outputs, strict=True)]
    return np.concatenate(sums, 1) + np.reshape(node.bias, (-1, 1, 1))


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
