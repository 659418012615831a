"""Many values in one test: for those whose ids nobody would choose by `pytest -k`."""

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

FAILURES = (Exception, pytest.fail.Exception)
SHOWN = 20


def shown(value: Any) -> str:
    """A profile, a class or a function by its name."""
    return str(getattr(value, "name", None) or getattr(value, "__name__", None) or value)


def each(names: str | tuple[str, ...], values: Iterable[Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """`pytest.mark.parametrize` in a single item: the test runs with all values, whichever of them fail.

    The first failure is raised, with a note that names its values and the others that failed. What a fixture gives is
    the same for all values.
    """
    arguments = (names,) if isinstance(names, str) else names
    cases = [dict(zip(arguments, (v,) if isinstance(names, str) else v, strict=True)) for v in values]
    if not cases:
        raise ValueError(f"each: values of {', '.join(arguments)} must not be empty")

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(test)

        @functools.wraps(test)
        def run(**given: Any) -> None:
            first, failed = None, []
            for case in cases:
                try:
                    test(**given, **case)
                except pytest.skip.Exception:
                    raise RuntimeError(
                        "each: a test that skips some of its values needs pytest.mark.parametrize"
                    ) from None
                except FAILURES as error:
                    first = first or error
                    failed.append(", ".join(f"{name}={shown(value)}" for name, value in case.items()))
            if first is not None:
                more = "".join(f"\n  {text}" for text in failed[1:SHOWN])
                first.add_note(
                    f"with {failed[0]}; {len(failed)} of {len(cases)} fail" + (f", also with{more}" if more else "")
                )
                raise first

        kept = [p for p in signature.parameters.values() if p.name not in arguments]
        run.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]  # what pytest reads
        return run

    return decorate
