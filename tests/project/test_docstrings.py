"""Examples in docstrings: they run and print what they say, and the main public names have one."""

import doctest
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

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
    hw_profiles: "Bias Current Decay Exponential Grid Group Learning Logistic Memory NumberFormat Profile Register "
    "Step TableFill TableShape TableValue Threshold Weight from_dict load names parse",
    quant: "Affine Comparison Comparisons CubaLIF EventLIF FixedPoint FloatLIF FloatRecurrent IF IntegerBias "
    "IntegerConv2d IntegerFlatten IntegerLIF IntegerLinear IntegerNetwork IntegerRepeat IntegerSumPool2d LI LIF "
    "LIFSpec LUTSurrogate QuantConv2d QuantLinear Recurrent Repeat SegmentTable SumPool2d Table TableWarning "
    "TimeDistributed UniformTable compare compare_gradients compile_neurons convert from_integer integer packed_spikes "
    "quantize_state shifted shifted_surrogate spike_trains threshold_levels",
    export: "SpikeCount c_header count_differences for_neurobench from_nir load load_network run_onnx save_network "
    "save_table to_c to_nir to_onnx to_train_step write_whole",
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
    """Each docstring with examples; these know torch, the four packages, and the public names of their own."""
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
