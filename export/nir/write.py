"""A quantised network as a NIR graph: real values in its nodes, the integers and all else in their metadata."""

import json
import re
import warnings
from collections.abc import Iterator
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import nir
import numpy as np
from torch import Tensor, nn

from spikelut._checks import require
from spikelut._torch import children
from spikelut.export.network_file import digest, is_plain_chain
from spikelut.export.nir.graph_write import write_graph
from spikelut.export.nir.neurons import IfNode, bias_values, neuron_node
from spikelut.export.nir.pieces import Shape
from spikelut.hw_profiles import Profile
from spikelut.quant import IF, LI, LIF, CubaLIF, IntegerNetwork, LUTSurrogate, QuantConv2d, QuantLinear, Repeat, integer
from spikelut.quant.dynamics.leak import Leak
from spikelut.quant.network.layers import (
    IntegerConv2d,
    IntegerFlatten,
    IntegerLIF,
    IntegerLinear,
    IntegerRepeat,
    IntegerSumPool2d,
)
from spikelut.quant.network.neuron_numbers import described_parts
from spikelut.quant.neurons.base import Neuron
from spikelut.quant.reading.chains import FALLS_AWAY, chain_of
from spikelut.quant.tables.table import Table, TableWarning
from spikelut.quant.weights.module_reading import as_evaluated, kind_of
from spikelut.quant.wiring.graph_module import GraphModule
from spikelut.surrogates import ALL, name_of

FORMAT = "spikelut NIR 1"
KINDS: tuple[type[Neuron], ...] = (IF, LIF, CubaLIF, LI)
Sizes = Shape | dict[str, Shape]


class _Writer:
    """The nodes so far, each with the shape it gives."""

    def __init__(self, profile: Profile, shape: Shape, dt: float, if_node: IfNode) -> None:
        self.profile, self.shape, self.dt, self.if_node = profile, shape, dt, if_node
        self.nodes: dict[str, Any] = {"input": nir.Input({"input": np.array(shape)}), "output": None}
        self.order: list[dict[str, Any]] = []

    def add(self, name: str, node: Any, shape: Shape) -> None:
        """Append `node`, which brings the present shape to `shape`."""
        clean = re.sub(r"\W", "_", name) or "_"
        key = next(k for k in (clean, *(f"{clean}_{i}" for i in range(len(self.nodes)))) if k not in self.nodes)
        self.nodes[key] = _typed(node, self.shape, shape)
        self.order.append({"node": key})
        self.shape = shape

    def graph(self, **about: Any) -> Any:
        """What was added, one after the other, between an input and an output."""
        keys = ["input", *(entry["node"] for entry in self.order if "node" in entry), "output"]
        self.nodes["output"] = nir.Output({"output": np.array(self.shape)})
        graph = nir.NIRGraph(self.nodes, list(pairwise(keys)))
        said = {"format": FORMAT, "layers": self.order, **about}
        graph.metadata = _about(**said, sha256=digest(said, {}))
        return graph


def graph_of(model: nn.Module, dt: float, input_shape: Sizes | None, if_node: IfNode) -> Any:
    """The NIR graph of a model that `quant.integer` takes: layer by layer of a chain, else of its integers."""
    network = network_of_model(model, input_shape)
    if isinstance(model, nn.Sequential) and is_plain_chain(network) and not isinstance(input_shape, dict):
        with as_evaluated(model):
            return _graph_of(list(_modules("", model)), network, dt, input_shape, if_node)
    return write_graph(network, _sizes(network, input_shape), dt, if_node)


