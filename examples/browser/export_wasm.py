"""Add model/network.wasm, which the page of one piece runs: the C that `export.to_c` writes, compiled by clang.

Run, after export_model.py: python examples/browser/export_wasm.py [runs/digits]
Needs clang and wasm-ld (Debian's clang and lld), and a network that ends in neurons that spike.
"""

import argparse
import json
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from export_model import HERE, read_run

from spikelut import export, quant

FLAGS = ["--target=wasm32", "-std=c99", "-Oz", "-nostdlib", "-mbulk-memory", "-Wl,--no-entry", "-Wl,--strip-all"]
STATE = re.compile(r"^    uint8_t (spikes_\w+)\[(\d+)\]; /\* scratch: spikes of layer '(\w+)' \*/$", re.MULTILINE)


def layers_of(header: str) -> list[dict[str, Any]]:
    """What the page shows of each layer, as network.mjs has it; ValueError for a network whose output is no spikes."""
    last = re.search(r"output: spikes of layer '(\w+)', \S+ \[(\d+)\]", header)
    if last is None:
        raise ValueError("network must end in neurons that spike")
    hidden = [(name, int(count)) for _, count, name in STATE.findall(header)]
    every = [*hidden, (last[1], int(last[2]))]
    return [{"name": f"spikes.{name}", "layer": name, "spikes": True, "neurons": count} for name, count in every]


def shim(header: str) -> str:
    """C that gives the page one state, and where its input and the spikes of each layer are."""
    where = [(layer, f"state.{member}") for member, _, layer in STATE.findall(header)]
    where.append((layers_of(header)[-1]["layer"], "output"))
    give = '__attribute__((export_name("spikes.{0}"))) void *at_{0}(void) {{ return {1}; }}'
    return "\n".join(
        [
            '#include "net.h"',
            "static net_state state;",
            "static uint8_t input[NET_INPUTS], output[NET_OUTPUTS];",
            '__attribute__((export_name("input"))) void *at_input(void) { return input; }',
            '__attribute__((export_name("inputs"))) int inputs(void) { return NET_INPUTS; }',
            '__attribute__((export_name("reset"))) void reset(void) { net_reset(&state); }',
            '__attribute__((export_name("step"))) int step(void) { return net_step(&state, input, output); }',
            *(give.format(name, place) for name, place in where),
            "",
        ]
    )


def wasm(network: quant.IntegerNetwork) -> tuple[bytes, list[dict[str, Any]]]:
    """The module and its layers; needs clang and wasm-ld (Debian's clang and lld)."""
    linker = next((path for name in ("wasm-ld", "wasm-ld-14") if (path := shutil.which(name))), None)
    if shutil.which("clang") is None or linker is None:
        raise FileNotFoundError("clang and wasm-ld are needed (Debian's clang and lld)")
    with TemporaryDirectory() as name:
        folder = Path(name)
        export.to_c(network, folder, "net")
        header = (folder / "net.h").read_text(encoding="utf-8")
        (folder / "shim.c").write_text(shim(header), encoding="utf-8")
        (folder / "string.h").write_text("typedef __SIZE_TYPE__ size_t; void *memset(void *, int, size_t);\n")
        command = ["clang", *FLAGS, "-isystem", ".", f"-fuse-ld={linker}", "net.c", "shim.c", "-o", "net.wasm"]
        subprocess.run(command, cwd=folder, check=True)
        return (folder / "net.wasm").read_bytes(), layers_of(header)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=Path, default=Path("runs/digits"), help="folder of `spikelut train`")
    parser.add_argument("--out", type=Path, default=HERE / "model", help="folder that export_model.py wrote into")
    given = parser.parse_args()
    module, layers = wasm(read_run(given.run)[0])
    described = given.out / "network.json"
    about = json.loads(described.read_text(encoding="utf-8")) | {"layers": layers}
    export.write_whole(given.out / "network.wasm", module)
    export.write_whole(described, json.dumps(about, separators=(",", ":")) + "\n")
