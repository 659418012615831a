"""Optional packages: each extra is named where its package is missing, and nothing else needs any."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from packages import MODULES, PYPROJECT

from spikelut._extras import APART, EXTRAS, TRAIN, MissingPackage, check_train, missing

DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "emx_onnx_cgen": "emx-onnx-cgen",
    "lightning_fabric": "lightning-fabric",
    "yaml": "pyyaml",
}
BROUGHT = {"google": "onnx", "h5py": "nir", "dask": "distributed"}
"""Modules of packages that another one brings."""

BASE = {re.split(r"[>=<]", requirement)[0] for requirement in PYPROJECT["project"]["dependencies"]}


def own(extra: str) -> set[str]:
    """The packages of an extra, without those of the extras it includes."""
    wanted = PYPROJECT["project"]["optional-dependencies"][extra]
    return {re.split(r"[>=<]", requirement)[0] for requirement in wanted if not requirement.startswith("spikelut[")}


def test_the_extras_are_those_of_the_distribution() -> None:
    for module, extra in EXTRAS.items():
        found = BROUGHT.get(module, module)
        assert DISTRIBUTIONS.get(found, found) in own(extra), module
    assert set(EXTRAS.values()) == set(PYPROJECT["project"]["optional-dependencies"])


def test_what_train_brings() -> None:
    wanted = PYPROJECT["project"]["optional-dependencies"]["train"]
    (included,) = (
        re.fullmatch(r"spikelut\[(.*)\]", requirement) for requirement in wanted if "spikelut" in requirement
    )
    assert included is not None
    assert set(TRAIN) == {*included[1].split(","), "train"}


@pytest.mark.parametrize(
    ("hidden", "said"),
    [
        ((), None),
        (("brevitas",), None),  # the one that wants it says so
        (("scipy", "yaml"), None),  # not always needed
        (("brevitas", "yaml"), "brevitas and yaml are needed; run: pip install 'spikelut[train]'"),
    ],
)
def test_all_that_training_lacks_is_named_at_once(
    hidden: tuple[str, ...], said: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in hidden:
        monkeypatch.setitem(sys.modules, module, None)
    if said is None:
        check_train("brevitas", "onnx")
    else:
        with pytest.raises(MissingPackage, match=re.escape(said)):
            check_train("brevitas", "onnx")


def test_dependencies_of_the_developers_are_groups() -> None:
    assert {"bench", "interop", "dev", "docs", "prose", "triton"} == set(PYPROJECT["dependency-groups"])


def test_every_optional_import_is_known() -> None:
    found: set[str] = set()
    for path in MODULES.values():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    optional = found - set(sys.stdlib_module_names) - BASE - {"spikelut"}
    # The worker, and what it builds with hls4ml, run in other environments.
    elsewhere = {"iree", "tvm", "qonnx", "ncnn", "pnnx", "hls4ml", "snntorch"}
    assert optional - elsewhere <= {*EXTRAS, *APART}


def test_other_packages_are_not_ours_to_name() -> None:
    error = ModuleNotFoundError("No module named 'antigravity2'", name="antigravity2")
    assert missing(error, "f") is error


HIDE = """
import sys
class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {hidden!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hidden())
"""

BASE_INSTALL = """
import torch
import spikelut
from spikelut import export, hw_profiles, quant, surrogates
profile = hw_profiles.load("generic8")
curve = surrogates.Arctan(alpha=2.0)
table = quant.Table.from_surrogate(curve, profile)
export.save_table(table, "slope.h")
lut = quant.LUTSurrogate(curve, profile)
x = torch.linspace(-1, 1, 60).reshape(5, 3, 4).requires_grad_()
for layer in (quant.LIF(profile, lut, beta=0.5), quant.LIF(profile, curve, beta=0.5), quant.FloatLIF(curve, beta=0.5)):
    (gradient,) = torch.autograd.grad(layer(x).sum(), x)
    assert gradient.any()
assert quant.compare(curve, profile).max_abs_error <= table.error_bound
assert surrogates.arctan(x).sum() == 30
assert len(hw_profiles.names()) > 10
print("works")
"""

CALLS = """
import torch
from pathlib import Path
from spikelut import export, hw_profiles, quant, surrogates
profile = hw_profiles.load("generic8")
curve = surrogates.Arctan(alpha=2.0)
table = quant.Table.from_surrogate(curve, profile)
comparison = quant.compare(curve, profile)
model = torch.nn.Sequential(quant.LIF(profile, curve, beta=0.5))
network = quant.IntegerNetwork(profile, 4, ())
calls = dict(
    QuantLinear=lambda: quant.QuantLinear, QuantConv2d=lambda: quant.QuantConv2d, EventLIF=lambda: quant.EventLIF,
    Recurrent=lambda: quant.Recurrent, convert=lambda: quant.convert, from_integer=lambda: quant.from_integer,
    to_onnx=lambda: export.to_onnx, load=lambda: export.load, to_train_step=lambda: export.to_train_step,
    plot=lambda: surrogates.plot(curve), comparison_plot=lambda: comparison.plot(),
    to_html=lambda: comparison.to_html("page.html"), to_frame=lambda: comparison.to_frame(),
    save_table=lambda: export.save_table(table, "table.onnx"), run_onnx=lambda: export.run_onnx("x.onnx", x),
    save_network=lambda: export.save_network(network, "net.safetensors"),
    load_network=lambda: export.load_network("net.safetensors"),
    from_nir=lambda: export.from_nir("net.nir"), to_nir=lambda: export.to_nir(model, "net.nir"),
    integer=lambda: quant.integer(model), to_c=lambda: export.to_c("net.onnx", "folder", "net"),
)
x = torch.zeros(2, 1, 4).numpy()
for name in {names!r}:
    try:
        calls[name]()
    except ImportError as error:
        print(name, type(error).__name__, error)
    else:
        print(name, "nothing")
