"""Every kind of layer in every dialect and form: what each gives in onnxruntime is what the NumPy reference does."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dialect_files import PAIRS, proved, write
from numpy.typing import NDArray

from spikelut import export, hw_profiles, quant
from spikelut.export.onnx_graph.file import model_facts
from spikelut.quant.network.layers import IntegerLayer
from spikelut.surrogates import Arctan

P = hw_profiles.load("generic8")
STEPS, BATCH = 3, 2
Taken = tuple[str, ...]
Layer = tuple[IntegerLayer, Taken]
Ints = NDArray[np.int64]


def dense(name: str, inputs: int, outputs: int, seed: int = 0, most: int = 20) -> quant.IntegerLinear:
    codes = np.random.default_rng(seed).integers(-most, most + 1, (outputs, inputs)).astype(np.int8)
    return quant.IntegerLinear(name, codes, 1, 4, 0, 8)


def convolved(name: str, inputs: int, outputs: int, seed: int = 0, most: int = 20, **more: Any) -> quant.IntegerConv2d:
    codes = np.random.default_rng(seed).integers(-most, most + 1, (outputs, inputs, 3, 3)).astype(np.int8)
    return quant.IntegerConv2d(name, codes, 1, 4, 0, 8, **more)


def neurons(name: str, profile: Any = P, **more: Any) -> quant.IntegerLIF:
    spec = quant.LIFSpec.from_profile(profile, beta=0.875, threshold=1.0, reset=None, **more)
    return quant.IntegerLIF(name, spec, Arctan(alpha=2.0), None)


def readout(name: str) -> quant.IntegerLIF:
    return quant.IntegerLIF(name, quant.LIFSpec.from_profile(P, beta=0.875, threshold=None, reset=None), None, None)


def made(layers: list[Layer], *given: quant.NetworkInput, **more: Any) -> quant.IntegerNetwork:
    """A network of which every layer is an output."""
    taken = tuple(inputs for _, inputs in layers)
    returned = tuple(layer.name for layer, _ in layers)
    return quant.IntegerNetwork(P, tuple(x for x, _ in layers), wiring=taken, given=given, returned=returned, **more)


def image(channels: int = 3, height: int = 4, width: int = 5, **more: Any) -> quant.NetworkInput:
    return quant.NetworkInput("input", (channels, height, width), **more)


def shapes() -> quant.IntegerNetwork:
    """Layers that rearrange, of events, sums and membranes."""
    q = quant
    layers: list[Layer] = [
        (q.IntegerUpsample("up", (2, 3)), ("input",)),
        (q.IntegerSpread("pad", (1, 1), (1, 0), (0, 2)), ("input",)),
        (q.IntegerSpread("apart", (2, 3), (2, -1), (-1, 4)), ("input",)),
        (q.IntegerSpread("cut", (1, 1), (-1, -2), (0, -1)), ("input",)),
        (q.IntegerReshape("rows", (-1, 10)), ("input",)),
        (q.IntegerTranspose("turned", (2, 0, 1)), ("input",)),
        (q.IntegerTake("some", 2, (4, 0, 0)), ("input",)),
        (convolved("conv", 3, 2, padding=(1, 1)), ("input",)),
        (q.IntegerUpsample("up_sums", (2,)), ("conv",)),
        (q.IntegerSpread("pad_sums", (2,), (0,), (-1,)), ("conv",)),
        (q.IntegerTranspose("turned_sums", (1, 2, 0)), ("conv",)),
        (readout("out"), ("turned_sums",)),
        (q.IntegerFlatten("flat"), ("out",)),
        (q.IntegerTake("half", 0, (1, 3, 5)), ("flat",)),
    ]
    return made(layers, image(largest=3, step=0.5))


def pools() -> quant.IntegerNetwork:
    """Pools of bytes, of counts that fit in none, and of sums."""
    q = quant
    layers: list[Layer] = [
        (q.IntegerMaxPool2d("most", (3, 2), (2, 1), (1, 0)), ("input",)),
        (q.IntegerSumPool2d("sum", (2, 3), (1, 2), (1, 1)), ("input",)),
        (q.IntegerMaxPool2d("most_counts", (2, 2), (1, 1), (1, 1)), ("sum",)),
        (q.IntegerSumPool2d("more", 2, 1), ("sum",)),
        (q.IntegerTotal("total", (1, 2)), ("input",)),
        (q.IntegerTotal("channels", (0,)), ("sum",)),
        (dense("weights", 3, 4, most=80), ("total",)),
        (convolved("conv", 3, 2, dilation=(1, 2), padding=(1, 2)), ("input",)),
        (q.IntegerMaxPool2d("most_sums", (2, 2), (2, 2)), ("conv",)),
        (neurons("lif"), ("most_sums",)),
        (q.IntegerMaxPool2d("or", (2, 2), (1, 1)), ("lif",)),
    ]
    return made(layers, image(largest=255))


def merges() -> quant.IntegerNetwork:
    """Merges of several inputs, in bytes and beyond, and of sums."""
    q = quant
    layers: list[Layer] = [
        (q.IntegerAdd("sum"), ("a", "b")),
        (q.IntegerAdd("wide"), ("a", "sum", "c")),
        (q.IntegerConcat("both", 1), ("a", "sum")),
        (q.IntegerConcat("all", 0), ("wide", "a")),
        (q.IntegerProduct("gate"), ("a", "one")),
        (q.IntegerProduct("products"), ("wide", "b")),
        (q.IntegerTranspose("turned", (1, 0)), ("b",)),
        (q.IntegerMatMul("scores"), ("a", "turned")),
        (q.IntegerMatMul("wide_scores"), ("wide", "turned")),
        (dense("tokens", 4, 5), ("a",)),
        (dense("others", 4, 5, seed=1, most=2), ("sum",)),
        (q.IntegerScale("scale", 12), ("a",)),
        (q.IntegerAdd("currents"), ("tokens", "others")),
        (q.IntegerConcat("side", 1), ("tokens", "scale")),
        (neurons("lif"), ("currents",)),
        (neurons("lif_side"), ("side",)),
    ]
    inputs = [quant.NetworkInput(name, (2, 4), largest) for name, largest in (("a", 1), ("b", 254), ("c", 2))]
    return made(layers, *inputs, quant.NetworkInput("one", (2, 1)))


def signed() -> quant.IntegerNetwork:
    """int8 inputs from end to end, and counts below zero that need more than a byte."""
    q = quant
    layers: list[Layer] = [
        (convolved("conv", 3, 2, most=127, padding=(1, 1), stride=(1, 2)), ("input",)),
        (q.IntegerMaxPool2d("most", (2, 2), (2, 2), (1, 1)), ("input",)),
        (q.IntegerSumPool2d("sum", 2, 2), ("input",)),
        (convolved("wide", 3, 2, most=127, padding=(1, 1)), ("sum",)),
        (q.IntegerAdd("twice"), ("input", "input")),
        (q.IntegerFlatten("flat"), ("twice",)),
        (dense("dense", 60, 4, most=110), ("flat",)),
        (q.IntegerSpread("pad", (1, 1), (1, 1), (1, 1)), ("input",)),
        (q.IntegerProduct("square"), ("input", "input")),
        (q.IntegerTotal("total", (0, 1, 2)), ("input",)),
        (neurons("lif"), ("conv",)),
        (neurons("lif_wide"), ("wide",)),
        (neurons("lif_dense"), ("dense",)),
    ]
    return made(layers, image(least=-128, largest=127))


def times() -> quant.IntegerNetwork:
    """Time reversed, before and behind neurons, more than once."""
    q = quant
    layers: list[Layer] = [
        (q.IntegerReverse("back"), ("input",)),
        (dense("first", 6, 5), ("back",)),
        (neurons("lif"), ("first",)),
        (q.IntegerReverse("again"), ("lif",)),
        (replace(dense("second", 5, 5, seed=1), exponent=8), ("again",)),
        (neurons("out"), ("second",)),
        (q.IntegerReverse("third"), ("out",)),
        (q.IntegerConcat("both", 0), ("lif", "third")),
    ]
    return made(layers, quant.NetworkInput("input", (6,), largest=9))


def chips() -> quant.IntegerNetwork:
    """Layers on two chips, and a constant input beside one that changes."""
    q, loihi = quant, hw_profiles.load("loihi2")
    first = replace(dense("first", 6, 5), exponent=6, shift=6)
    layers: list[Layer] = [
        (first, ("events",)),
        (neurons("lif", loihi), ("first",)),
        (dense("constant", 4, 5, seed=1), ("image",)),
        (q.IntegerRepeat("repeat", STEPS), ("constant",)),
        (dense("second", 5, 5, seed=2), ("lif",)),
        (q.IntegerAdd("sum"), ("second", "repeat")),
        (neurons("out"), ("sum",)),
    ]
    inputs = quant.NetworkInput("events", (6,), steps=STEPS), quant.NetworkInput("image", (4,), largest=7, steps=1)
    network = made(layers, *inputs, profiles={"first": loihi, "lif": loihi})
    # A file of one step gives what comes before Repeat in every step.
    return replace(network, returned=tuple(n for n in network.returned if n != "constant"))


NETWORKS: dict[str, Callable[[], quant.IntegerNetwork]] = {
    f.__name__: f for f in (shapes, pools, merges, signed, times, chips)
}


def events(network: quant.IntegerNetwork, seed: int = 0) -> dict[str, Ints]:
    """Counts from end to end of what each input takes."""
    random, found = np.random.default_rng(seed), {}
    for one in network.inputs:
        shape = [one.steps or STEPS, BATCH, *one.shape]
        counts = random.integers(one.least, one.largest + 1, shape)
        found[one.name] = np.where(random.random(shape) < 0.2, random.choice([one.least, one.largest], shape), counts)
    return found


@pytest.mark.parametrize(("dialect", "form"), [pair for pair in PAIRS if pair[0] != "table"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_layer_gives_what_the_reference_does(name: str, dialect: str, form: str, tmp_path: Path) -> None:
    network = NETWORKS[name]()
    if (name, form) == ("times", "step"):
        with pytest.raises(
            ValueError, match=r"^to_onnx: layer 'back' needs the whole sequence, so form must be scan or"
        ):
            write(network, (STEPS, BATCH, 6), tmp_path / "x.onnx", dialect, form)
        return
    found = proved(network, events(network), tmp_path / "x.onnx", dialect, form)
    assert found.nonzero > found.compared / 4


def test_bytes_below_zero_are_multiplied_as_they_are(tmp_path: Path) -> None:
    """int8 inputs go to MatMulInteger and ConvInteger without an offset; the file says what it takes."""
    network, file = NETWORKS["signed"](), tmp_path / "x.onnx"
    made = write(network, (STEPS, BATCH, 3, 4, 5), file, "integer", "scan")
    assert model_facts(made)["inputs"] == {"input": "int8 [T, B, 3, 4, 5]"}
    first = next(node for node in made.graph.node if node.op_type == "ConvInteger")
    assert len(first.input) == 2
    x = events(network)["input"]
    assert x.min() == -128
    assert np.array_equal(export.run_onnx(file, x)["conv"], network.run(x)["conv"])
    with pytest.raises(ValueError, match=r"run_onnx: spikes must be whole numbers in -128\.\.127 .*, got -129"):
        export.run_onnx(file, np.minimum(x, -129))


def one_layer(layer: IntegerLayer, *given: quant.NetworkInput, **more: Any) -> quant.IntegerNetwork:
    return made([(layer, tuple(one.name for one in given))], *given, **more)


def row(name: str = "input", largest: int = 1, least: int = 0, width: Any = 4) -> quant.NetworkInput:
    return quant.NetworkInput(name, (width,), largest, least)


REPEATS: list[Layer] = [
    (dense("a", 4, 2), ("input",)),
    (quant.IntegerRepeat("twice", 2), ("a",)),
    (dense("b", 4, 2), ("input",)),
    (quant.IntegerRepeat("thrice", 3), ("b",)),
]
HUGE = tuple(row(name, 65535) for name in ("a", "b"))
REFUSED: list[tuple[quant.IntegerNetwork, str, str, str]] = [
    (
        one_layer(quant.IntegerAdd("big"), *HUGE),
        "integer",
        "scan",
        "inputs must be at most 255 in the integer dialect, got 65535",
    ),
    (
        one_layer(quant.IntegerReverse("r"), row(least=-129, largest=127)),
        "integer",
        "scan",
        r"inputs must be in -128\.\.127 in the integer dialect, got \(-129, 127\)",
    ),
    (
        made(REPEATS, row(largest=3)),
        "integer",
        "step",
        r"layers must repeat alike but in the form scan, got \['2', '3'\]",
    ),
    (made(REPEATS, row(largest=3)), "flat", "unrolled", r"layers must repeat alike but in the form scan, got \[2, 3\]"),
    (
        made(REPEATS[:2], row()),
        "integer",
        "step",
        "layer 'a' must come after Repeat to be an output, but in the form scan",
    ),
    (
        one_layer(quant.IntegerSumPool2d("pool", 2, 2), quant.NetworkInput("input", ("C", 4, 4))),
        "integer",
        "scan",
        "layer 'pool' needs to know its channels: give integer an example=, got 'C'",
    ),
    (one_layer(quant.IntegerReverse("r"), replace(row(), steps=3)), "flat", "unrolled", "inputs must be of 4 steps"),
]


@pytest.mark.parametrize(("network", "dialect", "form", "message"), REFUSED, ids=[case[-1][:30] for case in REFUSED])
def test_what_cannot_be_said_is_refused(
    network: quant.IntegerNetwork, dialect: str, form: str, message: str, tmp_path: Path
) -> None:
    shapes = {one.name: (4, 1, *(n if isinstance(n, int) else 3 for n in one.shape)) for one in network.inputs}
    with pytest.raises(ValueError, match=rf"^to_onnx: {message}"):
        write(network, shapes, tmp_path / "x.onnx", dialect, form)
    assert not (tmp_path / "x.onnx").exists()
