"""The benchmark of sequences: how data are divided, how rows are read, what a training writes down."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sequence_data
import sequence_page
import sequences
import torch
from sequence_data import parts, permuted_digits
from sequence_networks import SampleDropout, Windows, build, decays_of
from sequence_training import limit, loss_of, stretched, train
from torch import nn
from torch.nn import functional

from spikelut import hw_profiles

ROWS = sequences.rows_of((sequences.HERE / "sequence_rows.toml").read_text())
SMALL = {"hidden": 12, "epochs": 2, "batch": 8, "input_gain": 3.0}


def made_up() -> dict[str, Any]:
    """Sixty samples of 14 steps and 6 inputs in three classes, fifteen of them for testing."""
    random, y = np.random.default_rng(1), np.arange(60) % 3
    x = (random.random((60, 14, 6)) < 0.15 + 0.6 * (np.arange(6) % 3 == y[:, None, None])).astype(np.uint8)
    return parts(x, y, np.arange(60) >= 45, y, 0.2)


def test_no_sample_is_in_two_parts_and_each_class_validates() -> None:
    x = np.arange(60).reshape(60, 1, 1).astype(np.uint8)
    y = np.arange(60) % 3
    found = {name: set(part.spikes.flatten().tolist()) for name, part in parts(x, y, y == 9, y, 0.2).items()}
    assert found["train"] | found["validation"] == found["both"] == set(range(60))
    assert not found["train"] & found["validation"]
    assert sorted(np.array([*found["validation"]]) % 3) == [0] * 4 + [1] * 4 + [2] * 4


def test_what_is_tested_is_not_trained_on() -> None:
    data = made_up()
    assert [len(data[name]) for name in ("train", "validation", "both", "test")] == [36, 9, 45, 15]
    whole = {tuple(sample.flatten().tolist()) for sample in data["both"].spikes.swapaxes(0, 1)}
    assert not whole & {tuple(sample.flatten().tolist()) for sample in data["test"].spikes.swapaxes(0, 1)}


def test_pixels_come_in_one_order_for_all_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    for part, count in (("train", 300), ("t10k", 40)):
        images = random.integers(0, 255, (count, 3, 4)).astype(np.uint8)
        images[:, 1, 2] = 255  # one pixel that is known again
        head = bytes([0, 0, 8, 3]) + b"".join(n.to_bytes(4, "big") for n in images.shape)
        (tmp_path / f"{part}-images-idx3-ubyte").write_bytes(head + images.tobytes())
        labels = (np.arange(count) % 10).astype(np.uint8)
        (tmp_path / f"{part}-labels-idx1-ubyte").write_bytes(
            bytes([0, 0, 8, 1]) + count.to_bytes(4, "big") + labels.tobytes()
        )
    monkeypatch.setattr(sequence_data, "LEARNED", 200)
    found = permuted_digits(tmp_path)
    assert [len(found[name]) for name in ("train", "validation", "both", "test")] == [180, 20, 200, 40]
    test = found["test"].spikes
    assert test.shape == (12, 40, 1)
    assert sorted(test[:, 0, 0].tolist()) == sorted(images[0].flatten().tolist())
    assert test[:, 0, 0].tolist() != images[0].flatten().tolist()
    for split in found.values():
        assert (split.spikes[:, :, 0] == 255).all(1).nonzero().flatten().tolist() == [
            (test[:, 0, 0] == 255).nonzero().item()
        ]


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_networks_of_a_row_are_made_and_deployed_exactly(row: dict[str, Any]) -> None:
    data = made_up()
    for name in row["networks"]:
        row = row | {"networks": row["networks"] | {name: row["networks"][name] | SMALL}}
        record = sequences.run(row, name, 0, data, validate=False)
        assert 0 <= record["accuracy"] <= 100
        assert record["settings"]["epochs"] == 2
        if record["settings"]["profile"]:
            assert record["compared"] == 14 * 15 * (12 + 3 * row["networks"][name].get("windows", 1))
            assert record["different"] == 0 < record["nonzero"]


def test_the_search_sees_only_the_validation_part(monkeypatch: pytest.MonkeyPatch) -> None:
    data, seen = made_up(), []

    def noted(model: object, part: object) -> float:
        seen.append(part)
        return 0.5

    monkeypatch.setattr(sequences, "accuracy", noted)
    row = ROWS[0] | {"networks": {"a": ROWS[0]["networks"]["plain"] | SMALL}}
    record = sequences.run(row, "a", 0, {k: v for k, v in data.items() if k in ("train", "validation")}, validate=True)
    assert seen == [data["validation"]]
    assert "compared" not in record


def test_floats_have_the_numbers_of_the_integers() -> None:
    settings = ROWS[1]["networks"]["learned"] | SMALL
    torch.manual_seed(3)
    integers = build(settings, 6, 3, 1.0, hw_profiles.load("loihi2"))
    torch.manual_seed(3)
    floats = build(settings, 6, 3, 1.0, None)
    assert sorted(p.shape for p in integers.parameters()) == sorted(p.shape for p in floats.parameters())
    theirs, ours = [dict(model.named_parameters()) for model in (floats, integers)]
    assert torch.equal(theirs["1.neuron.beta"], ours["1.neuron.raw_beta"])
    assert torch.equal(theirs["1.linear.weight"], ours["1.linear.weight"])


def test_decays_are_drawn_between_two() -> None:
    found = decays_of([0.8, 0.99], 1000, each=False)
    assert isinstance(found, torch.Tensor)
    assert 0.8 <= found.min() < 0.82
    assert 0.985 < found.max() <= 0.99
    assert decays_of(0.5, 3, each=False) == 0.5
    assert torch.equal(torch.as_tensor(decays_of(0.5, 2, each=True)), torch.tensor([0.5, 0.5], dtype=torch.float64))


def test_stretching_moves_events_and_makes_none() -> None:
    x = torch.zeros(100, 40, 1)
    x[50] = 1
    torch.manual_seed(0)
    places = stretched(x, 0.2).squeeze(2).argmax(0)
    assert 41 <= int(places.min()) < 45
    assert 55 < int(places.max()) <= 63
    assert stretched(x, 0.0) is x


def test_neurons_are_left_out_for_a_whole_sample() -> None:
    torch.manual_seed(0)
    layer, x = SampleDropout(0.25), torch.ones(9, 50, 40)
    found = layer(x)
    assert torch.equal(found, found[:1].expand_as(x))
    torch.testing.assert_close(found[0].unique(), torch.tensor([0.0, 4 / 3]))
    assert 0.2 < (found[0] == 0).float().mean() < 0.3
    assert layer.eval()(x) is x


def test_neurons_of_a_read_out_are_read_in_their_part_of_the_steps() -> None:
    x = torch.arange(7 * 2 * 6.0).reshape(7, 2, 6)  # two classes, three neurons each
    found = Windows(3)(x)
    read = [0, 0, 0, 1, 1, 2, 2]
    assert found.shape == (7, 2, 2)
    for step, neuron in enumerate(read):
        assert torch.equal(found[step], x[step][:, [neuron, 3 + neuron]])


def test_biases_are_drawn_up_to_the_number_given() -> None:
    settings = ROWS[0]["networks"]["plain"] | SMALL | {"hidden": 200, "cell": {"beta": 0.9, "bias": 0.5}}
    for profile in (None, hw_profiles.load("loihi2")):
        layer: Any = build(settings, 6, 3, 1.0, profile)[1]
        bias = layer.neuron.bias
        assert isinstance(bias, nn.Parameter)
        assert 0 <= bias.min() < 0.05
        assert 0.45 < bias.max() <= 0.5


def test_weights_stay_within_a_power_of_two() -> None:
    torch.manual_seed(0)
    layer = nn.Linear(2, 2)
    bias = layer.bias.detach().clone()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[3.0, -3.0], [1.0, 0.5]]))  # the root of their mean square is 2.2
    limit(layer, 1.0)
    assert layer.weight.tolist() == [[2.0, -2.0], [1.0, 0.5]]
    limit(layer, 2.0)
    assert layer.weight.tolist() == [[2.0, -2.0], [1.0, 0.5]]
    assert torch.equal(layer.bias, bias)


def test_each_step_but_the_first_is_asked_for_the_class() -> None:
    torch.manual_seed(0)
    out, labels = torch.randn(8, 3, 4), torch.tensor([2, 0, 3])
    settings = {"score_scale": 0.5, "smoothing": 0.1}
    whole = functional.cross_entropy(0.5 * out.mean(0), labels, label_smoothing=0.1)
    steps = torch.stack([functional.cross_entropy(0.5 * step, labels) for step in out[2:]]).mean()
    torch.testing.assert_close(loss_of(out, labels, settings), whole)
    torch.testing.assert_close(loss_of(out, labels, settings | {"each_step": 0.3}), whole + 0.3 * steps)


def test_the_average_of_the_steps_is_what_comes_out() -> None:
    data, settings = made_up(), ROWS[0]["networks"]["plain"] | SMALL | {"averaging": 0.75}
    found = []
    for kept in (0.0, 0.75):
        torch.manual_seed(0)
        model = build(settings, 6, 3, 1.0, None)
        weight, seen = next(model.parameters()), list[torch.Tensor]()
        model.register_forward_pre_hook(lambda *_, weight=weight, seen=seen: seen.append(weight.detach().clone()))
        train(model, data["train"], settings | {"averaging": kept})
        found.append(([*seen[1:], weight.detach()], weight.detach()))
    (steps, last), (_, average) = found
    expected = steps[0]
    for step in steps[1:]:
        expected = 0.75 * expected + 0.25 * step
    assert not torch.allclose(last, average)
    torch.testing.assert_close(average, expected)


def test_missing_folders_are_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.argv", ["sequences.py", "--rows", "fsdd", "--validate"])
    sequences.main()
    assert capsys.readouterr().out == "left out: fsdd, which needs --shared\n"


def test_the_page_says_what_is_not_reached() -> None:
    row = ROWS[0] | {"note": ""}
    settings = row["networks"]
    runs = {
        f"fsdd-{name}-{seed}": {"settings": settings[name], "accuracy": accuracy + seed, "parameters": 5}
        | {"compared": 10, "different": 0, "nonzero": 5}
        for name, accuracy in (("delayed", 95.0), ("plain", 93.0))
        for seed in range(3)
    }
    text = sequence_page.section([row], runs)
    assert "| 96.00 (2.00) | 30, 0, 50.0% |" in text
    assert "must be above 96.5 %: **not reached**, 96.00." in text
    assert "reached, +2.00 points" in text
    del runs["fsdd-plain-2"]
    assert "points" not in sequence_page.section([row], runs)
    del runs["fsdd-delayed-2"]
    assert "reached" not in sequence_page.section([row], runs)
    assert sequence_page.without_section("# Accuracy\n\ntable\n\n" + text) == "# Accuracy\n\ntable\n\n"


def test_the_page_ends_with_the_results() -> None:
    assert sequence_page.PAGE.read_text().endswith(sequence_page.section(ROWS, sequences.results()))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_note_begins_with_its_subject(row: dict[str, Any]) -> None:
    assert re.match(r"\*\*[A-Z][a-zA-Z, ]+\.\*\* [A-Z0-9]", row["note"]), row["note"][:40]
