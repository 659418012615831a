"""ONNX models as C99, by emx-onnx-cgen."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import onnx
from google.protobuf.message import Message
from onnx import helper, numpy_helper

from spikelut._checks import require
from spikelut.export.onnx_graph.safe_load import inside

C_TYPES = {
    "uint8": "uint8_t",
    "int8": "int8_t",
    "int32": "int32_t",
    "int64": "int64_t",
    "float32": "float",
    "bool": "bool",
}
SAFE = re.compile(r"[\w.:/-]*", re.ASCII)
"""Names that can be put into a comment."""


@dataclass(frozen=True)
class CModel:
    """A model in C: `source` is self-contained; `prototype` is its one function, inputs first, then outputs."""

    source: str
    prototype: str


def c_model(model: onnx.ModelProto, name: str, *, heap: bool) -> CModel:
    """The function `name` that computes `model`, whose dimensions are all known.

    `heap`: temporaries of more than 1 kB are allocated there; if not, all are on the stack. Raises ValueError where an
    operator is not supported or a name could end the comment it is put into, ImportError without emx-onnx-cgen.
    """
    from emx_onnx_cgen.compiler import Compiler, CompilerOptions
    from emx_onnx_cgen.errors import CodegenError, ShapeInferenceError, UnsupportedOpError

    bare = _bare(model, name)
    options = CompilerOptions(model_name=name, large_temp_threshold_bytes=1024 if heap else 0, large_weight_threshold=0)
    compiler = Compiler(options)
    _reuse_templates(compiler)
    try:
        source = compiler.compile(bare)
    except (CodegenError, ShapeInferenceError, UnsupportedOpError) as error:
        raise ValueError(f"emx-onnx-cgen: {' '.join(str(error).split())}") from None
    found = re.search(rf"^void {re.escape(name)}\([^)]*\)(?= \{{)", source, re.MULTILINE)
    require(found is not None, "emx-onnx-cgen", f"must give one function {name}", source[-80:])
    assert found is not None  # as was just required
    return CModel(source, found.group())


_TEMPLATES: dict[str, tuple[str, Any]] = {}
"""The compiled templates of emx-onnx-cgen by key, each with the checksum of its text."""


def _reuse_templates(compiler: Any) -> None:
    """Have it compile its templates once in a process, not for each model, which takes a second.

    Where its environment no longer lies under these private names, nothing but time is lost.
    """
    from jinja2 import BytecodeCache, Environment
    from jinja2.bccache import Bucket

    class InMemory(BytecodeCache):
        def load_bytecode(self, bucket: Bucket) -> None:
            checksum, code = _TEMPLATES.get(bucket.key, ("", None))
            bucket.code = code if checksum == bucket.checksum else None

        def dump_bytecode(self, bucket: Bucket) -> None:
            _TEMPLATES[bucket.key] = bucket.checksum, bucket.code

    environment = getattr(getattr(compiler, "_emitter", None), "_env", None)
    if isinstance(environment, Environment):
        environment.bytecode_cache = InMemory()


def _bare(model: onnx.ModelProto, name: str) -> onnx.ModelProto:
    """A copy without texts, called `name`, and with harmless names.

    The compiler puts names and attributes into comments as they are: one that ends the comment could be C, and be run.
    """
    bare = onnx.ModelProto()
    bare.CopyFrom(model)
    bare.graph.name = name
    del bare.metadata_props[:]
    for attribute in inside(bare, onnx.AttributeProto):
        for tensor in [attribute.t] if attribute.HasField("t") else attribute.tensors:
            # As numbers, because bytes are shown as characters.
            values = numpy_helper.to_array(tensor)
            require(
                values.dtype.name in C_TYPES, "c_model", f"constants must be {', '.join(C_TYPES)}", values.dtype.name
            )
            numbers = helper.make_tensor(tensor.name, tensor.data_type, values.shape, values.ravel().tolist())
            tensor.CopyFrom(numbers)
    for message in inside(bare, Message):
        if "doc_string" in message.DESCRIPTOR.fields_by_name:
            message.ClearField("doc_string")
        for text in _texts(message):
            require(SAFE.fullmatch(text) is not None, "c_model", "names must be of letters, digits and _ . : / -", text)
    return bare


def _texts(message: Any) -> Iterator[str]:
    """The texts that a message holds itself; of bytes, those of attributes."""
    kinds = (str, bytes) if isinstance(message, onnx.AttributeProto) else str
    for field, value in message.ListFields():
        if field.message_type is None:
            several = not isinstance(value, str | bytes | int | float)
            texts = value if several else [value]
            # A field has one type, so that the first tells about all.
            if isinstance(texts[0], kinds):
                yield from (text.decode(errors="replace") if isinstance(text, bytes) else text for text in texts)
