"""Every single value of a JSON text replaced by what should not be there, taken out, or joined by another."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

BAD: tuple[Any, ...] = (
    None,
    True,
    False,
    "",
    "evil",
    [],
    {},
    [1],
    float("nan"),
    float("inf"),
    -float("inf"),
    10**30,
    2**31,
    -1,
    0,
    1,
    0.0,
    0.5,
    3,
    64,
)


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value in `data`, of containers as well."""
    if path:
        yield path
    items: Any = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from places(value, (*path, key))


def at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of `data` with another value at `path`."""
    made = copy.deepcopy(data)
    at(made, path[:-1])[path[-1]] = value
    return made


def without(data: Any, path: tuple[Any, ...]) -> Any:
    """A copy of `data` that lacks what is at `path`."""
    made = copy.deepcopy(data)
    del at(made, path[:-1])[path[-1]]
    return made


def with_more(data: Any, path: tuple[Any, ...]) -> Any:
    """A copy of `data` with one entry more in the container at `path`."""
    made = copy.deepcopy(data)
    container = at(made, path)
    if isinstance(container, dict):
        container["more"] = 1
    else:
        container.append(1)
    return made


def always() -> bool:
    return True


def changes(data: Any, chosen: Callable[[], bool] = always) -> Iterator[tuple[str, Any]]:
    """Every changed form of `data` that is `chosen`, which is asked once for each, and what was changed."""
    for path in places(data):
        here = at(data, path)
        name = ".".join(map(str, path))
        for value in BAD:
            if (type(value) is not type(here) or value != here) and chosen():
                yield f"{name} = {value!r}", with_value(data, path, value)
        if chosen():
            yield f"{name} is missing", without(data, path)
        if isinstance(here, dict | list) and chosen():
            yield f"{name} has more", with_more(data, path)
    if chosen():
        yield "more", with_more(data, ())
