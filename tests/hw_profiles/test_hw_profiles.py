"""The shipped profiles, and what is said about a file that is not one."""

import json
import re
import subprocess
import sys
import tomllib
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import pytest
from packages import ROOT
from profile_facts import FACTS

from spikelut import hw_profiles
from spikelut.hw_profiles import NumberFormat, Profile

FOLDER = ROOT / "hw_profiles"

every_profile = pytest.mark.parametrize("name", hw_profiles.names())


def groups(profile: Profile) -> dict[str, Any]:
    return {f.name: getattr(profile, f.name) for f in fields(Profile) if hasattr(getattr(profile, f.name), "source")}


def edited(text: str, table: str, key: str, line: str) -> str:
    """`text` with the line of one key of one table replaced or added; the table at the top of the file is ''."""
    head, opening, rest = text.partition(f"[{table}]") if table else ("", "", text)
    body, closing, tail = rest.partition("\n[")
    body, count = re.subn(rf"^{key} = .*$", lambda _: line, body, flags=re.MULTILINE)
    if count == 0:  # a key that has its default so far
        comment, _, body = body.partition("\n")
        body = f"{comment}\n{line}\n{body}"
    return head + opening + body + closing + tail


def example() -> str:
    """A good profile to put mistakes in; what spikelut chose in the shipped file is fixed here."""
    text = (FOLDER / "loihi2.toml").read_text(encoding="utf-8")
    for table, key, value in (("grid", "frac", 18), ("table_fill", "low", -2.0), ("table_fill", "high", 2.0)):
        text = edited(text, table, key, f"{key} = {value}")
    return edited(text, "table", "entries", "entries = 256")


EXAMPLE = example()


