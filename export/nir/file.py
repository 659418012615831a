"""Networks as NIR (Neuromorphic Intermediate Representation) graphs, which other libraries read and write."""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import nn

from spikelut._checks import is_finite, require, require_type
from spikelut._defaults import with_usual_defaults
from spikelut._extras import names_extra
from spikelut._files import read_file, write_whole
from spikelut.hw_profiles import Profile
from spikelut.hw_profiles._profile import require_profile
from spikelut.surrogates import Arctan, Surrogate

if TYPE_CHECKING:
    import nir

    from spikelut.export.nir.neurons import IfNode
    from spikelut.quant.wiring.graph_module import GraphModule

DT = 1e-4
"""The time step that snnTorch, Lava's reader and the networks of NIR's paper assume, in seconds; norse's is 1e-3."""


@names_extra
def to_nir(
    model: nn.Module,
    path: str | os.PathLike[str] | None,
    *,
    dt: float = DT,
    input_shape: tuple[int, ...] | dict[str, tuple[int, ...]] | None = None,
    if_node: "IfNode" = "CubaLIF",
) -> "nir.NIRGraph":
    """Export a quantised network as a NIR graph, which other spiking libraries read; returns the graph.

    `model` is one that `quant.integer` takes.

    The nodes hold the values that are used: weights on their grid, decay factors, thresholds, biases. NIR's equations
    are taken as forward Euler steps of `dt` seconds, as in snnTorch and norse. So beta = 1 - dt / tau, and tau = dt /
    (1 - beta). Input arrives unchanged, so r = tau / dt (and w_in = tau_syn / dt). If a chip relaxes towards its input,
    r = 1. A membrane that does not leak has a tau of 2**60 steps; see `if_node`. `v_threshold` lies half a membrane
    code below the smallest membrane that spikes, so that readers which compare with > and with >= agree. A bias becomes
    that of an Affine or Conv2d before the neurons; behind a synapse, it becomes v_leak. `Recurrent` becomes a graph in
    the graph: input, lif, w_rec, output.

    In networks that branch, edges into a node add up, so two edges lead to a node for added spikes or currents. If
    signals are joined, each gets its own part of the weights after them, W [a; b] = Wa a + Wb b; so does a signal that
    is sliced. If no weights follow, weights of 0 and 1 are inserted. Events that go to neurons without weights pass a
    Scale. Max pooling and products of 0/1 spikes become sums and a Threshold. Sequences use Conv1d. Uneven padding
    becomes even padding with zeros in the kernel. A bias whose weights also lead elsewhere gets a node of its own.
    These have no node in NIR, as a ValueError says: upsampling, transposed convolutions, transposes, tokens, reversed
    time, matrix products, and max pooling of currents.

    What NIR cannot say is in the metadata, so that `from_nir` gives back the same network, which can be trained on. The
    metadata of the graph has the profile, `dt` and `Repeat`. That of each node has `spikelut`, a JSON text (registers,
    order of a step, reset, surrogate, rule of the table), and the integers: codes of weights, their lsb, exponent and
    shift, mantissas of biases, entries of tables. If the network branches, the metadata of the graph has all integers,
    as a network file (`save_network`), and weights come back on their grid. Other readers compute in floats, without
    rounding, saturation and the chip's order, and they reset to zero.

    - `path`: the file, which appears whole or not at all; None writes nothing. For a graph with grouped convolutions or
      kernels that are not square, `nir.read` of version 1.0.8 needs `type_check=False`.
    - `input_shape`: (C, H, W), for networks that begin with a convolution. For a model of your own, the sizes that
      follow time and batch in its input; for several inputs, these by name.
    - `if_node`: the node for neurons without synapse and leak. `CubaLIF`, with tau_syn = dt and so with a current of
      the present step alone, is read rightly by snnTorch and norse. `IF` is for readers that know no CubaLIF, such as
      sinabs; snnTorch 1.0.0 reads it as a neuron with a decay of 0.9. Read-outs are I in any case.

    Raises ValueError for what `quant.integer` does not take, for a surrogate of your own, and for a table built with
    options. Raises OSError if the file cannot be written. Needs nir.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> graph = export.to_nir(model, "model.nir")
    >>> [type(node).__name__ for node in graph.nodes.values()]
    ['Input', 'Output', 'Linear', 'LIF']
    ```
    """
    import nir

    from spikelut.export.nir.write import graph_of

    require_type("to_nir", "model", model, nn.Module, "a torch.nn.Module")
    kinds = (tuple, list, Mapping, type(None))
    require_type("to_nir", "input_shape", input_shape, kinds, "a shape without time and batch, or several by name")
    _check_dt("to_nir", dt)
    require(if_node in ("CubaLIF", "IF"), "to_nir", "if_node must be CubaLIF or IF", if_node)
    graph = graph_of(model, float(dt), input_shape, if_node)
    if path is not None:
        buffer = io.BytesIO()
        nir.write(buffer, graph)
        write_whole(path, buffer.getvalue())
    return graph


