"""The code in README.md runs, and its figures are those of the package."""

import re
from pathlib import Path

import pytest

from spikelut import hw_profiles, surrogates

README = (Path(__file__).parent.parent / "README.md").read_text()


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_python_blocks_run(code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})


def test_every_surrogate_and_profile_is_listed() -> None:
    for cls in (*surrogates.ALL, *surrogates.ALL_TWO_INPUT):
        assert f"`{cls.__name__}`" in README
    for name in hw_profiles.names():
        assert f"`{name}`" in README
        assert hw_profiles.load(name).title in README


def test_the_pip_commands_are_those_of_the_makefile() -> None:
    makefile = (Path(__file__).parent.parent / "Makefile").read_text()
    for command in ("-c constraints.txt -e '.[train]' --group dev", "--upgrade 'pip>=25.1'"):
        assert command in makefile
        assert command in README
