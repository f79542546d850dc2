"""Pictures inside a terminal, where it can show them."""

from base64 import b64encode
from collections.abc import Mapping

_ITERM = {"iTerm.app", "WezTerm"}
_COLUMNS = 44
_CHUNK = 4096  # letters that kitty takes at once


def inline(png: bytes, environ: Mapping[str, str]) -> str:
    """Return the escape sequence that shows a PNG in this terminal; "" where none would."""
    data = b64encode(png).decode("ascii")
    if environ.get("TERM_PROGRAM") in _ITERM:
        return f"\x1b]1337;File=inline=1;size={len(png)};width={_COLUMNS}:{data}\x07\n"
    if environ.get("TERM") == "xterm-kitty":
        chunks = [data[i : i + _CHUNK] for i in range(0, len(data), _CHUNK)]
        heads = [f"a=T,f=100,c={_COLUMNS},", *[""] * (len(chunks) - 1)]
        more = [*[1] * (len(chunks) - 1), 0]
        return (
            "".join(
                f"\x1b_G{head}m={go_on};{chunk}\x1b\\"
                for head, go_on, chunk in zip(heads, more, chunks, strict=True)
            )
            + "\n"
        )
    return ""