@names_extra
def from_nir(
    source: "str | os.PathLike[str] | nir.NIRGraph",
    profile: Profile | None = None,
    *,
    dt: float = DT,
    decay: str = "euler",
    reset: str = "zero",
    surrogate: Surrogate | None = None,
) -> "nn.Sequential | GraphModule":
    """Import a NIR graph or file: from `to_nir` the quantised network; from others a float network for `quant.convert`.

    A quantised network has the same integers, parameters and specifications as the one that was written. Every value in
    the graph is checked against them. The keywords are for graphs of other libraries:

    - `dt`: the time step that the writer assumed, in seconds.
    - `decay`: `euler` for beta = 1 - dt / tau (snnTorch, norse), `exponential` for exp(-dt / tau) (sinabs, with dt=1).
      Input is multiplied by r * (1 - beta), and before that by w_in * (1 - alpha). A dt with which membranes keep
      nothing of themselves, or less than a hundredth, is refused, because the writer cannot have meant it.
    - `reset`: `zero` is what NIR says. `subtract` is what snnTorch and sinabs do by default, and cannot write into a
      graph.
    - `surrogate`: the surrogate of the `FloatLIF` neurons; Arctan by default.

    Factors that scale the input of neurons (r, w_in, thresholds that differ) are moved into the weights before them.
    tau may differ between the neurons, or channels, of a layer. With `profile`, a ValueError is raised unless the
    network is one quantised for that profile.

    A graph that branches becomes a `quant.GraphModule` with inputs and outputs by name; a chain becomes a
    `torch.nn.Sequential`. Edges into a node add up. Weights that follow each other (Linear, Affine) become one. A Scale
    is moved into the weights before or behind it. A Threshold becomes neurons without memory (`beta` 0). Neurons that
    no weights lead to get weights of 0 and 1.

    Raises ValueError in one line, with the node, for nodes that have no counterpart, for feedback over layers, and for
    broken files; recurrent weights around neurons are read. Raises OSError if the file cannot be read. Nothing that a
    file holds is executed, and no link in it is followed; the HDF5 library that parses it is C. Needs nir.

    ```pycon
    >>> profile = hw_profiles.load("loihi2")
    >>> model = torch.nn.Sequential(quant.QuantLinear(8, 4, profile=profile), quant.LIF(profile, surrogates.Arctan()))
    >>> again = export.from_nir(export.to_nir(model, None))
    >>> torch.equal(again[0].quant_weight().value, model[0].quant_weight().value)
    True
    ```
    """
    _check_dt("from_nir", dt)
    if profile is not None:
        require_profile("from_nir", profile)
    require(decay in ("euler", "exponential"), "from_nir", "decay must be euler or exponential", decay)
    require(reset in ("zero", "subtract"), "from_nir", "reset must be zero or subtract", reset)
    require_type("from_nir", "surrogate", surrogate, (Surrogate, type(None)), "a Surrogate, or None")
    file = Path(source) if isinstance(source, str | os.PathLike) else None
    content = None if file is None else read_file(file, "from_nir")
    who = "from_nir" if file is None else file.name
    try:
        return _network(source if content is None else content, who, profile, (dt, decay, reset, surrogate or Arctan()))
    except (LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, OSError, ValueError) as error:
        message = " ".join(str(error).split())
        raise ValueError(f"{who}: not a NIR graph of layers: {message or type(error).__name__}") from None


@with_usual_defaults
def _network(source: Any, who: str, profile: Profile | None, reading: tuple[Any, ...]) -> "nn.Sequential | GraphModule":
    import nir

    from spikelut.export.nir.foreign import Reading
    from spikelut.export.nir.own import about_of, quantised_network
    from spikelut.export.nir.read import graph_from, read_graph

    if not isinstance(source, bytes | nir.NIRGraph):
        raise TypeError(f"source must be a path or a NIRGraph, got {type(source).__name__}")
    graph = read_graph(source) if isinstance(source, bytes) else graph_from(source)
    about = about_of(graph.metadata)
    if about is None:
        message = "profile must be None for a network in floats, which quant.convert takes"
        require(profile is None, "graph", message, getattr(profile, "name", profile))
        return _floats(graph, Reading(*reading))
    network = quantised_network(graph, about, who)
    found: Any = next(module.profile for module in network.modules() if hasattr(module, "profile"))
    require(profile in (None, found), "graph", f"profile must be {found.name}", getattr(profile, "name", profile))
    return network


def _floats(graph: Any, reading: Any) -> "nn.Sequential | GraphModule":
    """The float network of a chain, or of a graph that branches; ValueError says why it is neither."""
    from spikelut.export.nir.foreign import float_network
    from spikelut.export.nir.foreign_graph import float_graph
    from spikelut.export.nir.read import chain

    try:
        return float_network(*chain(graph), reading)
    except ValueError as error:
        said = str(error)
    try:
        return float_graph(graph, reading)
    except ValueError as error:
        raise ValueError(said if str(error) == said else f"{said}; as a network that branches: {error}") from None


def _check_dt(who: str, dt: object) -> None:
    require(isinstance(dt, float | int) and is_finite(dt) and dt > 0, who, "dt must be > 0", dt)
