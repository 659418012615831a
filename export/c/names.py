"""Names in C, and texts in its comments."""

import re
from collections.abc import Iterable

from spikelut._checks import require

# fmt: off
C_KEYWORDS = frozenset([
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern",
    "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
    "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while",
])
# Those of C++ and of newer C, which a header that both read must not take either.
CPP_KEYWORDS = frozenset([
    "alignas", "alignof", "and", "and_eq", "asm", "bitand", "bitor", "bool", "catch", "char16_t", "char32_t", "char8_t",
    "class", "co_await", "co_return", "co_yield", "compl", "concept", "const_cast", "consteval", "constexpr",
    "constinit", "decltype", "delete", "dynamic_cast", "explicit", "export", "false", "friend", "mutable", "namespace",
    "new", "noexcept", "not", "not_eq", "nullptr", "operator", "or", "or_eq", "private", "protected", "public",
    "reinterpret_cast", "requires", "static_assert", "static_cast", "template", "this", "thread_local", "throw", "true",
    "try", "typeid", "typename", "typeof", "using", "virtual", "wchar_t", "xor", "xor_eq",
])
# fmt: on
LONGEST = 64
"""Characters of a name: compilers tell identifiers apart by 63 and more, file systems take names of 255 bytes."""


def is_identifier(name: str) -> bool:
    """Whether `name` is an identifier in C."""
    return re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) is not None and name not in C_KEYWORDS


def require_name(who: str, name: object) -> None:
    """ValueError unless `name` can begin all names of a network in C and C++, and those of its files."""
    valid = isinstance(name, str) and is_identifier(name) and name not in (*CPP_KEYWORDS, "main")
    require(valid, who, "name must be a C identifier", name)
    assert isinstance(name, str)  # as was just required
    reserved = "__" in name or re.match(r"_[A-Z]", name) is not None
    require(not reserved, who, "name must not hold __ or begin with _ and a capital, which are the compiler's", name)
    require(len(name) <= LONGEST, who, f"name must have at most {LONGEST} characters", name)
    require(not name.endswith("_test"), who, "name must not end in _test, as the names of self-tests do", name)


def c_name(text: str) -> str:
    """The name nearest to `text` that `require_name` takes."""
    name = re.sub(r"_{2,}", "_", re.sub(r"\W", "_", text, flags=re.ASCII))[:LONGEST]
    if not name.strip("_"):
        return "network"
    if name[0].isdigit() or re.match(r"_[A-Z]", name):
        name = f"n{'' if name[0] == '_' else '_'}{name}"[:LONGEST]
    if name.endswith("_test") or not is_identifier(name) or name in (*CPP_KEYWORDS, "main"):
        name = f"{name[: LONGEST - 4]}_net"
    return name


def suffixes(names: Iterable[str]) -> dict[str, str]:
    """For each of the different `names` a text that can end an identifier; no two are the same."""
    found: dict[str, str] = {}
    for name in names:
        stem = re.sub(r"\W", "_", name, flags=re.ASCII)[:LONGEST]
        taken, number, text = set(found.values()), 1, stem
        while text in taken:
            number += 1
            text = f"{stem}_{number}"
        found[name] = text
    return found


def comment(text: str) -> str:
    """`text` for a comment, which it cannot end or begin anew, nor continue a line."""
    return re.sub(r"[^ -~]|\*/|/\*|\\|\?\?", "?", text)
