"""A runtime in a Python of its own, which answers the questions of `_worker.Worker`. Needs NumPy, and nothing of ours.

Run as `python worker.py URL RUNTIME` in an empty folder, which it may fill. RUNTIME is a function of this file.
"""

import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Arrays = dict[str, Any]
Run = Callable[[Arrays], list[Any]]
MODEL, MLIR, COMPILED = Path("model.onnx"), Path("model.mlir"), Path("model.vmfb")
FLOAT_PRODUCTS = ("session.qdq_matmulnbits_accuracy_level", "1")
"""As in `_in_process`, which this file cannot import."""
MEMORY_SHARE = 0.75
"""Of this machine's memory, that a model may take."""
IREE_OPSET = "18"
"""That its converters are written for; they lack older versions of some operators."""


def onnxruntime(model: bytes, about: dict[str, Any]) -> Run:
    """The installed onnxruntime on the CPU."""
    ort = importlib.import_module("onnxruntime")
    options = ort.SessionOptions()
    options.log_severity_level = 3  # not that it removes what it does not need
    options.add_session_config_entry(*FLOAT_PRODUCTS)
    session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda inputs: list(session.run(about["outputs"], inputs))


def reference(model: bytes, about: dict[str, Any]) -> Run:
    """onnx's reference evaluator."""
    evaluators, onnx = importlib.import_module("onnx.reference"), importlib.import_module("onnx")
    evaluator = evaluators.ReferenceEvaluator(onnx.load_from_string(model))
    return lambda inputs: list(evaluator.run(about["outputs"], inputs))


def openvino(model: bytes, about: dict[str, Any]) -> Run:
    """OpenVINO on the CPU, in float32."""
    core = importlib.import_module("openvino").Core()
    compiled = core.compile_model(core.read_model(model), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})

    def run(inputs: Arrays) -> list[Any]:
        found = compiled(inputs)
        return [np.array(found[compiled.output(i)]) for i in range(len(about["outputs"]))]

    return run


def tract(model: bytes, about: dict[str, Any]) -> Run:
    """tract, optimised."""
    MODEL.write_bytes(model)
    kinds = importlib.import_module("tract.tensor").DatumType
    runnable = importlib.import_module("tract").onnx().load(str(MODEL)).into_model().into_runnable()

    def run(inputs: Arrays) -> list[Any]:
        found = runnable.run([np.ascontiguousarray(inputs[name]) for name in about["inputs"]])
        # It takes int64 for dimensions, which are of a type of its own.
        wide = [name == "int64" for name in about["output_types"]]
        return [(a.convert_to(kinds.I64) if w else a).to_numpy() for a, w in zip(found, wide, strict=True)]

    return run


def iree(model: bytes, about: dict[str, Any]) -> Run:
    """IREE, compiled for this machine's processor."""
    programs = Path(sys.executable).parent
    MODEL.write_bytes(model)
    _program([str(programs / "iree-import-onnx"), str(MODEL), "--opset-version", IREE_OPSET, "-o", str(MLIR)])
    flags = ["--iree-hal-target-backends=llvm-cpu", "--iree-llvmcpu-target-cpu=host"]
    _program([str(programs / "iree-compile"), str(MLIR), *flags, "-o", str(COMPILED)])
    loaded = importlib.import_module("iree.runtime").load_vm_flatbuffer_file(str(COMPILED), driver="local-sync")
    name = next(n for n in loaded.vm_module.function_names if not n.startswith("_") and "$" not in n)

    def run(inputs: Arrays) -> list[Any]:
        found = loaded[name](*[inputs[i] for i in about["inputs"]])
        return list(found) if isinstance(found, list | tuple) else [found]

    return run


def tvm(model: bytes, about: dict[str, Any]) -> Run:
    """Apache TVM (Relax), compiled for this machine's processor."""
    onnx, tvm = (importlib.import_module(name) for name in ("onnx", "tvm"))
    relax, frontend = (importlib.import_module(f"tvm.relax{name}") for name in ("", ".frontend.onnx"))
    module = frontend.from_onnx(onnx.load_from_string(model), keep_params_in_input=False)
    machine = relax.VirtualMachine(tvm.compile(module, target="llvm"), tvm.cpu())

    def run(inputs: Arrays) -> list[Any]:
        found = machine["main"](*[tvm.runtime.tensor(inputs[i]) for i in about["inputs"]])
        return [part.numpy() for part in ([found] if hasattr(found, "numpy") else found)]

    return run


