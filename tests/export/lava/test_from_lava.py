"""What is read of lava-dl's files, what is refused, and files made to do harm."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lava_files import FILES, Layer, alif, conv, cuba, dense, even, flatten, image_input, sdnn, written

from spikelut import export, quant, surrogates

h5py: Any = pytest.importorskip("h5py", reason="h5py is not installed")

RNG = np.random.default_rng(0)


def read(folder: Path, layers: list[Layer], **options: Any) -> quant.IntegerNetwork:
    (folder / "x.net").write_bytes(written(layers))
    return export.from_lava(folder / "x.net", **options)


def one(neuron: Layer | None = None, **more: Any) -> list[Layer]:
    """A dense layer of 4 by 3."""
    return [dense(np.random.default_rng(5), 3, 4, cuba() if neuron is None else neuron, **more)]


def test_layers_and_their_names(tmp_path: Path) -> None:
    network = read(tmp_path, FILES["images"]())
    weights = [f"layer{n}_{what}" for n in (1, 2) for what in ("step", "weights")]
    names = ["layer0_scale", "layer0", *weights[:2], "layer1", *weights[2:], "layer2", "layer3"]
    names += [f"layer{n}{what}" for n in (4, 5) for what in ("_step", "_weights", "")]
    assert [layer.name for layer in network.layers] == names
    assert network.profile.name == "loihi2"
    assert network.signals["layer5"].kind == "membranes"
    (given,) = network.inputs
    assert (given.shape, given.least, given.largest) == ((2, 6, 7), -76, 76)  # 40 x + 36, of x in -1..1
    without = read(tmp_path, FILES["images"](), layer_delays=False, num_layers=4, largest_input=99)
    assert [layer.name for layer in without.layers] == [n for n in names[:9] if not n.endswith("_step")]
    assert without.inputs[0].largest == 99
    # What has no image's numbers gets netx's: 64 times x.
    encoded = read(tmp_path, FILES["changes"]())
    assert (encoded.inputs[0].least, encoded.inputs[0].largest) == (-64, 64)
    assert export.lava_transform(tmp_path / "x.net") == (64, 0)
    events = read(tmp_path, FILES["events"]())
    assert (events.inputs[0].shape, events.inputs[0].least, events.inputs[0].largest) == ((12,), 0, 1)


def test_a_reset_begins_a_sample(tmp_path: Path) -> None:
    """Without steps from layer to layer each layer gives earlier what it gives where its states begin as late."""
    layers = FILES["images"]()
    layers = [{k: v for k, v in layer.items() if k != "bias" or layer["type"] == "input"} for layer in layers]
    x = np.broadcast_to(np.random.default_rng(0).integers(-20, 70, (1, 1, 2, 6, 7)), (30, 1, 2, 6, 7))
    at_once, late = (read(tmp_path, layers, layer_delays=flag).run(x) for flag in (False, True))
    for depth, name in enumerate(("layer0", "layer1", "layer2", "layer4", "layer5")):
        assert np.array_equal(late[name][depth:], at_once[name][: 30 - depth])
        assert at_once[name].any()


def test_windows_of_pooling_and_weights_as_they_come(tmp_path: Path) -> None:
    """Pooling sums each channel, with the file's weights; weights may lie in a row, and be written as LOIHI's."""
    network = read(tmp_path, FILES["pooled"](), layer_delays=False)
    x = (np.random.default_rng(1).random((20, 1, 2, 6, 9)) < 0.4).astype(np.int64)
    sums = network.run(x, keep=["layer1_weights"])["layer1_weights"]
    windows = x.reshape(20, 1, 2, 3, 2, 3, 3).sum((4, 6))
    assert np.array_equal(sums, 34 * 64 * windows)
    assert sums.any()
    plain, flat = one(), one()
    flat[0] = {**flat[0], "weight": flat[0]["weight"].ravel(), "neuron": {**cuba(), "type": "LOIHI", "theta": 1600}}
    first, second = (read(tmp_path, layers).layers for layers in (plain, flat))
    assert np.array_equal(first[1].codes, second[1].codes)  # type: ignore[union-attr]  # weights, as made
    assert first[2].kind == second[2].kind  # type: ignore[union-attr]  # neurons, as made


def test_the_curve_is_the_users(tmp_path: Path) -> None:
    network = read(tmp_path, one(), surrogate=surrogates.ERF(alpha=3.0))
    assert network.layers[-1].surrogate == surrogates.ERF(alpha=3.0)  # type: ignore[union-attr]  # neurons, as made
    assert read(tmp_path, one()).layers[-1].surrogate == surrogates.Arctan()  # type: ignore[union-attr]  # the same


def test_messages_of_other_bits(tmp_path: Path) -> None:
    layers = FILES["changes"]()
    layers[1]["neuron"]["messageBits"] = 9
    network = read(tmp_path, layers)
    assert (network.signals["layer1"].least, network.signals["layer1"].largest) == (-256, 255)
    assert network.signals["layer4"].kind == "membranes"


FIRST: Layer = conv(np.random.default_rng(0), (2, 6, 7), 4, cuba())
IMAGES = [image_input(cuba()), FIRST]


def changed(layers: list[Layer], number: int, **fields: Any) -> list[Layer]:
    """The same with other fields of a layer; None takes one out."""
    made = [dict(layer) for layer in layers]
    made[number] = {k: v for k, v in (made[number] | fields).items() if v is not None}
    return made


MISTAKES: dict[str, tuple[Callable[[], list[Layer]], str]] = {
    "type": (
        lambda: changed(one(), 0, type="unpool"),
        "layer 0: type must be one of input, conv, pool, flatten, dense",
    ),
    "average": (
        lambda: [*one(), {"type": "average", "shape": [2]}],
        "leave it, and what follows, out with num_layers=",
    ),
    "neurons": (lambda: one({"type": "RF_PHASE"}), "type must be one of LOIHI, CUBA, ALIF, SDNN, got 'RF_PHASE'"),
    "ALIF": (lambda: one(alif(theta=1)), "layer 0: neuron: fields must be of type, iDecay, vDecay, thDecay, refDecay"),
    "ALIF's step": (lambda: one(alif(vThStep=-1)), "vThStep must be a whole number in 0..131071, got [-1]"),
    "ALIF's bias": (lambda: one(alif(iDecay=900), bias=np.ones(4)), "nor have a bias and a current that decays"),
    "ALIF's image": (lambda: [image_input(alif()), FIRST], "ALIF must not be an input"),
    "image's current": (lambda: [image_input(cuba(current=4095)), FIRST], "iDecay must be 4096 of an input: lava-dl"),
    "field": (lambda: changed(one(), 0, mask=1), "layer 0: fields must be of type, shape, neuron, "),
    "neuron field": (lambda: one(cuba(sinDecay=1)), "layer 0: neuron: fields must be of type, iDecay, vDecay"),
    "odd": (lambda: one(weight=np.full((4, 3), 129.0)), "weights must be even numbers in -256..254, or whole ones"),
    "large": (lambda: one(weight=np.full((4, 3), 256.0)), "in -128..127, as 8-bit synapses of both signs are"),
    "fraction": (lambda: one(weight=np.full((4, 3), 0.5)), "weight must be whole numbers in .* (netx drops fractions)"),
    "NaN": (lambda: one(bias=np.full(4, np.nan)), "bias must be whole numbers in"),
    "bias": (lambda: one(bias=np.zeros(3)), "bias must be 4 numbers, got 3"),
    "mantissa": (lambda: one(bias=np.full(4, 4096.0)), "bias mantissas must be in -4096..4095"),
    "shape": (lambda: changed(one(), 0, shape=[5]), "weight must be [5, in], got (4, 3)"),
    "features": (lambda: changed(one(), 0, inFeatures=5), "inFeatures must be 3, as the weights and layers before say"),
    "complex": (lambda: changed(one(), 0, weight=None, **{"weight/real": [1.0], "weight/imag": [1.0]}), "be complex"),
    "no current": (lambda: one(cuba(current=0)), "iDecay must be whole numbers in 1..4096, got [0, 0]"),
    "no membrane": (lambda: one(cuba(voltage=4096)), "vDecay must be whole numbers in 0..4095, got [4096, 4096]"),
    "decays": (lambda: one(cuba(voltage=[1, 2])), "vDecay must be one number, or 4, got (2,)"),
    "threshold": (lambda: one(cuba(2**17)), "vThMant must be a whole number in 1..131071, got [131072]"),
    "refractory": (lambda: one(cuba(refDelay=2)), "refDelay must be 1: netx knows no refractory period, got 2"),
    "exponent": (lambda: one(cuba(wgtExp=1)), "wgtExp must be 0: netx shifts no weights by it, got 1"),
    "norm": (lambda: one(cuba(weight_exp=2)), "weight_exp must be 0: netx shifts no currents by it, got 2"),
    "graded": (lambda: one(cuba(gradedSpike=True)), "gradedSpike must be 0: netx sends spikes without a number, got 1"),
    "activation": (lambda: one(sdnn(activation="tanh")), "activation must be relu, which is what netx computes of any"),
    "decoder": (lambda: one(sdnn(sigma_output=True), bias=np.ones(4)), "neurons with sigma_output must have no bias"),
    "delay": (lambda: one(delay=[0, 63, 0, 1]), "delay must be in 0..62 (netx cuts what is more), got [0, 63]"),
    "early": (lambda: one(delay=-1), "delay must be in 0..62 (netx cuts what is more), got [-1, -1]"),
    "delays": (lambda: one(delay=[1, 2]), "delay must be [4], [3] or [4, 3], got (2,)"),
    "recurrent": (
        lambda: changed(one(delay=[1, 2, 3, 0]), 0, type="dense_rec", weight_rec=even(RNG, 4, 4)),
        "no delay",
    ),
    "feedback": (lambda: changed(one(), 0, type="dense_rec", weight_rec=even(RNG, 4, 3)), "weight_rec must be [4, 4]"),
    "read-out": (lambda: changed(one(bias=np.ones(4)), 0, neuron=None), "bias must not be given without neurons"),
    "early read-out": (lambda: [*changed(one(), 0, neuron=None), dense(RNG, 4, 2, cuba())], "layer 'layer1_step'"),
    "two inputs": (lambda: [*IMAGES, image_input(None)], "layer 2: an input must be the first layer"),
    "no image": (lambda: [FIRST], "the shape of the input must be known, give input_shape="),
    "no flatten": (lambda: [*IMAGES, dense(RNG, 96, 3, cuba())], "must be given 96 features in a row (flatten images"),
    "channels": (lambda: changed(IMAGES, 1, groups=2), "inChannels must be 4, as the weights and layers before say"),
    "groups": (lambda: changed(IMAGES, 1, groups=3), "groups must divide 4, got 3"),
    "sizes": (
        lambda: changed(IMAGES, 1, stride=(2, 2)),
        "shape must be (4, 2, 3), as the weights and layers before say",
    ),
    "kernel": (lambda: changed(IMAGES, 1, kernelSize=3), "kernelSize must be (3, 2), as the weights and layers before"),
    "small": (
        lambda: changed(IMAGES, 0, shape=(2, 2, 7)),
        "images must be large enough for its windows, got [2, 2, 7]",
    ),
    "conv delay": (lambda: changed(IMAGES, 1, delay=[1, 1, 1, 1]), "a convolution must have no delay: lava-dl trains"),
    "flat": (lambda: [*IMAGES, {"type": "flatten", "shape": [95, 1, 1]}], "shape must be 96, as the weights and"),
    "pool": (
        lambda: changed(FILES["pooled"](), 0, shape=(2, 5, 9)),
        "images must be whole numbers of windows of 2 x 3",
    ),
    "pool of many": (
        lambda: changed(changed(FILES["pooled"](), 0, shape=(2**20, 2, 3)), 1, weight=np.ones((1, 1, 512, 1024))),
        "images must be whole numbers of windows",
    ),
    "large pool": (
        lambda: [
            image_input(None, (2**20, 2**10, 2**10)),
            {**FILES["pooled"]()[1], "weight": np.ones((1, 1, 2**10, 2**10), np.float32)},
        ],
        "channels times windows must be at most 268435456",
    ),
    "no neurons": (lambda: [image_input(None), flatten((2, 6, 7))], "layer: must have neurons"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_is_refused(name: str, tmp_path: Path) -> None:
    make, message = MISTAKES[name]
    start = "x.net: not a network of lava-dl: "
    pattern = re.escape(message).replace(r"\.\*", ".*")
    with pytest.raises(ValueError, match=f"^{re.escape(start)}.*{pattern}") as caught:
        read(tmp_path, make())
    assert "\n" not in str(caught.value)


def test_options_are_checked(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="from_lava: layer_delays must be True or False, got 1"):
        read(tmp_path, one(), layer_delays=1)
    with pytest.raises(ValueError, match=r"from_lava: num_layers must be an integer in 1\.\.65536, got 0"):
        read(tmp_path, one(), num_layers=0)
    with pytest.raises(ValueError, match=r"input_shape must be \(2, 6, 7\), as the file says, got \(2, 7, 6\)"):
        read(tmp_path, IMAGES, input_shape=(2, 7, 6))
    for shape in ((2, 6), (0, 6, 7), (2, 6, "W"), ()):
        with pytest.raises(ValueError, match="from_lava: input_shape must be channels, height and width, or features"):
            read(tmp_path, [FIRST], input_shape=shape)
    with pytest.raises(ValueError, match="largest_input must be an integer in"):
        read(tmp_path, one(), largest_input=0)
    read(tmp_path, one())
    with pytest.raises(ValueError, match=r"lava-dl: layer 0: must be an input with neurons, got 'dense'"):
        export.lava_transform(tmp_path / "x.net")
    network = read(tmp_path, [FIRST], input_shape=(2, 6, 7))
    assert network.inputs[0].shape == (2, 6, 7)
    with pytest.raises(ValueError, match="spikes must be 0 or 1"):
        network.run(np.full((2, 1, 2, 6, 7), 2))


def replaced(make: Callable[[Any], None], name: str = "layer/0/weight") -> Callable[[Any], None]:
    def change(file: Any) -> None:
        del file[name]
        make(file)

    return change


def elsewhere(file: Any) -> None:
    """Values that lie in another file."""
    file.create_dataset("layer/0/weight", (4, 3), "f4", external=[("/etc/passwd", 0, 48)])


def virtual(file: Any) -> None:
    layout = h5py.VirtualLayout((4, 3), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "data", (4, 3))
    file.create_virtual_dataset("layer/0/weight", layout)


def huge(file: Any) -> None:
    file.create_dataset("layer/0/weight", shape=(2**20, 2**20), dtype="f4", chunks=(64, 64))


def compound(file: Any) -> None:
    file.create_dataset("layer/0/weight", data=np.zeros(3, [("a", "i4"), ("b", "f4")]))


def linked(link: Any, name: str = "layer/0/weight") -> Callable[[Any], None]:
    return replaced(lambda file: file.__setitem__(name, link), name)


def many(file: Any) -> None:
    """Groups that each hold the next one many times: few bytes, and more items than can be read."""
    inner = file.create_group("leaf")
    for depth in range(12):
        outer = file.create_group(f"outer{depth}")
        for i in range(40):
            outer[str(i)] = inner
        inner = outer
    file["layer/0/many"] = inner


LINKS = "must hold no links, got ['"
HOSTILE: dict[str, tuple[Callable[[Any], None], str]] = {
    "soft link": (linked(h5py.SoftLink("/simulation/Ts")), f"layer/0: {LINKS}weight']"),
    "external link": (linked(h5py.ExternalLink("/etc/hostname", "/")), f"layer/0: {LINKS}weight']"),
    "all of it elsewhere": (linked(h5py.ExternalLink("other.h5", "/"), "layer"), f"file: {LINKS}layer']"),
    "soft root": (linked(h5py.SoftLink("/simulation"), "layer"), f"file: {LINKS}layer']"),
    "external storage": (replaced(elsewhere), "layer/0/weight: must hold its values itself, got 'a reference'"),
    "virtual": (replaced(virtual), "layer/0/weight: must hold its values itself, got 'a reference'"),
    "huge": (replaced(huge), "layer/0/weight: a file must hold at most 2147483648 bytes of values"),
    "compound": (replaced(compound), "layer/0/weight: must hold numbers or text"),
    "cycle": (lambda file: file.__setitem__("layer/0/again", file["layer"]), "layer/0/again/0/again/0/"),
    "many": (many, "layer/0/many/0/0/0/"),
    "no layers": (replaced(lambda file: None, "layer"), "file: must hold a group 'layer', got ['simulation']"),
    "names": (lambda file: file.move("layer/0", "layer/1"), "layer: layers must be called 0, 1, ..., got ['1']"),
    "no group": (replaced(lambda file: file.__setitem__("layer", 3), "layer"), "file: layer must be a group, got"),
    "no layer": (replaced(lambda file: file.__setitem__("layer/0", 3), "layer/0"), "layer: layers must be groups"),
    "empty": (replaced(lambda file: file.create_group("layer"), "layer"), "layer: layers must be called 0, 1, ..."),
    "text": (replaced(lambda file: file.__setitem__("layer/0/weight", "os.system")), "weight must be numbers, got"),
    "number": (replaced(lambda file: file.__setitem__("layer/0/type", 3), "layer/0/type"), "type must be a text, got"),
    "group": (replaced(lambda file: file.create_group("layer/0/weight/x")), "layer 0: weights must not be complex"),
    "bare group": (replaced(lambda file: file.create_group("layer/0/shape/x"), "layer/0/shape"), "shape must be"),
    "nothing": (replaced(lambda file: None, "layer/0/neuron/vDecay"), "layer 0: neuron: vDecay must be given"),
    "no values": (replaced(lambda file: file.create_dataset("layer/0/weight", (0, 3), "f4")), "weight must be numbers"),
    "null": (replaced(lambda file: file.create_dataset("layer/0/weight", data=h5py.Empty("f4"))), "must be numbers"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_made_to_do_harm(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change, message = HOSTILE[name]
    monkeypatch.chdir(tmp_path)
    other = written(one())
    (tmp_path / "other.h5").write_bytes(other)
    (tmp_path / "x.net").write_bytes(written(one(), change))
    with pytest.raises(ValueError, match=f"^x.net: not a network of lava-dl: .*{re.escape(message)}") as caught:
        export.from_lava(tmp_path / "x.net")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


def test_files_that_are_something_else(tmp_path: Path) -> None:
    data = written(one())
    pieces = [b"", b"\x00" * 64, b"{}", b"PK\x03\x04" + b"x" * 99, data[:8] + b"\xff" * 999]
    for piece in pieces + [data[:length] for length in range(0, len(data), 497)]:
        (tmp_path / "x.net").write_bytes(piece)
        with pytest.raises(ValueError, match=r"^x.net: not a network of lava-dl: "):
            export.from_lava(tmp_path / "x.net")
    with pytest.raises(FileNotFoundError):
        export.from_lava(tmp_path / "absent.net")
    with pytest.raises(ValueError, match="path must be a file, got a directory"):
        export.from_lava(tmp_path)
