"""`spikelut sweep` on small data: what it writes, that it goes on where it was stopped, and what it trains."""

import csv
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spikelut.cli._app import run as run_command
from spikelut.cli.shared.errors import UserError
from spikelut.cli.sweep.options import SweepOptions
from spikelut.cli.sweep.run import sweep_command
from spikelut.cli.sweep.store import Store
from spikelut.cli.sweep.workers import run_all
from spikelut.export import write_whole

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def options(tmp_path: Path) -> SweepOptions:
    """60 samples of 5 steps and 6 inputs, the class the half of the inputs that is busier; four small tables."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    rate = np.where((np.arange(6) < 3) == y[:, None], 0.7, 0.1)
    x = (rng.random((60, 5, 6)) < rate[:, None]).astype(np.uint8)
    np.savez(tmp_path / "two.npz", x=x, y=y, test=np.arange(60) >= 44)
    return SweepOptions(
        profiles="loihi2,reckon",
        entries="16,64",
        segments="4,6",
        value_bits="5",
        data=str(tmp_path / "two.npz"),
        settings=("layers=4", "batch=16"),
        epochs=2,
        seeds="0,1",
        max_networks=8,
        backend="threading",
        jobs=1,
        out=str(tmp_path / "out"),
    )


def finished(options: SweepOptions) -> dict[str, bytes]:
    """The results that are kept, by file."""
    return {file.name: file.read_bytes() for file in (Path(options.out) / "finished").iterdir()}


def read_rows(options: SweepOptions) -> list[dict[str, str]]:
    with (Path(options.out) / options.results).open(newline="") as file:
        return list(csv.DictReader(file))


def count_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tasks each stage of a sweep runs."""
    counts: list[int] = []
    inner = run_all

    def counting(tasks: Mapping[str, Any], on_done: Callable[..., None], **more: Any) -> None:
        counts.append(len(tasks))
        inner(tasks, on_done, **more)

    monkeypatch.setattr("spikelut.cli.sweep.run.run_all", counting)
    return counts


def check_work(options: SweepOptions, found: dict[str, Any], rows: list[dict[str, str]]) -> None:
    """What networks do and hold, as `quant.cost` says: in rows, data and page; energy where constants are published."""
    kept = [json.loads(content) for content in finished(options).values()]
    works = [one["result"]["work"] for one in kept if one["result"].get("work")]
    assert len(works) == 2 * 2 * 2 + 2  # of networks in integers
    for curve, row in zip(found["curves"], rows[1:], strict=True):
        work = curve["trained"][-1]["work"]
        assert float(row["synaptic_events"]) == work["synaptic_events"] > 0
        assert float(row["network_bits"]) == work["network_bits"] > 0
        assert (work["modelled_energy_nj"] is None) == (curve["profile"] == "loihi2")
        if curve["profile"] == "reckon":
            assert work["modelled_energy_nj"] == pytest.approx(work["synaptic_events"] * 5.3 / 1000)
    page = (Path(options.out) / "sweep.html").read_text()
    assert "modelled energy, nJ a sample" in page
    assert "synaptic events a sample" in page