def qonnx(model: bytes, about: dict[str, Any]) -> Run:
    """QONNX's execution of its own operators, node by node."""
    MODEL.write_bytes(model)
    wrapper = importlib.import_module("qonnx.core.modelwrapper").ModelWrapper(str(MODEL))
    wrapper = wrapper.transform(importlib.import_module("qonnx.transformation.infer_shapes").InferShapes())
    execute = importlib.import_module("qonnx.core.onnx_exec").execute_onnx

    def run(inputs: Arrays) -> list[Any]:
        found = execute(wrapper, inputs)
        return [found[name] for name in about["outputs"]]

    return run


def ncnn(model: bytes, about: dict[str, Any]) -> Run:
    """ncnn, for which pnnx converts the model; in float32, which is not its default."""
    ncnn = importlib.import_module("ncnn")
    # Found, not imported: the package would import torch.
    spec = importlib.util.find_spec("pnnx")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pnnx is not installed")
    MODEL.write_bytes(model)
    shapes = ",".join(f"{shape}f32".replace(" ", "") for shape in about["input_shapes"])
    _program([str(Path(spec.submodule_search_locations[0]) / "pnnx"), str(MODEL), f"inputshape={shapes}", "fp16=0"])
    net = ncnn.Net()
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = net.opt.use_bf16_storage = False
    if net.load_param("model.ncnn.param") != 0 or net.load_model("model.ncnn.bin") != 0:
        raise RuntimeError("ncnn lacks a layer of what pnnx wrote")

    def run(inputs: Arrays) -> list[Any]:
        extractor = net.create_extractor()
        for i, name in enumerate(about["inputs"]):
            extractor.input(f"in{i}", ncnn.Mat(np.ascontiguousarray(inputs[name])).clone())
        found = [np.array(extractor.extract(f"out{i}")[1]) for i in range(len(about["outputs"]))]
        return [array.reshape(shape) for array, shape in zip(found, about["output_shapes"], strict=True)]

    return run


def _program(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip() or done.stdout.strip()
        raise RuntimeError(f"{Path(command[0]).name} ended with {done.returncode}: {said}")


def _read(content: bytes) -> tuple[dict[str, Any], Arrays]:
    start = 4 + int.from_bytes(content[:4], "little")
    head, at, arrays = json.loads(content[4:start]), start, {}
    for entry in head["arrays"]:
        count = int(np.prod(entry["shape"], dtype=np.int64))
        array = np.frombuffer(content, entry["type"], count, at)
        arrays[entry["name"]] = array.reshape(entry["shape"])
        at += array.nbytes
    return head, arrays


def _written(error: str, arrays: Arrays) -> bytes:
    entries = [{"name": n, "type": a.dtype.name, "shape": list(a.shape)} for n, a in arrays.items()]
    text = json.dumps({"error": error, "arrays": entries}).encode()
    return b"".join([len(text).to_bytes(4, "little"), text, *(a.tobytes() for a in arrays.values())])


def _end_with(parent: int) -> None:
    """End when the process that started this one has, even in the middle of a long computation."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _limit_memory() -> None:
    """A model that takes too much memory fails here; where that is too much already, this process is ended first."""
    try:
        import resource

        whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        resource.setrlimit(
            resource.RLIMIT_DATA, (int(MEMORY_SHARE * whole), resource.getrlimit(resource.RLIMIT_DATA)[1])
        )
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    except (ImportError, OSError, ValueError):
        pass  # not on this system


def main(url: str, name: str) -> None:
    """Answer questions until there is nobody to ask."""
    _limit_memory()
    threading.Thread(target=_end_with, args=[os.getppid()], daemon=True).start()
    runtime, about, reply = globals()[name], {}, b""
    run: Any = None
    while True:
        with urllib.request.urlopen(url + "next", reply) as response:
            question, arrays = _read(response.read())
        try:
            found: Arrays = {}
            if question["do"] == "load":
                about, run = question, runtime(arrays["model"].tobytes(), question)
            elif question["do"] == "run":
                found = dict(zip(about["outputs"], map(np.asarray, run(arrays)), strict=True))
            reply = _written("", found)
        except (Exception, MemoryError) as error:
            reply = _written(f"{type(error).__name__}: {error}"[:2000], {})


if __name__ == "__main__":
    main(*sys.argv[1:])
