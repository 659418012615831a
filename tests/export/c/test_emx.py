"""ONNX to C by emx-onnx-cgen, whose templates are compiled once."""

from typing import Any

import jinja2
import onnx
import pytest
from onnx import TensorProto, helper

from spikelut.export.c import emx


def model(operator: str, inputs: int) -> onnx.ModelProto:
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [3, 3]) for name in "xy")
    graph = helper.make_graph([helper.make_node(operator, ["x"] * inputs, ["y"])], "graph", [x], [y])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)


def test_reused_templates_write_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    models = [model("Abs", 1), model("MatMul", 2)]
    compiled: list[str] = []
    plain = jinja2.Environment.compile

    def counted(self: jinja2.Environment, *arguments: Any, **options: Any) -> Any:
        compiled.append(str(arguments[1] if len(arguments) > 1 else ""))
        return plain(self, *arguments, **options)

    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    monkeypatch.setattr(emx, "_reuse_templates", lambda compiler: None)
    expected = [emx.c_model(model, "net", heap=True).source for model in models]
    each_time = len(compiled) // len(models)
    monkeypatch.undo()

    monkeypatch.setattr(emx, "_TEMPLATES", {})
    monkeypatch.setattr(jinja2.Environment, "compile", counted)
    compiled.clear()
    assert [emx.c_model(model, "net", heap=True).source for model in models] == expected
    assert len(compiled) == each_time > 50
    assert len({*expected}) == 2
