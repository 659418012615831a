"""The packages: where they lie, what they may import, and the names they offer."""

import ast
from graphlib import TopologicalSorter

import pytest
from packages import FOLDERS, MODULES, PYPROJECT, ROOT, SETUPTOOLS
from private_names import private_uses

import spikelut

# What all packages may use: checks, whole files, pages; those that load torch, its private names.
GROUND = {
    "spikelut._aside",
    "spikelut._backend",
    "spikelut._callables",
    "spikelut._checks",
    "spikelut._defaults",
    "spikelut._extras",
    "spikelut._files",
    "spikelut._gradients",
    "spikelut._html",
    "spikelut._lazy",
    "spikelut._notebook",
    "spikelut._text",
    "spikelut._torch",
}
# The rooms of `quant`, in the order of the street, each with those it stands on.
ROOMS = {
    "arithmetic": "",
    "tables": "arithmetic",
    "dynamics": "arithmetic",
    "codegen": "arithmetic tables dynamics codegen.chips",
    "codegen.chips": "arithmetic codegen chips.reckon",
    "backends": "arithmetic tables dynamics codegen",
    "weights": "arithmetic",
    "neurons": "arithmetic tables dynamics backends weights neurons.adaptive",
    "neurons.adaptive": "arithmetic tables dynamics backends weights neurons",
    "network": "arithmetic tables dynamics weights neurons network.delays network.events network.shapes"
    " network.summary",
    "network.delays": "arithmetic network",
    "network.events": "arithmetic tables dynamics weights network",
    "network.shapes": "network",
    "network.summary": "arithmetic dynamics network network.delays network.events",
    "wiring": "weights",
    "reading": "arithmetic tables dynamics weights neurons network network.events network.shapes network.summary "
    "wiring",
    "folding": "dynamics weights neurons reading wiring",
    "calibration": "arithmetic tables dynamics backends weights neurons wiring",
    "conversion": "arithmetic tables dynamics backends weights neurons network reading wiring"
    " neurons.adaptive network.delays calibration conversion.making conversion.nearest conversion.result"
    " conversion.widths",
    "conversion.making": "neurons network.delays weights wiring conversion",
    "conversion.nearest": "arithmetic dynamics neurons weights conversion",
    "conversion.result": "arithmetic backends neurons reading tables wiring calibration conversion conversion.making",
    "conversion.widths": "conversion conversion.making conversion.result wiring",
    "comparison": "tables backends weights",
    "costs": "arithmetic tables dynamics network network.delays network.events network.shapes",
    "chips": "arithmetic",
    "chips.reckon": "arithmetic",
    "learning": "arithmetic tables dynamics backends weights neurons network chips.reckon",
}
BACKENDS = ("eager", "native", "triton")
COMMANDS = ("train", "sweep", "tables", "deploy")
EXPORT = (
    "onnx_graph",
    "onnx_graph.layers",
    "onnx_graph.learning",
    "train_step",
    "nir",
    "lava",
    "c",
    "c.delays",
    "c.events",
    "hls4ml",
    "program",
    "runtimes",
    "verilog",
    "verilog.cores",
)

BASE = {"spikelut.surrogates", "spikelut.hw_profiles", "spikelut.native"}
KINDS = {f"spikelut.quant.dynamics.{room}" for room in ("adaptive", "graded", "refractory", "windows")}
QUANT = {"spikelut.quant", *KINDS, *(f"spikelut.quant.{room}" for room in ROOMS)}
CLI_ROOMS = ("options", "data", "networks", "runs")
CLI = {f"spikelut.cli.{room}" for room in ("shared", *CLI_ROOMS, "activity", "train")}
TRAINING_ROOMS = (
    "",
    ".data",
    ".data.files",
    ".objectives",
    ".fitting",
    ".fitting.checkpoints",
    ".fitting.tuning",
    ".on_chip",
    ".runs",
)
TRAINING = {f"spikelut.training{room}" for room in TRAINING_ROOMS}
LIBRARY = {
    "spikelut",
    "spikelut.surrogates",
    "spikelut.hw_profiles",
    *QUANT,
    "spikelut.export",
    *(f"spikelut.export.{room}" for room in EXPORT),
}


