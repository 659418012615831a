"""A network that branches as a NIR graph: edges into a node add up, parts of a signal have weights of their own."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any, NoReturn

import nir
import numpy as np

from spikelut._checks import require
from spikelut.export.network_file import described, digest
from spikelut.export.nir.neurons import IfNode, bias_values, neuron_node
from spikelut.export.nir.pieces import Nodes, Piece, Shape, moved, one_hot, put_into
from spikelut.quant.network.events.layer import IntegerEventLIF
from spikelut.quant.network.layers import IntegerDelay, IntegerDelayedLinear, IntegerLIF
from spikelut.quant.network.merges import IntegerAdd, IntegerConcat, IntegerProduct
from spikelut.quant.network.network import IntegerNetwork, Node
from spikelut.quant.network.shapes.order import IntegerFlatten, IntegerRepeat, IntegerReshape, IntegerTake
from spikelut.quant.network.shapes.pooling import IntegerMaxPool2d, IntegerSpread, IntegerSumPool2d, IntegerTotal, pair
from spikelut.quant.network.synapses import IntegerConv2d, IntegerLinear, IntegerScale

GRAPHS = "spikelut NIR 2"
INSTEAD = {
    "IntegerUpsample": "make images larger before the network, or leave that part out of the graph",
    "IntegerSpread": "put zeros around in a convolution; transposed convolutions have no node",
    "IntegerTranspose": "put features in the order in which the next weights take them",
    "IntegerReshape": "flatten with nn.Flatten(2), or leave the shape as it is",
    "IntegerReverse": "NIR runs forward in time: turn the data round",
    "IntegerMatMul": "products of matrices have no node",
    "IntegerProduct": "of 0/1 spikes of one shape it is a Threshold; of others there is no node",
    "IntegerMaxPool2d": "of 0/1 spikes it is a SumPool2d and a Threshold; of others there is no node (SumPool2d)",
    "IntegerTotal": "pool over all places of images, or over sequences",
}
"""What to do where NIR has no node for a layer."""


class GraphWriter(Nodes):
    """The nodes of a network so far; `values`: of each layer, the pieces that its signal is the sum of."""

    def __init__(self, network: IntegerNetwork, dt: float, if_node: IfNode) -> None:
        super().__init__()
        self.network, self.dt, self.if_node = network, dt, if_node
        self.layers = {node.layer.name: node for node in network.nodes}
        self.uses = Counter([*network.outputs, *(name for node in network.nodes for name in node.inputs)])
        self.values: dict[str, tuple[Piece, ...]] = {}
        self.around: dict[str, IntegerSpread] = {}
        single = len(network.inputs) == 1
        for one in network.inputs:
            key = "input" if single else one.name
            self.nodes[key], self.shapes[key] = nir.Input({"input": np.array(one.shape)}), one.shape
            self.values[one.name] = (Piece(key),)

    def write(self) -> Any:
        """The whole graph."""
        for node in self.network.nodes:
            self.values[node.layer.name] = self._layer(node)
        single = len(self.network.outputs) == 1
        for name in self.network.outputs:
            keys = self._whole(name, name)
            key = "output" if single else self.fresh(f"output_{name}")
            self.nodes[key] = nir.Output({"output": np.array(self.shapes[keys[0]])})
            self.connect(keys, key)
        return nir.NIRGraph(self.nodes, self.edges)

    def _layer(self, node: Node) -> tuple[Piece, ...]:
        layer, name = node.layer, node.layer.name
        for given in node.inputs:
            if given in self.around and isinstance(layer, IntegerReshape):
                self.around[name] = self.around[given]  # sequences as images of one column
            elif given in self.around and not isinstance(layer, IntegerConv2d):
                self._refuse(self.around[given])
        pieces = self.values[node.inputs[0]]
        if isinstance(layer, IntegerLinear | IntegerConv2d):
            return self._weights(node)
        if isinstance(layer, IntegerDelay):
            keys = self._whole(node.inputs[0], name)
            return (Piece(self.delayed(name, keys, layer.delays, self.dt)),)
        if isinstance(layer, IntegerDelayedLinear):
            return self._delayed_weights(node, layer)
        if isinstance(layer, IntegerEventLIF):
            return (Piece(self._event_layer(node, layer)),)
        if isinstance(layer, IntegerLIF):
            return (Piece(self._neurons(node, layer)),)
        if isinstance(layer, IntegerScale):
            signal = self.network.signals[node.inputs[0]]
            keys, factor = self._whole(node.inputs[0], name), 2.0**layer.left_shift * node.profile.current_step
            shape = self.shapes[keys[0]]
            return (Piece(self.add(name, nir.Scale(np.full(shape, factor / signal.step)), keys, shape)),)
        if isinstance(layer, IntegerAdd):
            return tuple(piece for given in node.inputs for piece in self.values[given])
        if isinstance(layer, IntegerRepeat):
            return pieces  # it is in the metadata, and in the inputs that a reader gives
        return self._shaped(node, pieces)

    def _shaped(self, node: Node, pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
        layer, name = node.layer, node.layer.name
        signals = self.network.signals
        before, after = (tuple(signals[n].shape) for n in (node.inputs[0], name))
        if isinstance(layer, IntegerConcat) and layer.axis == 0:
            starts = np.cumsum([0, *(signals[given].shape[0] for given in node.inputs)]).tolist()
            sizes = [int(signals[given].shape[0]) for given in node.inputs]
            return tuple(
                moved(piece, size, range(start, start + size))
                for given, start, size in zip(node.inputs, starts, sizes, strict=False)
                for piece in self.values[given]
            )
        if isinstance(layer, IntegerTake) and layer.axis == 0:
            taken = [piece.taking(layer.indices, int(before[0])) for piece in pieces]
            return tuple(piece for piece in taken if piece.places != ((), ()))
        if isinstance(layer, IntegerFlatten) or (isinstance(layer, IntegerReshape) and len(after) == 1):
            return tuple(self.flattened(name, piece) for piece in pieces)
        if isinstance(layer, IntegerReshape) and (after == (*before, 1) or before == (*after, 1)):
            return pieces  # sequences as images of one column
        if isinstance(layer, IntegerSumPool2d):
            kernel, stride, padding = (pair(n) for n in (layer.kernel_size, layer.stride, layer.padding))
            return tuple(self.summed(name, piece, kernel, stride, padding) for piece in pieces)
        if isinstance(layer, IntegerTotal) and len(before) in (2, 3) and layer.axes == tuple(range(1, len(before))):
            whole = (*before[1:], 1)[:2]
            pooled = [self.summed(name, piece, whole, (1, 1), (0, 0)) for piece in pieces]
            return tuple(self.flattened(name, piece) for piece in pooled)
        if isinstance(layer, IntegerSpread) and set(layer.stride) == {1} and min(*layer.before, *layer.after) >= 0:
            self.around[name] = layer
            return pieces
        return self._thresholded(node)

    def _thresholded(self, node: Node) -> tuple[Piece, ...]:
        """OR of windows, and AND, of 0/1 spikes: their sums, compared."""
        layer, name, signals = node.layer, node.layer.name, self.network.signals
        given = [signals[n] for n in node.inputs]
        single = all((one.kind, one.least, one.largest) == ("events", 0, 1) for one in given)
        if isinstance(layer, IntegerMaxPool2d) and single:
            keys = self._whole(node.inputs[0], name)
            sums = [self.summed(name, Piece(k), layer.kernel_size, layer.stride, layer.padding).key for k in keys]
            level = 0.5
        elif isinstance(layer, IntegerProduct) and single and given[0].shape == given[1].shape:
            sums, level = [key for n in node.inputs for key in self._whole(n, name)], 1.5
        else:
            self._refuse(layer)
        shape = self.shapes[sums[0]]
        return (Piece(self.add(name, nir.Threshold(np.full(shape, level)), sums, shape)),)

    def _refuse(self, layer: Any) -> NoReturn:
        kind = type(layer).__name__
        what = f"{kind.removeprefix('Integer')}{f' of axis {layer.axis}' if hasattr(layer, 'axis') else ''}"
        instead = INSTEAD.get(kind, "join and slice the channels of images, or features in a row")
        raise ValueError(f"to_nir: layer {layer.name!r}: NIR has no node for this {what}: {instead}")

    def _whole(self, given: str, name: str) -> list[str]:
        """The keys of nodes whose sum a signal is; parts are put into their places by weights of 0 and 1."""
        size = int(self.network.signals[given].shape[0])
        return [
            piece.key if piece.whole else one_hot(self, f"{name}_part", piece, size) for piece in self.values[given]
        ]

    def _weights(self, node: Node) -> tuple[Piece, ...]:
        """A node of weights for each way in which pieces lie in the signal."""
        layer, (given,) = node.layer, node.inputs
        assert isinstance(layer, IntegerLinear | IntegerConv2d)  # the caller's case
        signal = self.network.signals[given]
        real = layer.codes * (layer.factors(layer.codes.ndim) * (node.profile.current_step / signal.step))
        pieces = self.values[given]
        if isinstance(layer, IntegerConv2d) and layer.groups > 1:
            pieces = tuple(Piece(key) for key in self._whole(given, layer.name))
        row = isinstance(layer, IntegerConv2d) or len(signal.shape) == 1
        message = "must be given features in a row: NIR's weights have one place for each"
        require(row, f"to_nir: layer {layer.name!r}", message, list(signal.shape))
        found = []
        for kind in dict.fromkeys(piece.places for piece in pieces):
            keys = [piece.key for piece in pieces if piece.places == kind]
            weight = real if kind is None else put_into(real, kind, self.shapes[keys[0]][0])
            found.append(Piece(self.weighted(layer, weight, keys, self.around.get(given))))
        return tuple(found)

    def _delayed_weights(self, node: Node, layer: IntegerDelayedLinear) -> tuple[Piece, ...]:
        """Weights for each delay that synapses have, behind it: what they give adds up."""
        signal, keys = self.network.signals[node.inputs[0]], self._whole(node.inputs[0], layer.name)
        real = layer.codes * (layer.factors(2) * (node.profile.current_step / signal.step))
        found = []
        for steps in layer.taps:
            source = [self.delayed(f"{layer.name}_delay", keys, (steps,), self.dt)] if steps else keys
            part = np.where(layer.delays == steps, real, 0).astype(np.float32)
            found.append(Piece(self.add(layer.name, nir.Linear(part), source, (len(part),))))
        return tuple(found)

    def _neurons(self, node: Node, layer: IntegerLIF) -> str:
        keys = self._whole(node.inputs[0], layer.name)
        shape = self.shapes[keys[0]]
        bias = bias_values(layer, node.profile) if layer.synapse is None else None
        if bias is not None and not self._feeds(node.inputs[0], bias):
            keys = [*keys, self.constant(f"{layer.name}_bias", keys[0], bias)]
        neurons = neuron_node(layer, node.profile, shape, self.dt, self.if_node)
        if layer.recurrent is None:
            return self.add(layer.name, neurons, keys, shape)
        real = layer.recurrent.codes * (layer.recurrent.factors(2) * node.profile.current_step)
        size = np.array(shape)
        nodes = {"input": nir.Input({"input": size}), "lif": neurons, "w_rec": nir.Linear(real.astype(np.float32))}
        nodes |= {"output": nir.Output({"output": size})}
        edges = [("input", "lif"), ("lif", "w_rec"), ("w_rec", "lif"), ("lif", "output")]
        return self.add(layer.name, nir.NIRGraph(nodes, edges), keys, shape)

    def _event_layer(self, node: Node, layer: IntegerEventLIF) -> str:
        """Weights, and neurons behind them: that events come one after the other is in the metadata alone."""
        keys = [piece.key for piece in self._weights(Node(layer.weights, node.inputs, node.profile))]
        bias = bias_values(layer, node.profile) if layer.synapse is None else None
        if bias is not None:
            self.biased(keys[0], bias)
        shape = self.shapes[keys[0]]
        return self.add(layer.name, neuron_node(layer, node.profile, shape, self.dt, self.if_node), keys, shape)

    def _feeds(self, name: str, bias: Any) -> bool:
        """Whether weights lead to these neurons alone, which then have their bias."""
        while self.uses[name] == 1 and name in self.layers:
            node = self.layers[name]
            if isinstance(node.layer, IntegerLinear | IntegerConv2d | IntegerDelayedLinear):
                self.biased(self.values[name][0].key, bias)
                return True
            if not isinstance(node.layer, IntegerAdd | IntegerRepeat | IntegerReshape):
                return False
            name = node.inputs[0]
        return False


def sized(network: IntegerNetwork, sizes: Mapping[str, Shape]) -> IntegerNetwork:
    """The same network for inputs of these sizes."""
    given = tuple(replace(one, shape=tuple(sizes[one.name])) for one in network.inputs)
    return replace(network, given=given)


def write_graph(network: IntegerNetwork, sizes: Mapping[str, Shape], dt: float, if_node: IfNode) -> Any:
    """The NIR graph of a network for inputs of `sizes`, by name; ValueError for what NIR has no nodes for."""
    about, arrays = described(network, "to_nir", apart=True)
    about["sha256"] = digest(about, arrays)
    graph = GraphWriter(sized(network, sizes), dt, if_node).write()
    said = {"format": GRAPHS, "network": about, "dt": dt, "decay": "beta = 1 - dt / tau"}
    said |= {"profile": asdict(network.profile), "sizes": {name: list(shape) for name, shape in sizes.items()}}
    graph.metadata = {"spikelut": json.dumps(said, sort_keys=True), **arrays}
    return graph
