"""Files as lava-dl's blocks write them (slayer/block/base.py, export_hdf5), made here of random whole numbers."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np

Layer = dict[str, Any]


def written(layers: list[Layer], change: Callable[[Any], None] | None = None) -> bytes:
    """The content of a file with these layers, and what `change` makes of it."""
    h5py: Any = __import__("h5py")
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for number, layer in enumerate(layers):
            group = file.create_group(f"layer/{number}")
            group.create_dataset("type", (1,), "S10", [layer["type"].encode("ascii", "ignore")])
            for key, value in layer.items():
                if key == "neuron":
                    for name, entry in value.items():
                        group.create_dataset(f"neuron/{name}", data=entry)
                elif key != "type":
                    group.create_dataset(key, data=np.array(value))
        file.create_dataset("simulation/Ts", data=1)
        if change is not None:
            change(file)
    return buffer.getvalue()


def cuba(threshold: int = 20, current: Any = 4096, voltage: Any = 1024, **more: Any) -> Layer:
    fields = {"iDecay": current, "vDecay": voltage, "vThMant": threshold, "refDelay": 1, "gradedSpike": False}
    return {"type": "CUBA", **fields, **more}


def alif(**more: Any) -> Layer:
    decays = {"iDecay": 4096, "vDecay": 400, "thDecay": 800, "refDecay": 1200}
    return {"type": "ALIF", **decays, "vThMant": 40, "vThStep": 20, "refDelay": 1, "gradedSpike": False, **more}


def sdnn(threshold: int = 3, **more: Any) -> Layer:
    return {"type": "SDNN", "activation": "relu", "vThMant": threshold, **more}


def even(rng: np.random.Generator, *shape: int, most: int = 24) -> Any:
    """Weights as lava-dl trains them, even ones."""
    return 2.0 * rng.integers(-most // 2, most // 2 + 1, shape).astype(np.float32)


def dense(rng: np.random.Generator, inputs: int, out: int, neuron: Layer | None, **more: Any) -> Layer:
    fields = {"shape": [out], "inFeatures": inputs, "outFeatures": out, "weight": even(rng, out, inputs)}
    return {"type": "dense", **fields, **({} if neuron is None else {"neuron": neuron}), **more}


def conv(rng: np.random.Generator, given: tuple[int, int, int], out: int, neuron: Layer, **more: Any) -> Layer:
    """A convolution of 3 x 2; `more`: stride, padding, dilation, groups, bias and so on."""
    geometry: dict[str, Any] = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1}
    geometry |= {key: more.pop(key) for key in geometry if key in more}
    kernel, groups = (3, 2), geometry["groups"]
    numbers = zip(given[1:], kernel, *(geometry[key] for key in ("stride", "padding", "dilation")), strict=True)
    sizes = [(n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in numbers]
    fields = {"shape": (out, *sizes), "inChannels": given[0], "outChannels": out, "kernelSize": kernel}
    weight = even(rng, out, given[0] // groups, *kernel, 1)
    return {"type": "conv", **fields, **geometry, "weight": weight, "neuron": neuron, **more}


def image_input(neuron: Layer | None, shape: tuple[int, ...] = (2, 6, 7), **more: Any) -> Layer:
    return {"type": "input", "shape": shape, **({} if neuron is None else {"neuron": neuron}), **more}


def flatten(shape: tuple[int, ...]) -> Layer:
    return {"type": "flatten", "shape": [int(np.prod(shape)), 1, 1]}


def images() -> list[Layer]:
    """LIF neurons: an image as a bias, convolutions with all geometry, with and without a current, dense layers."""
    rng = np.random.default_rng(1)
    first = conv(rng, (2, 6, 7), 4, cuba(20), stride=(2, 1), padding=(1, 2), groups=2, bias=even(rng, 4).ravel())
    decays = rng.integers(200, 3000, 6)
    second = conv(rng, first["shape"], 6, cuba(25, decays, decays[::-1].copy()), dilation=(1, 2))
    features = int(np.prod(second["shape"]))
    hidden = dense(rng, features, 10, cuba(12, 1000, 300), bias=even(rng, 10).ravel())
    return [
        image_input(cuba(25), weight=np.array([40], np.float32), bias=np.array([36], np.float32)),
        first,
        second,
        flatten(second["shape"]),
        hidden,
        dense(rng, 10, 5, None),
    ]


def events() -> list[Layer]:
    """Dense layers of events: odd weights, delays of inputs, of outputs and of synapses, recurrent weights."""
    rng = np.random.default_rng(2)
    odd = dense(rng, 12, 9, cuba(10, 4096, 500), weight=rng.integers(-41, 42, (9, 12)).astype(np.float32))
    outs = dense(rng, 9, 8, cuba(9, 900, 0), delay=rng.integers(0, 7, 8).astype(np.float32), bias=even(rng, 8).ravel())
    ins = dense(rng, 8, 11, cuba(9, 4096, 100), delay=rng.integers(0, 63, 8).astype(np.float32))
    each = dense(rng, 11, 7, cuba(9, 4096, 100), delay=rng.integers(0, 5, (7, 11)))
    back = dense(rng, 7, 6, cuba(8, 2000, 400), weight_rec=even(rng, 6, 6)) | {"type": "dense_rec"}
    last = dense(rng, 6, 4, cuba(5, 4096, 4000), delay=np.float64(2), weight=even(rng, 4, 6).ravel())
    return [odd, outs, ins, each, back, last]


def changes() -> list[Layer]:
    """Sigma-delta neurons: an encoder, a convolution, dense layers, a decoder."""
    rng = np.random.default_rng(3)
    first = conv(rng, (2, 6, 7), 4, sdnn(2), stride=(2, 2), bias=even(rng, 4).ravel())
    features = int(np.prod(first["shape"]))
    return [
        image_input(sdnn(1)),
        first,
        flatten(first["shape"]),
        dense(rng, features, 8, sdnn(3), bias=even(rng, 8).ravel()),
        dense(rng, 8, 3, sdnn(6, sigma_output=True)),
    ]


def pooled() -> list[Layer]:
    """Pooling with neurons, which netx does not run, of events."""
    rng = np.random.default_rng(4)
    pool: Layer = {"type": "pool", "shape": (2, 3, 3), "kernelSize": (2, 3), "stride": (2, 3), "padding": (0, 0)}
    pool |= {"dilation": (1, 1), "weight": np.full((1, 1, 2, 3, 1), 34.0, np.float32), "neuron": cuba(60)}
    return [image_input(None, (2, 6, 9)), pool, conv(rng, (2, 3, 3), 3, cuba(9, 300, 300), padding=(1, 1))]


FILES: dict[str, Callable[[], list[Layer]]] = {"images": images, "events": events, "changes": changes, "pooled": pooled}
"""By what is in them."""
