"""Inputs that no network takes are refused by the first stage that sees them, with what to do; others are right."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from backends import backend
from looping import each
from torch import Tensor, nn

from spikelut import export, hw_profiles, native, quant
from spikelut.quant.arithmetic.traceable import unbranched
from spikelut.quant.weights.input_events import check_events, check_first
from spikelut.surrogates import Arctan

PROFILE = hw_profiles.load("cortexm_q15")
STEP = 2.0**-4
SIGNED = (
    r"\(give a signed value two inputs, one for its positive and one for its negative part: quant.OnOff\(\); or "
    r"signed_input=True, for software\), got -"
)
GRID = r"\(input_step= of the first layer sets what one event is worth; round the data to multiples of it\), got 0\.5"
NOT_FINITE = r"\(NaN and infinity are no inputs\), got (nan|-?inf)"
WRONG = [
    (-1.0, SIGNED + "1.0"),
    (-0.25, SIGNED + "0.25"),
    (0.5, GRID),
    (70000.0, r"\(scale the data down\), got 70000.0"),
    (torch.nan, NOT_FINITE),
    (torch.inf, NOT_FINITE),
    (-torch.inf, NOT_FINITE),
]


def events(bad: float | None = None, dtype: torch.dtype = torch.float32, size: int = 4) -> Tensor:
    x = torch.randint(0, 2, (3, 5, size), generator=torch.Generator().manual_seed(0)).to(dtype)
    if bad is not None:
        x[1, 2, 3] = bad
    return x


def network(step: float = 1.0, largest: int | None = None) -> nn.Sequential:
    torch.manual_seed(0)
    first = quant.QuantLinear(4, 32, profile=PROFILE, input_step=step, largest_input=largest)
    return nn.Sequential(
        first, quant.LIF(PROFILE, Arctan()), quant.QuantLinear(32, 2, profile=PROFILE), quant.LI(PROFILE)
    )


@pytest.mark.parametrize("name", ["torch", "native"])
@pytest.mark.parametrize(("bad", "message"), WRONG)
@each("dtype", [torch.float32, torch.float64, torch.float16])
def test_layers_refuse(bad: float, message: str, dtype: torch.dtype, name: str) -> None:
    if name == "native" and native.reason_missing():
        pytest.skip(native.reason_missing())
    if dtype == torch.float16 and bad == 70000.0:
        bad, message = 65504.0, ""  # the largest of its type, which is allowed
    x = events(bad, dtype)
    linear = quant.QuantLinear(4, 3, profile=PROFILE).to(dtype)
    convolution = quant.QuantConv2d(4, 3, 1, profile=PROFILE).to(dtype)
    with backend(name):
        for layer, given in ((linear, x), (convolution, x[..., None, None])):
            layer(events(dtype=dtype).reshape(given.shape))
            if message:
                with pytest.raises(ValueError, match=rf"^{type(layer).__name__}: inputs must be .*{message}"):
                    layer(given)
    for array in (x, x.numpy()):
        if message:
            with pytest.raises(ValueError, match=message):
                check_events("x", "inputs", array)


@pytest.mark.parametrize("count", [1, 1000, 70001])
def test_one_wrong_value_is_found_anywhere(count: int) -> None:
    for at in {0, count // 2, count - 1}:
        for bad in (-1.0, 0.03, torch.nan, 16.0):
            x = torch.arange(count) % 16 * STEP
            check_events("x", "x", x, STEP, 255)
            x[at] = bad
            with pytest.raises(ValueError, match=r"x: x must be multiples of 0\.0625 in 0\.\.15\.9375"):
                check_events("x", "x", x, STEP, 255)


@pytest.mark.parametrize("dtype", [torch.bool, torch.uint8, torch.int64, torch.int32])
def test_integers_and_truth_values_are_numbers(dtype: torch.dtype) -> None:
    x = torch.randint(0, 2 if dtype == torch.bool else 4, (3, 5, 4, 6, 6))
    convolution = quant.QuantConv2d(4, 3, 3, profile=PROFILE)
    linear, flat = quant.QuantLinear(6, 3, profile=PROFILE), x[:, :, 0, 0]
    assert torch.equal(convolution(x.to(dtype)), convolution(x.float()))
    assert torch.equal(linear(flat.to(dtype)), linear(flat.float()))
    assert torch.equal(quant.SumPool2d(2)(x.to(dtype)), quant.SumPool2d(2)(x.float()))
    events_of = quant.EventLIF(6, 3, profile=hw_profiles.load("reckon"), surrogate=Arctan())
    assert torch.equal(events_of(flat.to(dtype)), events_of(flat.float()))
    with pytest.raises(TypeError, match=r"^QuantLinear: inputs must be real numbers, got torch.complex64"):
        linear(flat.to(torch.complex64))


def test_huge_integers_are_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.\.65535 \(scale the data down\), got 1\.\d+e\+18"):
        quant.QuantLinear(4, 3, profile=PROFILE)(torch.full((1, 1, 4), 2**60))


def test_one_statement_serves_all_stages(tmp_path: Path) -> None:
    model = network(STEP, 40)
    allowed = "allows more than 40"
    x = events() * STEP
    x[0, 0] = 40 * STEP
    made = quant.integer(model)
    assert made.largest_input == 40
    assert quant.integer(model, largest_input=50).largest_input == 50
    assert quant.integer(quant.from_integer(made)).largest_input == 40
    want = made.run((x / STEP).numpy())
    above = x.clone()
    above[2, 1, 0] = 41 * STEP
    with pytest.raises(ValueError, match=allowed):
        model(above)
    for dialect in ("integer", "functions", "qcdq"):
        path = tmp_path / f"{dialect}.onnx"
        with pytest.raises(ValueError, match=rf"^to_onnx: example_input must be .*{allowed}"):
            export.to_onnx(model, above, path, dialect)
        assert not path.exists()
        export.to_onnx(model, x, path, dialect)
        unit = 1.0 if dialect == "integer" else STEP
        found = export.run_onnx(path, (x / STEP * unit).numpy())["3"]
        assert np.array_equal(np.round(found / (1.0 if dialect == "integer" else PROFILE.state_step)), want["3"])
        with pytest.raises(ValueError, match=rf"^run_onnx: spikes must be .*{allowed}"):
            export.run_onnx(path, (above / STEP * unit).numpy())
        with pytest.raises(ValueError, match=f"^run_onnx: spikes must be .*{SIGNED}"):
            export.run_onnx(path, -(x / STEP * unit).numpy())
        with pytest.raises(ValueError, match=r"^run_onnx: spikes must be .*input_step="):
            export.run_onnx(path, (x / STEP * unit * 0.5).numpy())
    with pytest.raises(ValueError, match=allowed):
        made.run((above / STEP).numpy())


def test_counts_train_with_default_options(tmp_path: Path) -> None:
    model, x = network(), events()
    x[0, 0] = 3
    model(x).sum().backward()
    made = quant.integer(model, largest_input=3)
    assert np.array_equal((model(x) / PROFILE.state_step).detach().numpy(), made.run(x.numpy())["3"])
    with pytest.raises(
        ValueError, match=r"^to_onnx: example_input must be 0 or 1 \(largest_input= allows more than 1\)"
    ):
        export.to_onnx(model, x, tmp_path / "m.onnx")
    with pytest.raises(ValueError, match=r"^to_onnx: example_input must be 0 or 1"):
        export.to_onnx(quant.integer(model), x, tmp_path / "m.onnx")
    export.to_onnx(made, x, tmp_path / "m.onnx")
    graded = quant.integer(network(STEP, 40))
    for given in (x, x * STEP):  # of integers as counts, or as what they are worth
        export.to_onnx(graded, given, tmp_path / "m.onnx")
    with pytest.raises(ValueError, match=r"^to_onnx: example_input must be multiples"):
        export.to_onnx(graded, x * STEP / 2, tmp_path / "m.onnx")


def test_files_without_our_metadata_refuse_what_their_type_does_not_hold(tmp_path: Path) -> None:
    path, x = tmp_path / "m.onnx", events()
    made = quant.integer(network(), largest_input=255)
    proto = export.to_onnx(made, x, path, "integer")
    del proto.metadata_props[:]
    path.write_bytes(proto.SerializeToString())
    x[0, 0] = 255
    assert np.array_equal(export.run_onnx(path, x.numpy())["3"], made.run(x.numpy())["3"])
    x[0, 0, 0] = 256
    with pytest.raises(ValueError, match=r"^run_onnx: spikes must be whole numbers in 0\.\.255 .*got 256"):
        export.run_onnx(path, x.numpy())
    proto.metadata_props.add(key="spikelut.largest_input", value="many")
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(ValueError, match="largest_input and input_step of its metadata must be a count and a step"):
        export.run_onnx(path, events().numpy())
    assert isinstance(onnx.load(path), onnx.ModelProto)


@pytest.mark.parametrize(("bad", "message"), WRONG)
def test_convert_and_event_layers_refuse(bad: float, message: str) -> None:
    floats = nn.Sequential(nn.Linear(4, 3), quant.FloatLIF(Arctan(), beta=0.5))
    said = "finite" if message == NOT_FINITE else f".*{message}"
    with pytest.raises(ValueError, match=f"^convert: events must be {said}"):
        quant.convert(floats, PROFILE, events(bad))
    if bad != 70000.0:
        layer = quant.EventLIF(4, 3, profile=hw_profiles.load("reckon"), surrogate=Arctan())
        with pytest.raises(ValueError, match=f"^EventLIF: spikes must be .*{message}"):
            layer(events(bad))


def test_convert_hands_the_statement_on() -> None:
    floats = nn.Sequential(nn.Linear(4, 3), quant.FloatLIF(Arctan(), beta=0.5), nn.Linear(3, 2), quant.FloatLIF(None))
    made = quant.convert(floats, PROFILE, events() * 7 * STEP, input_step=STEP, largest_input=7).model
    assert quant.integer(made).largest_input == 7
    with pytest.raises(ValueError, match=r"^convert: events must be .*allows more than 6"):
        quant.convert(floats, PROFILE, events() * 7 * STEP, input_step=STEP, largest_input=6)


def test_only_what_comes_from_outside_is_looked_at() -> None:
    bad = torch.full((1, 1, 4), 0.3)
    check_first("x", bad.clone().requires_grad_() * 1.0, 1.0, None)
    with unbranched():
        check_first("x", bad, 1.0, None)
    check_first("x", bad.to("meta"), 1.0, None)
    layer = quant.QuantLinear(4, 3, profile=PROFILE)

    def looked(x: Tensor) -> Tensor:
        check_first("x", x, 1.0, None)
        return x + 1

    assert torch.equal(torch.func.vmap(looked)(bad), bad + 1)
    assert torch.equal(torch.compile(looked, backend="eager")(bad), bad + 1)
    with pytest.raises(ValueError, match=r"^QuantLinear: inputs.*"):
        layer(bad)
    # Several spikes a step and pooled counts pass where no gradients are recorded.
    with torch.no_grad():
        quant.QuantLinear(4, 3, profile=hw_profiles.load("xylo"))(torch.full((1, 1, 4), 31.0))


def test_wrong_options() -> None:
    for bad in (0, -1, 2.0, 2**16, True):
        with pytest.raises(ValueError, match=r"^QuantLinear: largest_input must be an integer in 1\.\.65535, got"):
            quant.QuantLinear(4, 3, profile=PROFILE, largest_input=bad)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"^QuantConv2d: largest_input must be an integer in 1\.\.15, got 16"):
        quant.QuantConv2d(4, 3, 1, profile=hw_profiles.load("xylo"), largest_input=16)
    model: Any = network()
    model[2].largest_input = 3
    with pytest.raises(
        ValueError, match=r"^integer: layer '2': largest_input must be None after the first layer, got 3"
    ):
        quant.integer(model)
    assert "largest_input=40" in repr(network(STEP, 40))


@pytest.mark.parametrize("shape", [(0, 5, 4), (3, 0, 4), (0, 0, 4)])
def test_no_steps_and_no_samples_give_nothing(shape: tuple[int, ...], tmp_path: Path) -> None:
    model, x = network(), torch.zeros(shape)
    made = quant.integer(model)
    wanted = (*shape[:2], 2)
    assert made.run(x.numpy())["3"].shape == wanted
    for name in ("torch", "native"):
        if name == "torch" or not native.reason_missing():
            with backend(name):
                out = model(x)
                assert out.shape == wanted
                assert out.dtype == torch.float32
                out.sum().backward()
    layer = quant.EventLIF(4, 2, profile=hw_profiles.load("reckon"), surrogate=Arctan())
    out = layer(x)
    assert out.shape == wanted
    out.sum().backward()
    recurrent = quant.Recurrent(quant.LIF(PROFILE, Arctan()), 4)
    assert recurrent(x).shape == shape
    with quant.packed_spikes():
        assert model(x).shape == wanted
    for dialect in ("integer", "functions"):
        for form in ("scan", "step"):
            export.to_onnx(made, (3, 5, 4), tmp_path / "m.onnx", dialect, form=form)
            assert export.run_onnx(tmp_path / "m.onnx", x.numpy())["3"].shape == wanted