def rooms(names: str) -> set[str]:
    """The packages of these rooms of `quant`; of backends, all of them."""
    found = {f"spikelut.quant.{name}" for name in names.split()}
    found |= KINDS if "dynamics" in names.split() else set()
    inner = {f"spikelut.quant.backends.{name}" for name in BACKENDS}
    return found | inner if "backends" in names else found


# Each package with those it may import besides.
ALLOWED: dict[str, set[str]] = {
    "spikelut": {"spikelut.native"},
    "spikelut.native": set(),
    "spikelut.surrogates": {"spikelut.native"},
    "spikelut.hw_profiles": set(),
    "spikelut.quant": QUANT,
    **{f"spikelut.quant.{room}": BASE | rooms(below) for room, below in ROOMS.items()},
    "spikelut.quant.dynamics": BASE | rooms("arithmetic") | KINDS,
    **{kind: BASE | rooms("arithmetic dynamics") for kind in KINDS},
    "spikelut.quant.backends": BASE | rooms("arithmetic tables dynamics codegen backends"),
    **{
        f"spikelut.quant.backends.{name}": BASE | rooms("arithmetic tables dynamics codegen backends")
        for name in BACKENDS
    },
    "spikelut.export": LIBRARY - {"spikelut"},
    "spikelut.export.onnx_graph": BASE | QUANT | {"spikelut.export", "spikelut.export.onnx_graph.layers"},
    "spikelut.export.onnx_graph.learning": BASE | QUANT | {"spikelut.export.onnx_graph"},
    "spikelut.export.onnx_graph.layers": BASE | QUANT | {"spikelut.export.onnx_graph"},
    "spikelut.export.train_step": BASE | QUANT | {"spikelut.export.onnx_graph"},
    "spikelut.export.nir": BASE | QUANT | {"spikelut.export"},
    "spikelut.export.lava": BASE | QUANT | {"spikelut.export"},
    "spikelut.export.c": BASE
    | QUANT
    | {f"spikelut.export{room}" for room in ("", ".onnx_graph", ".runtimes", ".c.delays", ".c.events")},
    "spikelut.export.c.delays": BASE | QUANT | {"spikelut.export.c"},
    "spikelut.export.c.events": BASE | QUANT | {"spikelut.export.c"},
    "spikelut.export.hls4ml": BASE | QUANT | {f"spikelut.export{room}" for room in ("", ".c", ".runtimes")},
    "spikelut.export.program": BASE | QUANT,
    "spikelut.export.runtimes": QUANT | {f"spikelut.export{room}" for room in ("", ".onnx_graph", ".c", ".verilog")},
    "spikelut.export.verilog": BASE | QUANT | {"spikelut.export.c", "spikelut.export.verilog.cores"},
    "spikelut.export.verilog.cores": BASE | QUANT,
    "spikelut.plot": LIBRARY - {"spikelut"},
    "spikelut.training": TRAINING,
    "spikelut.training.data": LIBRARY | {"spikelut.training.data.files"},
    "spikelut.training.data.files": set(),
    "spikelut.training.objectives": LIBRARY | {"spikelut.training.data"},
    "spikelut.training.fitting": LIBRARY | TRAINING - {"spikelut.training"},
    "spikelut.training.fitting.checkpoints": LIBRARY | {"spikelut.training.fitting"},
    "spikelut.training.fitting.tuning": LIBRARY | {"spikelut.training.fitting"},
    "spikelut.training.on_chip": LIBRARY | TRAINING - {"spikelut.training"},
    "spikelut.training.runs": LIBRARY,
    "spikelut.cli": LIBRARY | {"spikelut.plot"} | TRAINING | CLI | {f"spikelut.cli.{command}" for command in COMMANDS},
    "spikelut.cli.shared": LIBRARY | TRAINING,
    **{f"spikelut.cli.{room}": LIBRARY | TRAINING | {"spikelut.cli.shared"} for room in CLI_ROOMS},
    "spikelut.cli.activity": LIBRARY | {"spikelut.plot"} | TRAINING,
    "spikelut.cli.runs": LIBRARY | TRAINING | {"spikelut.cli.shared", "spikelut.cli.options"},
    **{f"spikelut.cli.{command}": LIBRARY | TRAINING | CLI for command in COMMANDS},
}


