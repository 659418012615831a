"""The grid of `spikelut sweep`: ranges, what profiles can have, settings, and the names of results."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from spikelut import hw_profiles
from spikelut.cli.shared.option_values import parse_profiles, parse_surrogate
from spikelut.cli.sweep.grid import Axes, grid, parse_integers, parse_roundings, written
from spikelut.cli.sweep.options import SweepOptions, parse_setting, understand
from spikelut.cli.sweep.pointwise import Pointwise
from spikelut.cli.sweep.results import Curve, Result
from spikelut.cli.sweep.store import Store, numbers_of
from spikelut.cli.sweep.tasks import network_tasks, pointwise_tasks
from spikelut.surrogates import ALL, Arctan, MultiGaussianGrad


def test_ranges() -> None:
    assert parse_integers("bits", "3..6") == (3, 4, 5, 6)
    assert parse_integers("bits", "7, 3..4,3") == (3, 4, 7)
    assert parse_integers("entries", "8..64", doubling=True) == (8, 16, 32, 64)
    assert parse_integers("entries", "12..48,100", doubling=True) == (12, 24, 48, 100)
    assert parse_integers("entries", "") == ()


@pytest.mark.parametrize(
    ("text", "doubling", "message"),
    [
        ("8-64", True, r"^entries must be integers and ranges, as 8,64 or 8\.\.1024, got '8-64'$"),
        ("8..", True, r"as 8,64 or 8\.\.1024, got '8\.\.'$"),
        ("-3", False, "got '-3'$"),
        ("9..3", False, r"^entries must have ranges that go up, got '9\.\.3'$"),
        ("0..999999", False, "ranges that go up"),
        ("8..100", True, r"^entries must end where doubling 8 leads, as 8\.\.64, got '8\.\.100'$"),
        ("0..8", True, "must end where doubling 0 leads"),
    ],
)
def test_bad_ranges(text: str, doubling: bool, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_integers("entries", text, doubling=doubling)


def test_roundings() -> None:
    assert parse_roundings("floor, half_even,floor") == ("floor", "half_even")
    for text in ("nearest", "stochastic"):
        with pytest.raises(ValueError, match=f"^rounding must be of floor, .*dpu, got '{text}'$"):
            parse_roundings(text)


@pytest.mark.parametrize("cls", ALL)
def test_a_curve_is_written_so_that_it_is_read_again(cls: type[Arctan]) -> None:
    assert parse_surrogate(written(cls())) == cls()
    assert ":" not in written(cls())


def test_only_parameters_that_were_changed_are_written() -> None:
    assert written(Arctan(alpha=2.5)) == "arctan:alpha=2.5"
    curve = MultiGaussianGrad(h=0.25, s=3.0)
    assert written(curve) == "multi_gaussian_grad:h=0.25,s=3.0"
    assert parse_surrogate(written(curve)) == curve


def test_what_a_profile_cannot_have_is_counted() -> None:
    profiles = {name: hw_profiles.load(name) for name in ("loihi2", "reckon", "tflm_int16")}
    axes = Axes(entries=(8, 16), segments=(4, 5, 6), value_bits=(5, 6), rounding=())
    found, left_out = grid(profiles, ("arctan", "sigmoid"), axes)
    shapes = {name: [c.shape for c in found if c.curve == (name, "sigmoid")] for name in profiles}
    assert shapes["loihi2"] == ["8x5", "8x6", "16x5", "16x6"]
    # 89 bits of memory hold 5 x 5 + 4 x 16 and no more.
    assert shapes["reckon"] == ["4x5", "4x6", "5x5"]
    # 8 cells are 9 entries where the last cell ends in an entry of its own.
    assert shapes["tflm_int16"] == ["9x5", "9x6", "17x5", "17x6"]
    assert left_out == Counter({("reckon", "Profile: the table must fit memory.table_bits, 89 bits"): 6})
    assert len(found) == 22


def test_an_empty_axis_leaves_what_the_profile_has() -> None:
    profile = hw_profiles.load("loihi2")
    found, left_out = grid({"loihi2": profile}, ("arctan",), Axes((), (), (), ()))
    assert [c.varied for c in found] == [profile]
    assert not left_out


def test_a_grid_has_an_end() -> None:
    with pytest.raises(ValueError, match="must make at most 100000 tables"):
        grid({"loihi2": hw_profiles.load("loihi2")}, ("arctan",), Axes(tuple(range(90_000)), (), (3, 4), ()))


def test_profiles() -> None:
    assert list(parse_profiles("reckon, loihi2")) == ["reckon", "loihi2"]
    assert list(parse_profiles("all")) == hw_profiles.names()
    with pytest.raises(ValueError, match=r"^profile must be one of .*, got 'loihi9'$"):
        parse_profiles("reckon,loihi9")


def test_settings() -> None:
    assert parse_setting("batch=64") == ("batch", 64)
    assert parse_setting("learning-rate=1e-3") == ("learning_rate", 1e-3)
    assert parse_setting("bias=false") == ("bias", False)
    assert parse_setting("alpha=0.5") == ("alpha", 0.5)
    assert parse_setting("layers=16C5,P2") == ("layers", "16C5,P2")
    for text, message in (
        ("surrogate=arctan", "set must be NAME=VALUE with a name of layers, .*got 'surrogate=arctan'"),
        ("batch", "set must be NAME=VALUE"),
        ("batch=many", "set: batch must be an integer, got 'many'"),
        ("dropout=x", "set: dropout must be a number, got 'x'"),
        ("bias=1", "set: bias must be true or false, got '1'"),
    ):
        with pytest.raises(ValueError, match=message):
            parse_setting(text)


def test_epochs_are_a_third_of_the_recipe() -> None:
    assert understand(SweepOptions()).changes == {"epochs": 10}
    assert understand(SweepOptions(data="fashion-mnist")).changes == {"epochs": 4}
    assert understand(SweepOptions(epochs=7)).changes == {"epochs": 7}
    assert understand(SweepOptions(settings=("epochs=9", "batch=8"))).changes == {"epochs": 9, "batch": 8}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"surrogates": "arctan2"}, "surrogate must be one of"),
        ({"results": "a/b.csv"}, r"results must be the name of a \.csv or \.parquet file, got 'a/b\.csv'"),
        ({"results": "sweep.txt"}, "results must be the name"),
        ({"keep": 1.5}, r"keep must be in 0\.\.1, got 1\.5"),
        ({"keep": float("nan")}, "keep must be in"),
        ({"max_networks": 0}, "max-networks must be in"),
        ({"seeds": ""}, "seeds must name one seed or more, got none"),
        ({"settings": ("dropout=2",)}, "dropout must be in"),
    ],
)
def test_wrong_options(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        understand(replace(SweepOptions(), **changes))  # type: ignore[arg-type]


def test_the_command_is_what_was_given() -> None:
    options = SweepOptions(entries="8..16", settings=("batch=8", "layers=4,4"), fresh=True, keep=0.9)
    assert options.command == "spikelut sweep --entries 8..16 --keep 0.9 --set batch=8 --set layers=4,4 --fresh"


def test_a_result_is_named_by_what_it_depends_on() -> None:
    profile = hw_profiles.load("loihi2")
    key = Pointwise("arctan", profile).key
    assert Pointwise("arctan:alpha=1.0", profile).key == key  # its default
    assert Pointwise("arctan", replace(profile, title="Chip", name="mine")).key == key
    assert Pointwise("arctan:alpha=2", profile).key != key
    for varied in (
        profile.with_table(entries=128),
        profile.with_table(value_bits=6),
        profile.with_table(rounding="floor"),
        profile.with_grid(17),
    ):
        assert Pointwise("arctan", varied).key != key
    assert numbers_of(profile)["table"]["kind"] == "uniform"  # a kind that is computed with stays


def test_a_version_of_the_package_has_results_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    task = Pointwise("arctan", hw_profiles.load("loihi2"))
    before = task.key
    monkeypatch.setattr("spikelut.cli.sweep.pointwise.__version__", "99.0")
    assert task.key != before


def test_names_of_networks() -> None:
    plan = understand(SweepOptions(entries="64,128", value_bits="5", seeds="0,1", train="all"))
    configurations, _ = grid(plan.profiles, plan.surrogates, plan.axes)
    curve = Curve("loihi2", "arctan", "Loihi 2", [Result(c, {"bits": 1, "kept": 1.0}) for c in configurations])
    chosen = [(curve, result) for result in curve.results]
    tasks = network_tasks(plan, chosen, {"loihi2": "hash of the data"})
    # Two tables, the analytic gradient and the float network, with two seeds each.
    assert len(tasks) == 8
    assert Counter(task.gradient for task, _ in tasks.values()) == {"table": 4, "analytic": 2, "float": 2}
    for changed in (
        replace(plan, options=replace(plan.options, samples=10)),
        replace(plan, options=replace(plan.options, weight_bits=4)),
        replace(plan, changes={**plan.changes, "batch": 8}),
        replace(plan, seeds=(2, 3)),
    ):
        assert not tasks.keys() & network_tasks(changed, chosen, {"loihi2": "hash of the data"}).keys()
    assert not tasks.keys() & network_tasks(plan, chosen, {"loihi2": "of other data"}).keys()
    moved = replace(plan, options=replace(plan.options, out="elsewhere", backend="dask", max_networks=99))
    assert tasks.keys() == network_tasks(moved, chosen, {"loihi2": "hash of the data"}).keys()


def test_two_names_of_one_table_are_measured_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes((Path(hw_profiles.__file__).parent / "loihi2.toml").read_bytes())
    profiles = parse_profiles(f"loihi2,{path}")
    configurations, _ = grid(profiles, ("arctan",), Axes((64,), (), (5,), ()))
    assert [len(places) for _, places in pointwise_tasks(configurations).values()] == [2]


def test_a_damaged_result_does_not_count(tmp_path: Path) -> None:
    store = Store(tmp_path, fresh=False)
    store.write("a", {"kept": 0.5})
    assert store.read("a") == {"kept": 0.5}
    assert store.read("b") is None
    file = tmp_path / "finished" / "a.json"
    whole = file.read_bytes()
    for content in (
        b"",
        whole[:-9],
        b"\xff\xfe",
        b"[]",
        b'{"key": "a"}',
        json.dumps({"key": "b", "result": {}}).encode(),
    ):
        file.write_bytes(content)
        assert store.read("a") is None
    file.write_bytes(whole)
    assert Store(tmp_path, fresh=False).read("a") == {"kept": 0.5}
    again = Store(tmp_path, fresh=True)
    assert again.read("a") is None
    again.write("a", {"kept": 1.0})
    assert again.read("a") == {"kept": 1.0}
