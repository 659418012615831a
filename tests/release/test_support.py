"""The tables of docs/support.md: a part of what they say is found anew, and what they leave out is refused."""

import json

import pytest
from support import FILE, KINDS, TARGETS, agrees, found, network_of

from spikelut import hw_profiles

HINT = "python tests/helpers/release/support.py makes docs/support.json anew"
SAID = json.loads(FILE.read_text(encoding="utf-8"))


def test_every_kind_and_profile_is_told_of() -> None:
    assert list(SAID) == list(KINDS)
    assert {name for profiles in SAID.values() for name in profiles} == {
        name for name in hw_profiles.names() if hw_profiles.load(name).step is not None
    }
    assert set(SAID["LIF"]["loihi2"]) == set(TARGETS)


@pytest.mark.parametrize("kind", KINDS)
def test_profiles_have_the_kinds_that_are_told(kind: str) -> None:
    has = [name for name in hw_profiles.names() if network_of(kind, hw_profiles.load(name)) is not None]
    assert has == list(SAID[kind]), HINT


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("LIF", "reckon"),
        ("CubaLIF", "xylo"),
        ("AdaptiveLIF", "generic8"),
        ("EventLIF", "odin"),
        ("SigmaDelta", "loihi2"),
    ],
)
def test_files_hold_what_is_told(kind: str, name: str) -> None:
    assert found([kind], [name], ("integer", "flat", "NIR"))[kind][name] == [
        target for target in ("integer", "flat", "NIR") if target in SAID[kind][name]
    ]


def test_a_file_that_gives_something_else_is_no_refusal(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    import support

    model = network_of("LIF", hw_profiles.load("loihi2"))
    assert model is not None
    ran = support._ran
    monkeypatch.setattr(support, "_ran", lambda *given: {name: 1 - v for name, v in ran(*given).items()})
    with pytest.raises(AssertionError, match="different"):
        agrees(model, "integer", tmp_path)  # type: ignore[arg-type]