def package_of(module: str) -> str:
    """The longest package name that `module` lies in."""
    return max((p for p in ALLOWED if module == p or module.startswith(p + ".")), key=len)


def imports(module: str) -> set[str]:
    """What `module` imports, at any depth of its code; from a package, the module of that name if there is one."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            names.update(inner & MODULES.keys() or {node.module})
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            names.update(str(a.value) for a in node.args if isinstance(a, ast.Constant))
    return names


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="an unpacked source distribution holds no links")
def test_links_are_the_package_dir_mapping() -> None:
    links = {f"spikelut.{p.name}": str(p.readlink()) for p in (ROOT / "spikelut").iterdir() if p.is_symlink()}
    assert links == {package: f"../{folder}" for package, folder in SETUPTOOLS["package-dir"].items()}


def test_folders_are_the_packages() -> None:
    names = {folder: package for package, folder in FOLDERS.items()}
    found = []
    for top in ROOT.iterdir():
        if top.name.startswith(".") or top.name in ("build", "dist"):
            continue
        for init in top.rglob("__init__.py"):
            folder = init.parent.relative_to(ROOT)
            found.append(".".join([names.get(folder.parts[0], folder.parts[0]), *folder.parts[1:]]))
    assert sorted(found) == sorted(SETUPTOOLS["packages"])
    assert set(ALLOWED) == set(found)


def test_public_names_of_the_package() -> None:
    assert {name for name in vars(spikelut) if name.endswith("_backend")} - {"_backend"} == {
        "get_backend",
        "set_backend",
    }


def test_version() -> None:
    assert spikelut.__version__ == PYPROJECT["project"]["version"]


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_one_way(module: str) -> None:
    package = package_of(module)
    used = {n for n in imports(module) if n.split(".")[0] == "spikelut"} - GROUND
    allowed = {"spikelut.cli"} if module == "spikelut.__main__" else ALLOWED[package]
    assert {package_of(name) for name in used} - {package} <= allowed
    assert not {n for n in imports(module) if n.split(".")[0] in SETUPTOOLS["package-dir"].values()}


def test_no_two_files_import_each_other() -> None:
    order = TopologicalSorter({module: imports(module) & MODULES.keys() for module in MODULES}).static_order()
    assert set(MODULES) <= set(order)


def importers(*distributions: str) -> set[str]:
    return {m for m in MODULES if any(name.split(".")[0] in distributions for name in imports(m))}


def test_heavy_packages_are_imported_in_one_place() -> None:
    in_weights = {"layers", "on_grid", "delayed_linear"}
    assert importers("brevitas") == {f"spikelut.quant.weights.{name}" for name in in_weights}
    graphs = importers("onnx", "onnxruntime", "onnxscript", "onnx_ir")
    assert {package_of(module).split(".")[1] for module in graphs} == {"export"}
    torch_users = importers("torch") | {m for m in MODULES if "spikelut._torch" in imports(m)}
    assert not {m for m in torch_users if package_of(m) == "spikelut.hw_profiles"}


def test_private_names_of_torch_are_read_in_one_module() -> None:
    found = {m: uses for m, path in MODULES.items() if (uses := private_uses(path.read_text(encoding="utf-8")))}
    assert set(found) == {"spikelut._torch"}, "have spikelut._torch read it, guarded"
