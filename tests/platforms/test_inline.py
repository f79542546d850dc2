import re
from base64 import b64decode

import pytest

from liqbot.platforms._inline import inline

PNG = bytes(range(256)) * 40


@pytest.mark.parametrize("program", ["iTerm.app", "WezTerm"])
def test_some_terminals_take_a_picture_whole(program: str) -> None:
    shown = inline(PNG, {"TERM_PROGRAM": program})
    (found,) = re.findall(r"\x1b\]1337;File=inline=1;size=10240;width=44:(.*)\x07\n", shown)
    assert b64decode(found) == PNG


def test_kitty_takes_it_in_chunks_of_which_the_last_says_so() -> None:
    shown = inline(PNG, {"TERM": "xterm-kitty"})
    found = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", shown)
    assert [head for head, _ in found] == ["a=T,f=100,c=44,m=1", "m=1", "m=1", "m=0"]
    assert all(len(chunk) <= 4096 for _, chunk in found)
    assert b64decode("".join(chunk for _, chunk in found)) == PNG


def test_other_terminals_show_nothing() -> None:
    assert inline(PNG, {"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}) == ""
    assert inline(PNG, {}) == ""
