"""Texts of others, as names of files and what files say, made fit to be shown."""


def printable(text: object, keep: str = "") -> str:
    """`text` with the escape of every character that cannot be seen in its place, but for blanks and those of `keep`.

    So control sequences do nothing to a terminal, and a line stays one.
    """
    shown = str(text)
    if shown.isprintable():
        return shown
    return "".join(c if c.isprintable() or c in keep else c.encode("unicode_escape").decode() for c in shown)


def label(text: object, most: int = 80) -> str:
    """`text` for matplotlib, cut to so many characters, none of which is a sign of formulas."""
    shown = printable(text)
    return (shown if len(shown) <= most else f"{shown[: most - 1]}…").replace("$", r"\$")


def comment(text: object) -> str:
    """`text` for a comment in C or Verilog, which it cannot end: ASCII in one line."""
    return "".join(c if " " <= c <= "~" else "?" for c in str(text)).replace("*/", "??").replace("\\", "?")
