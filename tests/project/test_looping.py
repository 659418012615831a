"""Values that a test goes through by itself: all of them are tried, and those that fail are named."""

import pytest
from looping import each


def test_all_values_are_tried_and_the_failing_ones_are_named() -> None:
    tried = []

    @each("x", range(9))
    @each(("y", "z"), [(1, 2), (3, 4)])
    def below_five(x: int, y: int, z: int) -> None:
        tried.append((x, y, z))
        assert x < 5

    with pytest.raises(AssertionError) as caught:
        below_five()
    assert tried == [(x, y, y + 1) for x in range(9) for y in (1, 3)]
    assert caught.value.__notes__ == [
        "with y=1, z=2; 2 of 2 fail, also with\n  y=3, z=4",
        "with x=5; 4 of 9 fail, also with\n  x=6\n  x=7\n  x=8",
    ]


def test_what_did_not_raise_is_a_failure() -> None:
    @each("x", ["1", "two"])
    def refused(x: str) -> None:
        with pytest.raises(ValueError, match="invalid literal"):
            int(x)

    with pytest.raises(pytest.fail.Exception) as caught:
        refused()
    assert caught.value.__notes__ == ["with x=1; 1 of 2 fail"]


def test_skipping_some_is_refused() -> None:
    @each("x", [1])
    def skips(x: int) -> None:
        pytest.skip("no tool")

    with pytest.raises((RuntimeError, pytest.skip.Exception)) as caught:
        skips()
    assert str(caught.value).startswith("each: a test that skips some of its values needs pytest.mark.parametrize")


def test_no_values_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^each: values of x must not be empty$"):
        each("x", [])


@each("x", [1, 2])
@pytest.mark.parametrize("y", [3])
def test_beside_fixtures_and_parametrisation(x: int, y: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert x < y
    assert tmp_path_factory
