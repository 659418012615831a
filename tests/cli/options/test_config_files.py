"""Config files of `spikelut train`: what they may hold, how they are refused, and what goes before them."""

import json
from pathlib import Path
from typing import Any

import pytest

from spikelut.cli._app import run
from spikelut.cli.options.config import read_config
from spikelut.cli.options.train_options import Options, options_of
from spikelut.cli.shared.architecture import Conv, Dense, LayerSettings, Pool, parse_layers
from spikelut.cli.shared.recipe import Recipe

KINDS = {
    "a.yaml": "beta: 0.8\nlearning-rate: 1e-3\nbias: true\nlayers: [16C5, P2, {size: 32, beta: 0.5}]\nseed: 4\n",
    "a.toml": "beta = 0.8\nlearning_rate = 1e-3\nbias = true\nseed = 4\n"
    'layers = ["16C5", "P2", {size = 32, beta = 0.5}]',
    "a.json": '{"beta": 0.8, "learning-rate": 1e-3, "bias": true, "layers": ["16C5", "P2", {"size": 32, "beta": 0.5}],'
    ' "seed": 4, "reset": null}',
}


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def changes(options: Options) -> dict[str, Any]:
    return {name: value for name, value in options.changes.items() if value is not None}


@pytest.mark.parametrize("name", KINDS)
def test_each_kind_of_file_says_the_same(name: str, tmp_path: Path) -> None:
    options = options_of({}, written(tmp_path, name, KINDS[name]))
    assert options.seed == 4
    found = changes(options)
    layers = found.pop("layers")
    assert found == {"beta": 0.8, "learning_rate": 1e-3, "bias": True}
    assert parse_layers(layers) == [Conv(16, 5), Pool(2), Dense(32, LayerSettings(size=1, beta=0.5))]


def test_what_is_given_on_the_command_line_goes_before_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "a.yaml", "beta: 0.8\nbias: true\nepochs: 7\ncompile: true\nweight-bits: 3\nlayers: 64\n")
    given = {"beta": 0.0, "bias": False, "compiled": False, "weight_bits": "conv1=4", "layers": "8", "steps": None}
    options = options_of(given, path)
    assert changes(options) == {"beta": 0.0, "bias": False, "epochs": 7, "layers": "8"}
    assert (options.compiled, options.weight_bits) == (False, "conv1=4")
    assert options_of({}, path).compiled
    assert options_of({}, path).weight_bits == 3
    assert options_of({}, None) == Options(changes=dict.fromkeys(options.changes))


def test_the_config_that_is_printed_is_the_one_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "a.yaml", "layers: [8, {size: 4, neuron: adaptive, threshold_step: 0.2}]\nrecipe: mnist\n")
    assert run(["train", "--config", str(path), "--print-config", "--beta", "0.25", "--no-bias"]) == 0
    text = capsys.readouterr().out
    assert "beta: 0.25\n" in text
    assert "steps: 8\n" in text  # of the recipe
    assert run(["train", "--config", str(written(tmp_path, "b.yaml", text)), "--print-config"]) == 0
    assert capsys.readouterr().out == text
    options = options_of({}, tmp_path / "b.yaml")
    assert options.changes["layers"] == (
        LayerSettings(size=8),
        LayerSettings(size=4, neuron="adaptive", threshold_step=0.2),
    )
    # All that there is: `changes` alone stands for what the recipe has.
    assert {line.partition(":")[0] for line in text.splitlines() if line[0] not in " -"} == {
        "compile" if name == "compiled" else name
        for name in (*Recipe.__dataclass_fields__, *Options.__dataclass_fields__)
        if name != "changes"
    }


def test_the_command_says_all_that_a_file_said(tmp_path: Path) -> None:
    layers = "layers: [8, {size: 4, beta: 0.5, recurrent: true}]\n"
    options = options_of({}, written(tmp_path, "a.yaml", f"{layers}bias: false\nevents: false\ncompile: true\n"))
    assert options.command == (
        "spikelut train --profile loihi2 --data digits --out runs/digits --seed 0 --device cpu --compile "
        "--variants table,analytic --images "
        """--layers '[{"size": 8}, {"size": 4, "beta": 0.5, "recurrent": true}]' --no-bias"""
    )
    text = json.dumps([{"size": 8}, {"size": 4, "beta": 0.5, "recurrent": True}])
    assert options_of({"layers": text}, None).changes["layers"] == options.changes["layers"]


