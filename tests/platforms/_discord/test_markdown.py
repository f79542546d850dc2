"""What a reader of Discord sees is what was written, whatever that was."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.richtext import Bold, Code, Dim, RichText, units
from liqbot.platforms._discord.markdown import markdown

HOSTILE = st.text(
    st.one_of(st.sampled_from("*_~`|\\<>[]()#-+@:./!&1a \n"), st.characters(codec="utf-16")),
    max_size=40,
)
SPANS = st.one_of(HOSTILE, *(st.builds(kind, HOSTILE) for kind in (Bold, Code, Dim)))
TEXTS = st.lists(st.lists(SPANS, max_size=4).map(tuple), max_size=6).map(tuple)
# Each as Discord's own clients look for it, once escapes are gone.
MARKUP = {
    "emphasis": r"[*_~`|]",
    "quote": r"(?m)^\s*>",
    "heading": r"(?m)^\s*(-?#)",
    "list": r"(?m)^\s*([-+]|\d+\.)\s",
    "mention": r"@",
    "tag": r"<",
    "link": r"\[|\w:/",
    "emoji": r":(?!\d\d(?!\w))[^\s:]+:",
}
_SHIELDED = re.compile(r"(?s)\\[^0-9A-Za-z\s]|```\n.*?\n```|`[^`]+`")


def bare(shown: str) -> str:
    """Return what is left when code and escaped characters are gone, read from the left."""
    return _SHIELDED.sub("\ue000", shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ((("plain",), ("and more",)), "plain\nand more"),
        (((Bold("BTC"), " 65,540"),), "**BTC** 65,540"),
        (((Bold("a"), Bold("b*")),), "**ab\\***"),
        (((Code("a"), Code("`b")),), "`aˋb`"),
        (((Code("one"),),), "`one`"),
        (((Code("one"),), (Code("two"),)), "```\none\ntwo\n```"),
        ((("x",), (Code("one"),), (Code("two"),), ("y",)), "x\n```\none\ntwo\n```\ny"),
        (
            ((Code("/heatmap"), " draws"), (Code("/levels"), " lists")),
            "`/heatmap` draws\n`/levels` lists",
        ),
        (((Dim("small"),),), "-# small"),
        ((("a ", Dim("small")),), "a small"),
        ((("",), (Bold(""), Code(""), Dim("")), ()), "\n\n"),
    ],
)
def test_weights_become_marks(text: RichText, shown: str) -> None:
    assert markdown(text, 4096) == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("*a* _b_ ~~c~~ ||d|| `e`", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\| \\`e\\`"),
        ("> quote", "\\> quote"),
        (
            "# big\n-# small\n- item\n+ item\n12. item",
            "\\# big\n\\-# small\n\\- item\n\\+ item\n12\\. item",
        ),
        ("<@1> <#2> <t:3> </x:4>", "\\<\\@1\\> \\<#2\\> \\<t\\:3\\> \\</x\\:4\\>"),
        ("@everyone", "\\@everyone"),
        ("[x](https://x.io)", "\\[x](https\\://x.io)"),
        (":smile: bybit:BTC", "\\:smile: bybit\\:BTC"),
        ("a\\", "a\\\\"),
    ],
)
def test_markup_that_was_written_is_shown_as_it_is(said: str, shown: str) -> None:
    assert markdown(((said,),), 4096) == shown


def test_times_and_figures_stay_easy_to_copy() -> None:
    said = "2026-01-07 14:05 UTC: 66,800–67,100 · +1.9% · $142M → $107M (3 venues)"
    assert markdown(((said,),), 4096) == said


@given(TEXTS)
def test_no_input_leaves_markup_of_its_own(text: RichText) -> None:
    plain = tuple(tuple(each for each in line if isinstance(each, str | Code)) for line in text)
    left = bare(markdown(plain, 4096))
    for kind, pattern in MARKUP.items():
        assert re.search(pattern, left) is None, kind


@given(TEXTS)
def test_marks_come_in_pairs_around_what_is_bold(text: RichText) -> None:
    left = bare(markdown(text, 4096))
    left = re.sub(r"(?m)^-# ", "", re.sub(r"\*\*[^*]+\*\*", "", left))
    assert re.search(r"[*_~`|]", left) is None


@given(TEXTS, st.integers(8, 200))
def test_no_input_exceeds_a_limit(text: RichText, limit: int) -> None:
    assert units(markdown(text, limit)) <= limit


@given(HOSTILE, HOSTILE, st.sampled_from([str, Bold, Code, Dim]))
def test_more_text_never_takes_less_room(text: str, more: str, kind: type) -> None:
    assert units(markdown(((kind(text),),), 9999)) <= units(markdown(((kind(text + more),),), 9999))


def test_what_does_not_fit_is_left_out_by_whole_lines() -> None:
    text = tuple((f"line {i}",) for i in range(1000))
    shown = markdown(text, 100)
    assert shown.endswith("lines left out")
    assert shown.splitlines()[-1].startswith("-# … ")
    assert markdown(((Code("x" * 50),),) * 10, 200).count("```") == 2
