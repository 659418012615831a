"""The tables of README.md are those of the package; test_docs.py runs its code."""

from packages import ROOT

from spikelut import hw_profiles, surrogates

README = (ROOT / "README.md").read_text()


def test_every_surrogate_and_profile_is_listed() -> None:
    for cls in (*surrogates.ALL, *surrogates.ALL_TWO_INPUT):
        assert f"`{cls.__name__}`" in README
    for name in hw_profiles.names():
        assert f"`{name}`" in README
        assert hw_profiles.load(name).title in README


def test_the_pip_commands_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for command in ("-c constraints.txt -e '.[train]' --group dev", "--upgrade 'pip>=25.1'"):
        assert command in makefile
        assert command in README