"""


def run(hidden: tuple[str, ...], code: str, folder: Path) -> list[str]:
    """The lines that `code` prints in a Python that lacks some packages."""
    program = HIDE.format(hidden=hidden) + code
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=folder, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_surrogates_profiles_tables_and_neurons_need_no_extra(tmp_path: Path) -> None:
    assert run((*EXTRAS, *APART), BASE_INSTALL, tmp_path) == ["works"]


# With everything missing, the first that is wanted; with fewer missing, the later ones.
CASES: dict[tuple[str, ...], dict[str, str]] = {
    (*EXTRAS, *APART): {
        "QuantLinear": "QuantLinear: brevitas qat",
        "QuantConv2d": "QuantConv2d: brevitas qat",
        "EventLIF": "EventLIF: brevitas qat",
        "Recurrent": "Recurrent: brevitas qat",
        "convert": "convert: brevitas qat",
        "from_integer": "from_integer: brevitas qat",
        "to_onnx": "to_onnx: onnx export",
        "load": "load: onnx export",
        "to_train_step": "to_train_step: onnx export",
        "plot": "plot: matplotlib plot",
        "comparison_plot": "Comparison.plot: matplotlib plot",
        "to_html": "Comparison.to_html: matplotlib plot",
        "to_frame": "Comparison.to_frame: pandas -",
        "save_table": "save_table: onnx export",
        "run_onnx": "run_onnx: onnx export",
        "save_network": "save_network: safetensors export",
        "load_network": "load_network: safetensors export",
        "from_nir": "from_nir: nir nir",
        "to_nir": "to_nir: nir nir",
        "to_c": "to_c: onnx export",
    },
    ("onnxruntime",): {"run_onnx": "run_onnx: onnxruntime export"},
    ("jinja2", "h5py", "brevitas"): {
        "to_html": "Comparison.to_html: jinja2 plot",
        "from_nir": "from_nir: h5py nir",
        "to_nir": "to_nir: h5py nir",
        "integer": "integer: brevitas qat",
    },
}


@pytest.mark.parametrize("hidden", CASES, ids=len)
def test_a_missing_package_is_one_line_that_names_its_extra(hidden: tuple[str, ...], tmp_path: Path) -> None:
    expected = []
    for name, text in CASES[hidden].items():
        who, module, extra = text.split()
        what = module if extra == "-" else f"'spikelut[{extra}]'"
        expected.append(f"{name} MissingPackage {who} {module} is needed; run: pip install {what}")
    (tmp_path / "net.nir").write_bytes(b"\x89HDF\r\n\x1a\n")
    (tmp_path / "net.safetensors").touch()
    assert run(hidden, CALLS.format(names=list(CASES[hidden])), tmp_path) == expected


COMMANDS = {
    ("profiles",): None,
    ("table", "arctan", "--profile", "reckon"): None,
    ("train",): "",
    ("export", "net.safetensors", "--out", "net.onnx"): "onnx",
    ("verify", "net.onnx"): "onnx",
    ("compare", "arctan", "--profile", "reckon", "--out", "page.html"): "matplotlib",
    ("sweep",): "joblib",
}

COMMAND_LINE = """
from spikelut.cli._app import run
for arguments in {commands!r}:
    print("#", run(list(arguments)), flush=True)
"""


def test_a_missing_package_at_the_command_line(tmp_path: Path) -> None:
    program = HIDE.format(hidden=(*EXTRAS, *APART)) + COMMAND_LINE.format(commands=list(COMMANDS))
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, timeout=120
    )
    parts = re.split(r"^# (\d)\n", done.stdout, flags=re.MULTILINE)
    for (arguments, module), text, code in zip(COMMANDS.items(), parts[::2], parts[1::2], strict=False):
        if module is None:
            assert code == "0", text
        else:
            line = rf"spikelut: ([\w.]+: )?{module} is needed; run: pip install 'spikelut\[{EXTRAS.get(module)}\]'\n"
            if module == "":  # several at once
                names = r"brevitas, onnx, onnxruntime, safetensors, matplotlib, jinja2, \w+, .* and yaml"
                line = rf"spikelut: {names} are needed; run: pip install 'spikelut\[train\]'\n"
            # An older rich ends its progress with an empty line.
            assert (code, bool(re.fullmatch(line, text.lstrip("\n")))) == ("2", True), (arguments, text)
    assert len(parts) == 2 * len(COMMANDS) + 1
    assert list(tmp_path.iterdir()) == []
