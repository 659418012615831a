"""A process that times works of its own and is told by another one what to do: JSON, a line each way."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from bench_rounds import Local

Made = Callable[[], Any]


def serve(works: Mapping[str, Callable[..., Made]], values: Mapping[str, Callable[..., Any]]) -> None:
    """Answer until the other process closes the pipe.

    {"do": "make", "kind", "with"} makes works[kind](**with); {"do": "run", "id", "count"} times it; {"do": "drop"}
    forgets all; {"do": "value", "kind", "with"} gives values[kind](**with). Answers are {"ok": ...} or {"error": ...}.
    """
    # What a library prints must not come between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    made: dict[int, Local] = {}
    for line in sys.stdin:
        try:
            answer = {"ok": _answer(json.loads(line), works, values, made)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


def _answer(request: dict[str, Any], works: Any, values: Any, made: dict[int, Local]) -> Any:
    match request["do"]:
        case "make":
            made[len(made)] = Local(works[request["kind"]](**request["with"]))
            return len(made) - 1
        case "run":
            return made[request["id"]].seconds(request["count"])
        case "value":
            return values[request["kind"]](**request["with"])
        case "drop":
            made.clear()
            return None
        case other:
            raise ValueError(f"do must be make, run, value or drop, got {other!r}")