def _modules(prefix: str, model: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The layers of a Sequential, nested or not, by the names that `quant.integer` gives them."""
    for name, module in children(model).items():
        if isinstance(module, nn.Sequential):
            yield from _modules(f"{prefix}{name}_", module)
        elif not isinstance(module, FALLS_AWAY):
            assert module is not None  # a Sequential has no empty places
            yield f"{prefix}{name}", module


def network_of_model(model: nn.Module, input_shape: Sizes | None) -> IntegerNetwork:
    """The integers of a model, run on inputs of a shape where it has to be run."""
    if input_shape is None or isinstance(model, GraphModule):
        return integer(model)
    with as_evaluated(model):
        chain = isinstance(model, nn.Sequential) and chain_of("integer", model) is not None
    if chain:
        return integer(model)
    steps, batch = 1 if any(isinstance(module, Repeat) for module in model.modules()) else 3, 2
    if isinstance(input_shape, dict):
        return integer(model, example={name: (steps, batch, *shape) for name, shape in input_shape.items()})
    return integer(model, example=(steps, batch, *input_shape))


def _sizes(network: IntegerNetwork, input_shape: Sizes | None) -> dict[str, Shape]:
    """The shapes of inputs after time and batch; ValueError where they are not given, or do not fit."""
    given: dict[str, Any] = {}
    if input_shape is not None:
        given = input_shape if isinstance(input_shape, dict) else {network.inputs[0].name: input_shape}
    found: dict[str, Shape] = {}
    for one in network.inputs:
        shape = given.get(one.name, one.shape)
        fits = len(shape) == len(one.shape) and all(type(n) is int and n > 0 for n in shape)
        fits = fits and all(not isinstance(n, int) or n == m for n, m in zip(one.shape, shape, strict=True))
        message = f"input_shape of {one.name!r} must be ({', '.join(map(str, one.shape))})"
        require(fits, "to_nir", message, shape)
        found[one.name] = tuple(shape)
    return found


def _graph_of(
    modules: list[tuple[str, nn.Module]],
    network: IntegerNetwork,
    dt: float,
    input_shape: Shape | None,
    if_node: IfNode,
) -> Any:
    free = [length for length in network.input_shape if isinstance(length, str)]
    require(input_shape is not None or not free, "to_nir", "input_shape must be (C, H, W) of an image", None)
    shape = tuple(network.input_shape) if input_shape is None else tuple(input_shape)
    fits = len(shape) == len(network.input_shape) and all(type(n) is int and 0 < n <= 2**16 for n in shape[1:])
    fits = fits and shape[0] == network.in_features
    require(fits, "to_nir", f"input_shape must be ({', '.join(map(str, network.input_shape))})", input_shape)
    writer = _Writer(network.profile, shape, dt, if_node)
    for index, ((name, module), layer) in enumerate(zip(modules, network.layers, strict=True)):
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            neurons = next(later for later in network.layers[index:] if isinstance(later, IntegerLIF))
            # What has a synapse adds its bias behind it.
            bias = bias_values(neurons, writer.profile) if neurons.synapse is None else None
            writer.add(name, *_weights(name, module, layer, bias, writer))
        elif isinstance(layer, IntegerLIF):
            writer.add(name, _neurons(name, module, layer, writer), writer.shape)
        elif isinstance(layer, IntegerRepeat):
            assert isinstance(module, Repeat)  # what the layer was made of
            writer.order.append({"repeat": module.steps, "name": name})
        else:
            writer.add(name, *_reshaping(name, layer, writer.shape))
    about = {"profile": asdict(network.profile), "dt": dt, "decay": "beta = 1 - dt / tau"}
    return writer.graph(**about)


def _about(**data: Any) -> dict[str, Any]:
    return {"spikelut": json.dumps(data, sort_keys=True)}


def _typed(node: Any, before: Shape, after: Shape) -> Any:
    # NIR's own inference takes kernels for square and the weights of a group for all of them.
    if not isinstance(node, nir.NIRGraph):
        node.input_type, node.output_type = {"input": np.array(before)}, {"output": np.array(after)}
    return node


def _windows(where: str, shape: Shape, kernel: Any, stride: Any, padding: Any) -> Shape:
    image = shape[1:]
    sizes = tuple((n + 2 * p - k) // s + 1 for n, k, s, p in zip(image, kernel, stride, padding, strict=False))
    fits = len(image) == 2 and all(n + 2 * p >= k for n, k, p in zip(image, kernel, padding, strict=True))
    require(fits, where, f"input must be [C, H, W], at least {tuple(kernel)} high and wide", shape)
    return sizes


def _weights(name: str, module: Any, layer: Any, bias: Any, writer: _Writer) -> tuple[Any, Shape]:
    """The node of weights, which also adds the `bias` of the neurons behind it, and the shape it gives."""
    where = f"to_nir: layer {name!r}"
    unit = layer.factors(layer.codes.ndim) * writer.profile.current_step / module.input_step
    weight, out = (layer.codes * unit).astype(np.float32), len(layer.codes)
    bias = None if bias is None else bias.astype(np.float32)
    node: Any
    if isinstance(layer, IntegerConv2d):
        size = _windows(where, writer.shape, layer.codes.shape[2:], layer.stride, layer.padding)
        geometry = {"stride": layer.stride, "padding": layer.padding, "dilation": (1, 1), "groups": layer.groups}
        zeros = np.zeros(out, np.float32)
        node = nir.Conv2d(writer.shape[1:], weight, bias=zeros if bias is None else bias, **geometry)
        shape: Shape = (out, *size)
    else:
        flat = writer.shape == weight.shape[1:]
        require(flat, where, f"input must be [{weight.shape[1]}], flatten it", writer.shape)
        node = nir.Linear(weight) if bias is None else nir.Affine(weight, bias)
        shape = (out,)
    node.metadata = _weight_metadata(name, module, layer)
    return node, shape


def _weight_metadata(name: str, module: Any, layer: Any) -> dict[str, Any]:
    latent, dtype = _parameter(module.real_weight())
    kind = kind_of(module, (QuantLinear, QuantConv2d))
    assert kind is not None  # `integer` has read it
    about: dict[str, Any] = {"kind": kind.__name__, "name": name, "dtype": dtype}
    about |= {"weight_bits": module.weight_bits, "input_step": module.input_step}
    about |= {name: True for name in ("signed_input", "graded_input") if getattr(module, name)}
    if module.largest_input is not None:
        about["largest_input"] = module.largest_input
    about |= {"per_channel": True} if module.per_channel else {}
    if isinstance(layer, IntegerConv2d):
        about |= {"stride": layer.stride, "padding": layer.padding, "groups": layer.groups}
    integers = {"codes": layer.codes, "lsb": layer.lsb, "exponent": layer.exponent, "shift": layer.shift}
    channels = {"channels": np.array(layer.channels, np.int64)} if layer.channels else {}
    return {**_about(**about), **integers, **channels, "latent": latent}


def _parameter(parameter: Tensor) -> tuple[Any, str]:
    """The values that training goes on from, and their type, which NumPy may not have."""
    values = parameter.detach().cpu()
    kept = values if values.element_size() >= 4 else values.float()
    return kept.numpy(), str(values.dtype).removeprefix("torch.")


def _neurons(name: str, module: Any, layer: IntegerLIF, writer: _Writer) -> Any:
    neuron: Neuron = module if layer.recurrent is None else module.neuron
    node = neuron_node(layer, writer.profile, writer.shape, writer.dt, writer.if_node)
    node.metadata = _neuron_metadata(name, neuron, layer)
    if layer.recurrent is None:
        return node
    weights, _ = _weights(f"{name}.linear", module.linear, layer.recurrent, None, writer)
    shape = np.array(writer.shape)
    nodes = {
        "input": nir.Input({"input": shape}),
        "lif": node,
        "w_rec": weights,
        "output": nir.Output({"output": shape}),
    }
    return nir.NIRGraph(nodes, [("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")])


def _neuron_metadata(name: str, neuron: Neuron, layer: IntegerLIF) -> dict[str, Any]:
    kind = next(cls.__name__ for cls in KINDS if isinstance(neuron, cls))
    about: dict[str, Any] = {"kind": kind, "name": name, "truncate": neuron.truncate}
    about |= described_parts(layer) | {"beta": _decay(layer.spec.leak)}
    arrays: dict[str, Any] = {}
    if layer.synapse is not None:
        about["alpha"] = _decay(layer.synapse.leak)
    if layer.surrogate is not None:
        own = type(layer.surrogate) in ALL
        require(own, f"to_nir: layer {name!r}", "surrogate must be spikelut's", type(layer.surrogate).__name__)
        about |= {"surrogate": [name_of(type(layer.surrogate)), asdict(layer.surrogate)]}
        about["threshold"] = _listed(neuron.threshold)
    if isinstance(neuron.surrogate, LUTSurrogate):
        about["table"] = _table(name, neuron.surrogate.table, neuron.profile)
        arrays["table"] = neuron.surrogate.table.codes.cpu().numpy()
    learned = {"learn_beta": neuron.raw_beta, "learn_threshold": neuron.raw_threshold}
    given = {key: _parameter(value) for key, value in learned.items() if value is not None}
    about["learned"] = {key: [value.tolist(), dtype] for key, (value, dtype) in given.items()}
    if layer.bias is not None and (bias := neuron.real_bias()) is not None:
        about["bias_exponent"] = layer.bias.exponent
        arrays["bias"] = layer.bias.mantissa
        arrays["bias_latent"], about["dtype"] = _parameter(bias)
    return {**_about(**about), **arrays}


def _decay(leak: Leak) -> Any:
    """The decay factor, or factors, that the layer's constructor takes."""
    return _listed(1 - leak.amount / 2**leak.register.frac if leak.kind == "linear" else leak.beta)


def _listed(values: Any) -> Any:
    """A number, or a list of one for each neuron."""
    return float(values) if np.ndim(values) == 0 else values.tolist()


def _table(name: str, table: Table, profile: Profile) -> dict[str, Any]:
    """The rule of a table; ValueError for one built with options, but for `saturate`, which cannot be rebuilt."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TableWarning)  # said when the table was first built
        rebuilt = Table.from_surrogate(table.surrogate, profile, saturate=True)
    same = np.array_equal(rebuilt.codes.numpy(), table.codes.cpu().numpy()) and rebuilt.rule() == table.rule()
    require(same, f"to_nir: layer {name!r}", "the table must be the one that profile and surrogate give", "another")
    return table.rule()


def _reshaping(name: str, layer: Any, shape: Shape) -> tuple[Any, Shape]:
    """The node of pooling or flattening, and the shape it gives."""
    about: dict[str, Any] = {"kind": type(layer).__name__.removeprefix("Integer"), "name": name}
    if isinstance(layer, IntegerFlatten):
        node: Any = nir.Flatten({"input": np.array(shape)}, 0, -1)
        after: Shape = (int(np.prod(shape)),)
    else:
        assert isinstance(layer, IntegerSumPool2d)  # the only other one
        kernel, stride, none = ((n, n) for n in (layer.kernel_size, layer.stride, 0))
        after = (shape[0], *_windows(f"to_nir: layer {name!r}", shape, kernel, stride, none))
        node = nir.SumPool2d(np.array(kernel), np.array(stride), np.array(none))
        about |= {"kernel_size": layer.kernel_size, "stride": layer.stride}
    node.metadata = _about(**about)
    return node, after
