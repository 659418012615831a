"""Examples in docstrings: they run and print what they say, and the main public names have one."""

import doctest
import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_origin

import pytest
import torch
from packages import MODULES

from spikelut import export, hw_profiles, plot, quant, surrogates, training

PACKAGES = (surrogates, hw_profiles, quant, export, training, plot)
WITH_EXAMPLES = [m for m, path in MODULES.items() if ">>> " in path.read_text(encoding="utf-8")]


def offered(package: ModuleType) -> str:
    """All names that it imports as themselves, which is how packages here say what they offer, but for types alone."""
    source = Path(str(package.__file__)).read_text(encoding="utf-8")
    names = re.findall(r"^ *from [\w.]+ import (\w+) as \1$", source, re.MULTILINE)
    return " ".join(name for name in names if get_origin(getattr(package, name)) is None)


# Whose docstrings must have an example: of surrogates, which are many and alike, those that a reader meets first.
EXAMPLES: dict[ModuleType, str] = {
    **{package: offered(package) for package in (hw_profiles, quant, export, training, plot)},
    surrogates: "Surrogate spike param by_name name_of Learnable crossing InvSquareGrad2 Arctan Sigmoid SoftSign "
    "PiecewiseQuadratic",
}
NAMED = {package.__name__.rpartition(".")[2]: package for package in PACKAGES}


class Parser(doctest.DocTestParser):
    """Docstrings are Markdown: the fences around an example are no part of what it prints."""

    def parse(self, string: str, name: str = "<string>") -> list[str | doctest.Example]:
        return super().parse(re.sub(r"^ *```\w*$", "", string, flags=re.MULTILINE), name)


class Finder(doctest.DocTestFinder):
    """Functions that a decorator wraps are those of the module they are written in."""

    def _from_module(self, module: ModuleType | None, object: Any) -> bool:
        return module is None or getattr(object, "__module__", module.__name__) == module.__name__


def examples() -> Iterator[doctest.DocTest]:
    """Each docstring with examples; these know torch, the five packages, and the public names of their own."""
    finder = Finder(parser=Parser(), exclude_empty=True)
    for name in WITH_EXAMPLES:
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if (error.name or "").startswith("spikelut"):
                raise
            continue  # an optional package is not there
        package = next((p for p in PACKAGES if f"{name}.".startswith(f"{p.__name__}.")), module)
        yield from (
            t for t in finder.find(module, name, globs={"torch": torch, **NAMED, **vars(package)}) if t.examples
        )


@pytest.mark.parametrize("example", list(examples()), ids=lambda example: example.name)
def test_examples_print_what_they_say(
    example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    results = doctest.DocTestRunner(optionflags=flags).run(example, out=said.append)
    assert results.attempted
    assert not results.failed, "".join(said)


@pytest.mark.parametrize("package", list(EXAMPLES), ids=lambda package: package.__name__)
def test_main_names_have_an_example(package: ModuleType) -> None:
    without = [n for n in EXAMPLES[package].split() if ">>> " not in (getattr(package, n).__doc__ or "")]
    assert without == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_every_docstring_begins_with_a_line_of_its_own(package: ModuleType) -> None:
    texts = {name: inspect.cleandoc(getattr(package, name).__doc__ or "") for name in offered(package).split()}
    wrong = [name for name, text in texts.items() if not re.match(r"[^\n]+[.;](\n\n|$)|[^\n]+\n\n", text)]
    assert wrong == []