BOMB = "a: &a [x]\n" + "\n".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdef", "bcdefg", strict=True)
)
WRONG = {
    "an unknown key": ("a.yaml", "bta: 0.5", "unknown key 'bta'; did you mean beta?"),
    "one that is near none": ("a.toml", "xyzzy = 1\nbeta = 1", "unknown key 'xyzzy', got keys beta, xyzzy"),
    "a text for a number": ("a.yaml", "beta: much", "beta must be a number, got 'much'"),
    "a fraction for a count": ("a.yaml", "epochs: 2.5", "epochs must be an integer, got 2.5"),
    "a truth value for a count": ("a.json", '{"epochs": true}', "epochs must be an integer, got True"),
    "a number for a truth value": ("a.toml", "bias = 1", "bias must be true or false, got 1"),
    "a list for a text": ("a.yaml", "profile: [loihi2]", "profile must be a text, got ['loihi2']"),
    "another choice": ("a.yaml", "coding: phase", "coding must be one of rate, constant, latency, got 'phase'"),
    "out of range": ("a.yaml", "epochs: 0", "epochs must be in 1..100000, got 0"),
    "a seed out of range": ("a.yaml", "seed: -1", "seed must be in 0..4.29497e+09, got -1"),
    "a layer's unknown key": (
        "a.yaml",
        "layers: [8, {size: 8, bet: 1}]",
        "a.yaml: layers[1]: unknown key 'bet'; did you mean beta?",
    ),
    "a layer's wrong type": ("a.yaml", "layers: [{size: x}]", "a.yaml: layers[0]: size must be an integer, got 'x'"),
    "a layer out of range": ("a.yaml", "layers: [{size: 8, beta: 3}]", "layers[0]: beta must be in 0..1.125, got 3.0"),
    "a layer without a size": ("a.yaml", "layers: [{beta: 1}]", "layers[0]: size or pool must be given, one of them"),
    "a layer of another kind": ("a.yaml", "layers: [{size: 8, neuron: elif}]", "neuron must be one of lif, cuba, adap"),
    "settings that need others": (
        "a.yaml",
        "layers: [{size: 8, threshold_step: 1}]",
        "layers[0]: threshold-step needs neuron: adaptive",
    ),
    "delays of convolutions": (
        "a.yaml",
        "layers: [{size: 8, kernel: 3, delays: synapses}]",
        "kernel must not be given",
    ),
    "delays without a kind": ("a.yaml", "layers: [{size: 8, delay: 3}]", "need delays: axons or synapses"),
    "pooling of settings": ("a.yaml", "layers: [8C3, {pool: 2, beta: 1}]", "layers[1]: pool must be alone, got beta"),
    "no layer": ("a.yaml", "layers: []", "layers must be 1 to 16, got 0"),
    "a layer in a layer": ("a.yaml", "layers: [[8]]", "layers[0] must be a size, or its settings"),
    "a key twice": ("a.yaml", "beta: 1\nbeta: 0", "key 'beta' stands there twice"),
    "a key twice in JSON": ("a.json", '{"beta": 1, "beta": 0}', "a key stands there twice"),
    "a key in two ways": ("a.yaml", "input-bits: 1\ninput_bits: 2", "input-bits must be given once, got it twice"),
    "aliases": ("a.yaml", BOMB, "a.yaml: not a YAML file: anchors and aliases are not read"),
    "a tag": ("a.yaml", "profile: !!python/object/apply:os.system [touch hacked]", "tags are not read, got 'tag:yaml"),
    "no YAML": ("a.yaml", "beta: [", "a.yaml: not a YAML file: "),
    "no TOML": ("a.toml", "beta = ", "a.toml: not a TOML file: "),
    "no JSON": ("a.json", '{"beta": 1', "a.json: not a JSON file: "),
    "two documents": ("a.yaml", "beta: 1\n---\nbeta: 0", "a.yaml: not a YAML file: expected a single document"),
    "a deep one": ("a.json", "[" * 100_000, "a.json: not a JSON file: too deep"),
    "a deep one in YAML": ("a.yaml", "beta: " + "[" * 3_000 + "]" * 3_000, "a.yaml: not a YAML file: too deep"),
    "a list": ("a.yaml", "- beta", "must hold keys and values, as beta: 0.9, got ['beta']"),
    "nothing": ("a.yaml", "", "must hold keys and values, as beta: 0.9, got None"),
    "numbers as keys": ("a.yaml", "1: 2", "must hold keys and values"),
    "a long one": ("a.yaml", "#" * 2**21, "a.yaml must have at most 1048576 bytes"),
    "another kind": ("a.ini", "", "config must be a file .yaml, .yml, .toml, .json, got "),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_file_is_one_line(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name, text, message = WRONG[case]
    monkeypatch.chdir(tmp_path)
    written(tmp_path, name, text)
    assert run(["train", "--config", name, "--out", "r", "--print-config"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("spikelut: ")
    assert error.count("\n") == 1
    assert message in error
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        assert run(["train", "--config", str(path), "--print-config"]) == 2
        assert capsys.readouterr().err.count("\n") == 1
    (tmp_path / "b.yaml").write_bytes(b"\xff\xfebeta")
    with pytest.raises(ValueError, match=r"b\.yaml"):
        read_config(tmp_path / "b.yaml")


def test_layers_on_the_command_line_may_be_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--layers", '[{"size": 8, "bta": 1}]', "--print-config"]) == 2
    assert "layers: layers[0]: unknown key 'bta'; did you mean beta?" in capsys.readouterr().err
    assert run(["train", "--layers", "[8", "--print-config"]) == 2
    assert "layers must be JSON where they begin with [" in capsys.readouterr().err
