"""Examples in docstrings: they run and print what they say, and the main public names have one."""

import doctest
import importlib
import re
from collections.abc import Iterator
from types import ModuleType

import pytest
import torch
from packages import MODULES

from spikelut import export, hw_profiles, quant, surrogates

PACKAGES = (surrogates, hw_profiles, quant, export)
WITH_EXAMPLES = [m for m, path in MODULES.items() if ">>> " in path.read_text(encoding="utf-8")]

# The names that a reader meets first. `EXAMPLES[package]` are those whose docstrings must have an example.
EXAMPLES: dict[ModuleType, str] = {
    surrogates: "Surrogate spike param by_name name_of Learnable crossing InvSquareGrad2 Arctan Sigmoid SoftSign "
    "PiecewiseQuadratic",
}


class Parser(doctest.DocTestParser):
    """Docstrings are Markdown: the fences around an example are no part of what it prints."""

    def parse(self, string: str, name: str = "<string>") -> list[str | doctest.Example]:
        return super().parse(re.sub(r"^ *```\w*$", "", string, flags=re.MULTILINE), name)


def examples() -> Iterator[doctest.DocTest]:
    """Each docstring with examples; these know torch and the public names of their package."""
    finder = doctest.DocTestFinder(parser=Parser(), exclude_empty=True)
    for name in WITH_EXAMPLES:
        module = importlib.import_module(name)
        package = next((p for p in PACKAGES if f"{name}.".startswith(f"{p.__name__}.")), module)
        yield from (t for t in finder.find(module, name, globs={"torch": torch, **vars(package)}) if t.examples)


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: example.name)
def test_examples_print_what_they_say(example: doctest.DocTest) -> None:
    said: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    results = doctest.DocTestRunner(optionflags=flags).run(example, out=said.append)
    assert results.attempted
    assert not results.failed, "".join(said)


@pytest.mark.parametrize("package", list(EXAMPLES), ids=lambda package: package.__name__)
def test_main_names_have_an_example(package: ModuleType) -> None:
    without = [n for n in EXAMPLES[package].split() if ">>> " not in (getattr(package, n).__doc__ or "")]
    assert without == []
