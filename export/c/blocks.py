"""Blocks and loops of C, as lines, and places in arrays."""

from collections.abc import Iterable, Sequence


def block(head: str, body: list[str]) -> list[str]:
    """`body` in braces behind a head."""
    return [f"{head} {{", *(f"    {line}" for line in body), "}"]


def loop(index: str, count: int, body: list[str]) -> list[str]:
    """`body` for each index; once where there is one only."""
    if count == 1:
        return ["{", f"    const int32_t {index} = 0;", *(f"    {line}" for line in body), "}"]
    return block(f"for (int32_t {index} = 0; {index} < {count}; ++{index})", body)


def nest(loops: Sequence[tuple[str, int]], body: list[str]) -> list[str]:
    """`body` in a block of loops, the first of them outermost."""
    for index, count in reversed(loops):
        body = loop(index, count, body)
    return body


def at(terms: Iterable[tuple[str, int]], offset: int = 0) -> str:
    """A place in an array: the sum of each index times its stride."""
    found = [index if stride == 1 else f"{index} * {stride}" for index, stride in terms if stride]
    if offset > 0 or not found:
        found.append(str(offset))
    text = " + ".join(found)
    return f"{text} - {-offset}" if offset < 0 else text


def strides(shape: Sequence[int]) -> list[int]:
    """How far apart the values of each dimension are."""
    found, step = [], 1
    for size in reversed(shape):
        found.append(step)
        step *= size
    return found[::-1]
