"""Text is read as Telegram reads it, only more strictly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.telegram.markup import typed, units, written
from tests.fakes.telegram.refusal import Refused


def html(text: str, most: int = 4096) -> tuple[str, list[tuple[str, int, int]]]:
    read = written(text, "HTML", None, most)
    return read.text, [(e["type"], e["offset"], e["length"]) for e in read.entities]


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain &lt;b&gt; &amp; &quot;&#65;&#x42;", 'plain <b> & "AB', []),
        ("<b>BTC</b> up", "BTC up", [("bold", 0, 3)]),
        ("😀<i>x</i>", "😀x", [("italic", 2, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("<B>a</B>", "a", [("bold", 0, 1)]),
        ('<a href="https://x.y/?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1)]),
        ("<span class='tg-spoiler'>x</span>", "x", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", 0, 1)]),
        ("<b></b>nothing", "nothing", []),
        ("  <b> a </b> ", "a", [("bold", 0, 1)]),
    ],
)
def test_html_becomes_text_and_entities(
    source: str, text: str, entities: list[tuple[str, int, int]]
) -> None:
    assert html(source) == (text, entities)


@pytest.mark.parametrize(
    "source",
    [
        "a < b",
        "a > b",
        "a & b",
        "&nbsp;",
        "&copy",
        "<b>open",
        "close</b>",
        "<b><i>crossed</b></i>",
        "<h1>x</h1>",
        "<br>",
        "<br/>",
        "<a>x</a>",
        '<a href="">x</a>',
        "<b class='x'>x</b>",
        "<span>x</span>",
        "<code><b>x</b></code>",
        '<code class="language-py">x</code>',
        "<blockquote><blockquote>x</blockquote></blockquote>",
        "<b",
        "<script>x</script>",
    ],
)
def test_wrong_html_is_refused(source: str) -> None:
    with pytest.raises(Refused, match="can't parse entities") as refused:
        html(source)
    assert refused.value.violation


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_escaped_text_is_never_refused_and_reads_as_before(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert html(f"<b>{escaped}</b>")[0] == text.strip()


def test_lengths_are_of_the_text_without_markup_and_in_units_of_16_bits() -> None:
    assert units("a😀") == 3
    assert html("<b>" + "😀" * 5 + "</b>", most=10)[0] == "😀" * 5
    with pytest.raises(Refused, match="too long: 11 units"):
        html("😀" * 5 + "x", most=10)


def test_marks_beyond_the_hundredth_and_beyond_the_text_are_refused() -> None:
    assert len(html("<b>x</b>" * 100)[1]) == 100
    with pytest.raises(Refused, match="101 entities"):
        html("<b>x</b>" * 101)
    with pytest.raises(Refused, match="beyond the text"):
        written("abc", None, [{"type": "bold", "offset": 1, "length": 3}], 10)


def test_other_modes_are_not_read() -> None:
    with pytest.raises(Refused, match="parse_mode"):
        written("*a*", "MarkdownV2", None, 10)
    assert written("*a* <b>", None, None, 10).text == "*a* <b>"


def test_commands_that_people_type_are_marked() -> None:
    text = "😀 /heatmap@liqbot_test_bot BTC http://a/b"
    assert typed(text).marked("bot_command") == ["/heatmap@liqbot_test_bot"]
    assert typed("24/7").entities == ()