def test_a_sweep(options: SweepOptions, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = count_runs(monkeypatch)
    assert sweep_command(replace(options, json=True)) == 0
    # Three tables (the profile reckon has no room for six segments); on each profile two networks without a table.
    assert counts == [3, 2 * (2 + 1) + 2 * 2 * 2]
    out = Path(options.out)
    assert {path.name for path in out.iterdir()} == {"finished", "sweep.csv", "sweep.json", "sweep.html"}
    found = json.loads(capsys.readouterr().out)
    assert found == json.loads((out / "sweep.json").read_text())
    assert found["counts"] == {"tables": 3, "networks": 14, "from_before": 0}
    assert found["left_out"] == [
        {"profile": "reckon", "reason": "Profile: the table must fit memory.table_bits, 89 bits", "tables": 1}
    ]
    assert [(r["profile"], r["entries"], r["value_bits"]) for r in found["recommendations"]] == [
        ("loihi2", 64, 5),
        ("reckon", 4, 5),
    ]
    for curve in found["curves"]:
        for mean in (curve["analytic"], curve["float"], *(table["accuracy"] for table in curve["trained"])):
            assert 0 <= mean["mean"] <= 1
            assert mean["half"] is not None
    rows = read_rows(options)
    assert [(row["profile"], row["entries"]) for row in rows] == [("loihi2", "16"), ("loihi2", "64"), ("reckon", "4")]
    assert len(finished(options)) == 3 + 14
    check_work(options, found, rows)
    counts.clear()
    assert sweep_command(options) == 0
    assert counts == [0, 0]
    assert "64 entries of 5 bits keep" in (out / "sweep.html").read_text()


def test_networks_are_those_of_train(options: SweepOptions, tmp_path: Path, capsys: Captured) -> None:
    assert sweep_command(replace(options, profiles="loihi2", entries="", value_bits="", train="all", json=True)) == 0
    (curve,) = json.loads(capsys.readouterr().out)["curves"]
    for seed in (0, 1):
        given = ["--data", options.data, "--layers", "4", "--batch", "16", "--epochs", "2", "--seed", str(seed)]
        out = tmp_path / f"run{seed}"
        assert run_command(["train", *given, "--variants", "table,analytic,float", "--out", str(out)]) == 0
        results = json.loads((out / "run.json").read_text())["results"]
        row = read_rows(options)[0]
        for kind, column in (("table", "accuracy"), ("analytic", "analytic"), ("float", "float")):
            assert float(row[f"{column}_seed_{seed}"]) == results[f"accuracy_{kind}"], kind
        assert float(row["cosine"]) == results["table"]["cosine"]
    assert curve["trained"][0]["accuracy"]["mean"] == pytest.approx(
        np.mean([float(row[f"accuracy_seed_{seed}"]) for seed in (0, 1)])
    )


def stop_after(count: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise `error` where the result after the first `count` would be kept."""
    inner, left = Store.write, [count]

    def write(store: Any, key: str, result: dict[str, Any]) -> None:
        if not left[0]:
            raise error
        left[0] -= 1
        inner(store, key, result)

    monkeypatch.setattr(Store, "write", write)


@pytest.mark.parametrize("count", [1, 7])
def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(
    count: int, options: SweepOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        stop_after(count, KeyboardInterrupt(), patch)
        done = f"{min(count, 3)} of 3 tables and {max(0, count - 3)} networks"
        with pytest.raises(
            UserError, match=f"^interrupted; {done} are finished in .*, the same command goes on"
        ) as told:
            sweep_command(options)
    assert getattr(told.value, "exit_code", None) == 130
    before = finished(options)
    assert len(before) == count
    assert len(read_rows(options)) == min(count, 3)
    assert not (Path(options.out) / "sweep.html").exists()
    counts = count_runs(monkeypatch)
    assert sweep_command(options) == 0
    assert sum(counts) == 17 - count
    assert before.items() <= finished(options).items()
    whole = read_rows(options)
    assert sweep_command(replace(options, out=options.out + "2")) == 0
    assert read_rows(replace(options, out=options.out + "2")) == whole


def test_a_full_disk_is_said_and_nothing_is_lost(options: SweepOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = write_whole

    def full(path: Path, content: bytes | str) -> None:
        if path.name == "sweep.json":
            raise OSError(28, "No space left on device")
        inner(path, content)

    monkeypatch.setattr("spikelut.cli.sweep.run.write_whole", full)
    with pytest.raises(UserError, match=r"^out: writing to .*out failed: No space left on device$"):
        sweep_command(replace(options, train="none"))
    assert len(finished(options)) == 3
    assert len(read_rows(options)) == 3


def test_fresh_computes_again(options: SweepOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sweep_command(replace(options, train="none")) == 0
    counts = count_runs(monkeypatch)
    assert sweep_command(replace(options, train="none", fresh=True)) == 0
    assert counts == [3]


def test_a_network_that_cannot_be_trained_is_said_and_the_rest_goes_on(
    options: SweepOptions, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A rate at which gradients overflow.
    bad = replace(options, profiles="loihi2", settings=(*options.settings, "learning-rate=10", "score-scale=1e6"))
    monkeypatch.setattr("spikelut.cli.sweep.network.fit", _diverging)
    assert sweep_command(replace(bad, json=True)) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["failed"] == {
        f"arctan on loihi2, {what}, seed 1": "training diverged" for what in ("float", "analytic", "16x5", "64x5")
    }
    assert found["counts"]["networks"] == 8
    # What failed is tried again; one seed alone has no interval.
    assert len(finished(bad)) == 2 + 4
    assert found["curves"][0]["analytic"]["half"] is None


def _diverging(*_: Any, **__: Any) -> Any:
    import torch

    from spikelut.cli.train.loop import Epoch

    if torch.initial_seed() == 1:
        raise UserError("training diverged")
    return [Epoch(1.0, 0.5, 0.5)]


def test_samples_are_the_same_for_all() -> None:
    import torch

    from spikelut.cli.sweep.network import subset
    from spikelut.cli.train.loop import Split

    split = Split(torch.arange(100, dtype=torch.uint8).reshape(1, 100, 1), torch.arange(100))
    torch.manual_seed(1)
    first = subset(split, 10)
    torch.manual_seed(2)
    second = subset(split, 10)
    assert len(first) == 10
    assert torch.equal(first.labels, second.labels)
    assert torch.equal(first.spikes[0, :, 0].long(), first.labels)
    assert first.labels.tolist() != list(range(10))
    assert subset(split, None) is subset(split, 100) is split


def test_the_page_is_self_contained(options: SweepOptions) -> None:
    assert sweep_command(options) == 0
    html = (Path(options.out) / "sweep.html").read_text()
    assert html.count("<svg") == 6
    assert not re.search(r"<(script|link|img|iframe)|@import|src=", html)
    assert "gradient lost, %</text>" in html  # text stays text
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for target in re.findall(r'url\(#([^)]+)\)|xlink:href="#([^"]+)"', html):
        assert "".join(target) in ids


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"surrogates": "arctan2"}, "surrogate must be one of"),
    ({"profiles": "loihi9"}, "profile must be one of"),
    ({"entries": "8..100"}, "entries must end where doubling 8 leads"),
    (
        {"entries": "100", "segments": "6"},
        "no profile can have a table of this grid: Profile: a cell of the table must",
    ),
    ({"data": "missing.npz"}, "missing.npz: No such file"),
    ({"weight_bits": 12}, "weight-bits must be in 2..8"),
    ({"max_networks": 3}, "max-networks must be at least 4"),
    ({"train": "16x9"}, "train must be pareto, all, none or shapes"),
    ({"backend": "mpi"}, "backend must be one of loky"),
    (
        {"surrogates": "sigmoid:alpha=100", "profiles": "spinnaker1", "entries": "", "value_bits": ""},
        "no curve fits a table of this grid: Sigmoid(alpha=100.0): ",
    ),
]


@pytest.mark.parametrize(("changes", "message"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_input(changes: dict[str, Any], message: str, options: SweepOptions) -> None:
    with pytest.raises(UserError) as told:
        sweep_command(replace(options, **changes))
    assert message in str(told.value)
    assert "\n" not in str(told.value)


def test_a_folder_that_cannot_be_written(options: SweepOptions, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UserError, match=r"^out: cannot write to the folder .*file/out: Not a directory$"):
        sweep_command(replace(options, train="none", out=str(tmp_path / "file" / "out")))
    assert (tmp_path / "file").read_text() == "mine"


def test_a_disk_with_too_little_room(options: SweepOptions, monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil
    from collections import namedtuple

    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000))
    with pytest.raises(UserError, match=r"^out: .* must have 33554432 bytes free, got 1000$"):
        sweep_command(replace(options, train="none"))