def refusal(content: str | bytes) -> str:
    """The message about `content`, which must be one short line that begins with the file's name."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the message is compared by the callers
        hw_profiles.parse(content if isinstance(content, bytes) else content.encode(), "mine.toml")
    message = str(caught.value)
    assert message.startswith("mine.toml: ")
    assert "\n" not in message
    assert len(message) < 400
    return message


def test_names_are_the_files_in_order() -> None:
    assert hw_profiles.names() == sorted(path.stem for path in FOLDER.glob("*.toml"))
    assert {"generic8", "loihi2", "reckon"} <= set(hw_profiles.names())


@every_profile
def test_shipped_profile(name: str, tmp_path: Path) -> None:
    profile = hw_profiles.load(name)
    assert profile.name == name
    for group in groups(profile).values():
        assert group.source.strip() == group.source != ""
        assert group.status in ("documented", "derived")
    copy = tmp_path / "copy.toml"
    copy.write_bytes((FOLDER / f"{name}.toml").read_bytes())
    assert hw_profiles.load(copy) == hw_profiles.load(str(copy)) == profile
    assert hash(hw_profiles.load(copy)) == hash(profile)
    without_suffix = copy.rename(tmp_path / "copy")
    assert hw_profiles.load(without_suffix) == hw_profiles.load(str(without_suffix)) == profile


OPTIONAL = (
    "current_decay",
    "readout_decay",
    "bias",
    "delay",
    "memory",
    "logistic",
    "exponential",
    "graded",
    "adaptation",
    "refractory",
    "events",
    "capacity",
    "energy",
)


def test_every_group_states_its_source() -> None:
    needed = ("weight", "membrane", "grid", "table", "table_fill", "table_value", "learning")
    neuron = ("current", "decay", "threshold", "step")
    for name in hw_profiles.names():
        given = set(groups(hw_profiles.load(name)))
        assert given >= set(needed)
        assert given & set(neuron) in (set(), set(neuron))
        assert given <= {*needed, *neuron, *OPTIONAL}


@pytest.mark.parametrize("name", FACTS)
def test_numbers_of_the_chip(name: str) -> None:
    profile = json.loads(json.dumps(asdict(hw_profiles.load(name))))  # tuples as lists
    for table, facts in tomllib.loads(FACTS[name]).items():
        assert {key: profile[table][key] for key in facts} == facts, table


def test_derived_properties() -> None:
    profile = hw_profiles.parse(EXAMPLE.encode(), "example")
    assert profile.state_step == 2.0**-18
    assert profile.membrane_format == NumberFormat(24, 18, narrow=True)
    assert (profile.membrane_format.min_code, profile.membrane_format.max_code) == (1 - 2**23, 2**23 - 1)


def test_unknown_name() -> None:
    choices = ", ".join(hw_profiles.names())
    with pytest.raises(ValueError, match=rf"^profile must be one of {choices}, .*\.toml file, got 'loihi9'$"):
        hw_profiles.load("loihi9")


def test_file_that_cannot_be_read(tmp_path: Path) -> None:
    for missing in (tmp_path / "absent.toml", str(tmp_path / "absent")):
        with pytest.raises(FileNotFoundError, match="absent"):
            hw_profiles.load(missing)
    with pytest.raises(OSError, match=re.escape(str(tmp_path))):
        hw_profiles.load(tmp_path)


def test_file_that_is_too_large(tmp_path: Path) -> None:
    path = tmp_path / "big.toml"
    path.write_text(EXAMPLE + "#" * 20_000, encoding="utf-8")
    with pytest.raises(ValueError, match=rf"^{re.escape(str(path))}: a profile has at most 16384 bytes, got [\w ]+$"):
        hw_profiles.load(path)


# A table, the key whose line is replaced, the new line, and how the message goes on after the file's name.
EDITS = [
    (
        "membrane",
        "bits",
        "bit = 24",
        "[membrane]: unknown key 'bit'; expected source, status, bits, overflow, signed, ",
    ),
    ("", "vendor", 'vendor = "Intel"\nyear = 2021', "unknown key 'year'; expected name, title, "),
    ("membrane", "bits", "", "[membrane]: missing key 'bits'"),
    ("grid", "status", "", "[grid]: missing key 'status'"),
    ("", "title", "", "missing key 'title'"),
    ("membrane", "bits", 'bits = "24"', "membrane.bits must be an integer, got '24'"),
    ("membrane", "bits", "bits = true", "membrane.bits must be an integer, got True"),
    ("membrane", "bits", "bits = 24.0", "membrane.bits must be an integer, got 24.0"),
    ("membrane", "narrow", "narrow = 1", "membrane.narrow must be true or false, got 1"),
    ("membrane", "bits", "bits = [24]", "membrane.bits must be an integer, got [24]"),
    ("table_fill", "low", "low = true", "table_fill.low must be a number, got True"),
    ("table_fill", "low", 'low = "-2"', "table_fill.low must be a number, got '-2'"),
    ("", "title", "title = 1979-05-27", "title must be a text, got datetime.date(1979, 5, 27)"),
    ("step", "resets", 'resets = "zero"', "step.resets must be a list, got 'zero'"),
    ("step", "resets", "resets = [0]", "step.resets must be a text, got 0"),
    ("step", "resets", "resets = []", "[step]: Step: resets must name at least one reset, got ()"),
    ("step", "resets", 'resets = ["one"]', "[step]: Step: resets must be one of zero, subtract, got 'one'"),
    ("grid", "frac", "frac = 31", "[grid]: Grid: frac must be an integer in 0..30, got 31"),
    ("weight", "bits", "bits = 17", "[weight]: Weight: bits must be an integer in 2..16, got 17"),
    ("weight", "step", "step = 3", "[weight]: Weight: step must be a power of two in 1..16, got 3"),
    ("decay", "max", "max = 8193", "[decay]: Decay: max must be an integer in 1..8192, got 8193"),
    ("decay", "rounding", 'rounding = "up"', "[decay]: Decay: rounding must be one of floor, trunc0, "),
    ("grid", "status", 'status = "sure"', "[grid]: Grid: status must be one of documented, derived, got 'sure'"),
    ("grid", "source", 'source = " "', "[grid]: Grid: source must be a text, got ' '"),
    (
        "table",
        "entries",
        "entries = 200",
        "Profile: a cell of the table must be a power of two of membrane codes ",
    ),
    ("table", "kind", 'kind = "segments"', "[table]: TableShape: entries must be an integer in 2..64, got 256"),
    ("decay", "kind", 'kind = "shift"', "[decay]: Decay: frac is for kinds 'multiply' and 'relax' only, got 12"),
    ("current", "bits", "bits = 33", "[current]: NumberFormat: bits must be an integer in 1..32, got 33"),
    ("membrane", "overflow", 'overflow = "wrap"', "[membrane]: NumberFormat: narrow needs overflow 'saturate', got "),
    ("table_fill", "low", "low = nan", "[table_fill]: TableFill: low must be below high, "),
    ("table_fill", "low", "low = -inf", "[table_fill]: TableFill: low must be below high, "),
    ("table_fill", "high", "high = 1.0", "Profile: table_fill.low must be a multiple of (high - low) / cells = "),
    ("table", "read", 'read = "before_leak"', "Profile: table.read 'before_leak' needs step.order "),
    ("threshold", "bits", "bits = 12", "Profile: a threshold of 1.0 (2**grid.frac) must fit, at most "),
    ("threshold", "shift", "shift = 19", "Profile: a threshold of 1.0 (2**grid.frac) must fit, at most "),
    ("table", "read", "", "Profile: table.read must be given where there is a step, got None"),
    ("table", "symmetric", "symmetric = 1", "table.symmetric must be true or false, got 1"),
    (
        "table",
        "interpolation",
        'interpolation = "linear"',
        "[table]: TableShape: interpolation_bits must be ",
    ),
    (
        "table_fill",
        "sampling",
        'sampling = "right"',
        "[table_fill]: TableFill: sampling must be one of left, ",
    ),
    ("table_value", "frac", "frac = 65", "[table_value]: TableValue: frac must be an integer in -64..64, got 65"),
    (
        "table_value",
        "signed",
        "signed = true",
        "[table_value]: TableValue: negative must be 'refuse' in ",
    ),
    ("step", "max_spikes", "max_spikes = 2", "Profile: step.max_spikes above 1 needs resets of 'subtract' alone, got "),
    (
        "step",
        "max_output_spikes",
        "max_output_spikes = 2",
        "[step]: Step: max_output_spikes must be an integer in 1..1, got 2",
    ),
    ("learning", "rule", 'rule = "backprop"', "[learning]: Learning: rule must be one of none, sum_of_products, "),
    ("decay", "minimum_step", "minimum_step = true", "[decay]: Decay: minimum_step is for kind 'shift' only, got True"),
    ("membrane", "bits", "bits = 19", "Profile: grid.frac must leave room for 1.0 in the membrane, got 262144"),
]


@pytest.mark.parametrize(("table", "key", "replacement", "message"), EDITS, ids=[f"{e[0]}-{e[2]}" for e in EDITS])
def test_profile_with_one_mistake(table: str, key: str, replacement: str, message: str) -> None:
    assert refusal(edited(EXAMPLE, table, key, replacement)).startswith(f"mine.toml: {message}")


def test_table_that_is_missing_or_no_table() -> None:
    without, _, rest = EXAMPLE.partition("[table_value]")
    without += "[learning]" + rest.partition("[learning]")[2]
    assert refusal(without) == "mine.toml: missing key 'table_value'"
    assert refusal("table_value = 3\n" + without) == "mine.toml: [table_value]: must be a table, got 3"
    assert refusal(EXAMPLE.replace("[grid]", "[[grid]]")).startswith("mine.toml: [grid]: must be a table, got [{")
    assert refusal("") == "mine.toml: missing key 'name'"


NOT_TOML = {
    "not-utf8": b"\xff\xfe\x00",
    "binary": b"\x7fELF\x02\x01\x01\x00",
    "cut-short": b"name = ",
    "deep-header": b"[" * 50_000,
    "deep-list": b"x = " + b"[" * 50_000,
    "deep-table": b"x = " + b"{a=" * 9_999,
}


@pytest.mark.parametrize("content", NOT_TOML.values(), ids=NOT_TOML)
def test_content_that_is_not_toml(content: bytes) -> None:
    assert refusal(content).startswith("mine.toml: not valid TOML: ")


# Python refuses to print or read integers of more than 4300 decimal digits, hexadecimal ones it reads.
@pytest.mark.parametrize("number", ["9" * 40, "9" * 4000, "9" * 5000, "0x" + "f" * 5000], ids=len)
@pytest.mark.parametrize(("table", "key"), [("grid", "frac"), ("table_fill", "low")])
def test_huge_integer(table: str, key: str, number: str) -> None:
    message = refusal(edited(EXAMPLE, table, key, f"{key} = {number}"))
    if len(number) != 5000:  # the parser of TOML refuses that one, and knows no tables
        assert table in message
        assert key in message


@pytest.mark.parametrize(
    ("low", "high"), [(-2 + 1 / 256, 2 + 1 / 256), (0.0, 5e-324)], ids=["between-two-cells", "too-small-to-divide"]
)
def test_range_that_cells_do_not_fill(low: float, high: float) -> None:
    text = edited(edited(EXAMPLE, "table_fill", "low", f"low = {low}"), "table_fill", "high", f"high = {high}")
    assert "table_fill" in refusal(text)


NASTY = "0 -1 33 1e999 -0.0 nan '' 'x' [] [[]] {} true 12:30:00 0x7fffffffffffffff"


def test_any_value_anywhere_is_read_or_refused() -> None:
    lines = EXAMPLE.splitlines()
    refusals = []
    for number, line in enumerate(lines):
        key, equals, _ = line.partition(" = ")
        for value in NASTY.split() if equals and key != "source" else ():
            content = "\n".join([*lines[:number], f"{key} = {value}", *lines[number + 1 :]])
            try:
                hw_profiles.parse(content.encode(), "mine.toml")
            except ValueError as error:
                refusals.append((key, str(error)))
    assert len(refusals) > 300
    for key, message in refusals:
        assert re.search(rf"^mine\.toml: (.*\b{key}\b|Profile: )", message), (key, message)


def test_integers_stand_for_whole_numbers() -> None:
    whole = hw_profiles.parse(edited(EXAMPLE, "table_fill", "low", "low = -2").encode(), "whole")
    assert whole == hw_profiles.parse(EXAMPLE.encode(), "example")
    assert type(whole.table_fill.low) is float


def test_loads_without_torch() -> None:
    code = "import spikelut.hw_profiles as p, sys; print(p.load('loihi2').name, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["loihi2", "False"]


def test_a_table_larger_than_the_memory() -> None:
    memory = '\n[memory]\ntable_bits = 1791\nsource = "x"\nstatus = "derived"\n'
    assert refusal(EXAMPLE + memory) == "mine.toml: Profile: the table must fit memory.table_bits, 1791 bits, got 1792"
    hw_profiles.parse((EXAMPLE + memory.replace("1791", "1792")).encode(), "mine.toml")


def test_groups_of_a_neuron_come_together() -> None:
    for table in ("current", "decay", "threshold", "step"):
        head, _, rest = EXAMPLE.partition(f"\n[{table}]")
        without = head + "\n[" + rest.partition("\n[")[2]
        assert refusal(without).startswith("mine.toml: Profile: current, decay, threshold and step must all be given")
