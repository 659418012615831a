"""NIR graphs read with care, and as a chain of layers."""

from typing import Any, NamedTuple

from spikelut._checks import require, shown
from spikelut.export.hdf5_tree import MAX_DEPTH, read_tree


class ReadGraph(NamedTuple):
    """Nodes by name, edges between them, and the graph's metadata; nested graphs are nodes too."""

    nodes: dict[str, Any]
    edges: list[tuple[str, str]]
    metadata: dict[str, Any]


class ReadLayer(NamedTuple):
    """A node of the chain; `recurrent` is that of the weights from its own last spikes."""

    name: str
    node: Any
    recurrent: Any


def graph_from(graph: Any, depth: int = 0) -> ReadGraph:
    """A `nir.NIRGraph`, and those inside it."""
    import nir

    require(depth < MAX_DEPTH, "graph", f"must be at most {MAX_DEPTH} graphs deep", "more")
    nodes = {
        str(name): graph_from(node, depth + 1) if isinstance(node, nir.NIRGraph) else node
        for name, node in graph.nodes.items()
    }
    metadata = graph.metadata if isinstance(graph.metadata, dict) else {}
    return ReadGraph(nodes, [(str(a), str(b)) for a, b in graph.edges], metadata)


def read_graph(content: bytes) -> ReadGraph:
    """The graph in the content of a file; ValueError or OSError for anything else."""
    data = read_tree(content, "node")
    kind = _of(data, "type", "graph")
    require(isinstance(kind, str) and kind == "NIRGraph", "graph", "type must be NIRGraph", kind)
    return _graph(data, "graph")


def _graph(data: Any, where: str) -> ReadGraph:
    nodes, edges = _of(data, "nodes", where), _of(data, "edges", where)
    require(isinstance(nodes, dict), where, "nodes must be a group", shown(nodes))
    ends = [tuple(n.decode() if isinstance(n, bytes) else str(n) for n in edge) for edge in edges]
    pairs = [(edge[0], edge[-1]) for edge in ends if len(edge) == 2]
    require(len(pairs) == len(ends), where, "edges must be pairs of names", "others")
    return ReadGraph(
        {name: _node(node, f"node {name!r}") for name, node in nodes.items()}, pairs, _metadata(data, where)
    )


def _of(data: Any, key: str, where: str) -> Any:
    require(isinstance(data, dict) and key in data, where, f"{key} must be given", "nothing")
    return data[key]


def _metadata(data: dict[str, Any], where: str) -> dict[str, Any]:
    metadata = data.get("metadata", {})
    require(isinstance(metadata, dict), where, "metadata must be a group", shown(metadata))
    return dict(metadata)


def _node(data: Any, where: str) -> Any:
    """A node from its fields, made by the class that its type names."""
    import nir

    kind = _of(data, "type", where)
    if kind == "NIRGraph":
        return _graph(data, where)
    known = isinstance(kind, str) and kind in nir.ir.__all__
    cls = getattr(nir, kind) if known else None
    node = isinstance(cls, type) and issubclass(cls, nir.NIRNode) and cls is not nir.NIRNode
    require(node, where, "type must be one of NIR's", kind)
    metadata = _metadata(data, where)
    try:
        made = cls.from_dict({key: value for key, value in data.items() if key != "metadata"})  # type: ignore[union-attr]  # as required
    except (TypeError, KeyError, AttributeError, AssertionError, IndexError, ValueError, OverflowError) as error:
        message = " ".join(str(error).split()) or type(error).__name__
        raise ValueError(f"{where}: must be a {kind}: {message}") from None
    made.metadata = metadata
    return made


def chain(graph: ReadGraph) -> tuple[Any, list[ReadLayer]]:
    """The input node and the layers up to the output, in order; ValueError if the graph is anything but a chain."""
    import nir

    nodes, edges = flat_graph(graph)
    require(len(set(edges)) == len(edges), "graph", "edges must differ from each other", "two the same")
    after: dict[str, list[str]] = {name: [] for name in nodes}
    before: dict[str, list[str]] = {name: [] for name in nodes}
    for a, b in edges:
        require(a in nodes and b in nodes, "graph", "edges must lie between nodes", (a, b))
        after[a].append(b)
        before[b].append(a)
    ends = [[n for n, node in nodes.items() if isinstance(node, cls)] for cls in (nir.Input, nir.Output)]
    require([len(e) for e in ends] == [1, 1], "graph", "must have one input and one output", ends)
    (start,), (end,) = ends
    feedback = {w: n for w in nodes if (n := fed_back(w, nodes, after, before)) is not None}
    layers: list[ReadLayer] = []
    name, seen = start, {start}
    while name != end:
        nexts = [n for n in after[name] if feedback.get(n) != name]
        require(len(nexts) == 1, f"node {name!r}", "must lead to one other node", nexts)
        (name,) = nexts
        own = [w for w in before[name] if feedback.get(w) == name]
        lone = len(before[name]) == 1 + len(own) and len(own) <= 1 and name not in seen
        require(lone, f"node {name!r}", "must come after one other node, and recurrent weights", before[name])
        seen |= {name, *own}
        layers.append(ReadLayer(name, nodes[name], nodes[own[0]] if own else None))
    require(len(seen) == len(nodes), "graph", "must be one chain, these are outside", sorted(nodes.keys() - seen))
    return nodes[start], layers[:-1]


def fed_back(name: str, nodes: dict[str, Any], after: Any, before: Any) -> str | None:
    """The neurons that the weights `name` come from and lead back to, if they do."""
    import nir

    weights = isinstance(nodes[name], nir.Linear | nir.Affine)
    alone = weights and len(after[name]) == 1 and after[name] == before[name]
    neurons = (nir.LIF, nir.IF, nir.CubaLIF)
    return after[name][0] if alone and isinstance(nodes[after[name][0]], neurons) else None


def flat_graph(graph: ReadGraph) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Nodes and edges without nested graphs: each is replaced by what is inside it, under names that begin with its."""
    import nir

    nodes, edges = dict(graph.nodes), list(graph.edges)
    for name, inner in graph.nodes.items():
        if not isinstance(inner, ReadGraph):
            continue
        del nodes[name]
        inside, between = flat_graph(inner)
        ends = [[n for n, node in inside.items() if isinstance(node, cls)] for cls in (nir.Input, nir.Output)]
        require([len(e) for e in ends] == [1, 1], f"node {name!r}", "must have one input and one output", ends)
        (start,), (end,) = ends
        first = [b for a, b in between if a == start]
        last = [a for a, b in between if b == end]
        kept = [(f"{name}.{a}", f"{name}.{b}") for a, b in between if a != start and b != end]
        into = [(a, f"{name}.{b}") for a, c in edges if c == name for b in first]
        out = [(f"{name}.{a}", b) for c, b in edges if c == name for a in last]
        edges = [(a, b) for a, b in edges if name not in (a, b)] + into + kept + out
        nodes |= {f"{name}.{n}": node for n, node in inside.items() if n not in (start, end)}
    return nodes, edges
