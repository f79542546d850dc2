from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.message import Button
from liqbot.chat.richtext import Bold, Code, Dim, RichText, length, plain, shorten
from liqbot.platforms._telegram.dressing import CAPTION, TEXT, clean, dressed, keyboard
from tests.fakes.telegram.markup import units, written

HOSTILE = [
    "<b>",
    "</b>",
    "&lt;",
    "&",
    '"',
    "<a href='x'>",
    "😀",
    "\u202e",
    "\ud83d",
    "\ude00",
    "a\nb",
]
words = st.one_of(
    st.text(st.characters(exclude_categories=()), max_size=60),
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from(HOSTILE), max_size=6).map("".join),
)
spans = st.one_of(words, *(words.map(each) for each in (Bold, Code, Dim)))
texts = st.lists(st.lists(spans, max_size=4).map(tuple), max_size=12).map(tuple)


@given(texts, st.sampled_from([20, 200, CAPTION, TEXT]))
def test_telegram_reads_exactly_what_is_said_whatever_that_is(text: RichText, limit: int) -> None:
    html = dressed(text, limit)
    read = written(html, "HTML", None, limit)  # raises for bare markup, and above the limit
    said = plain(shorten(clean(text), limit))
    assert read.text == (said.strip() if html else "")


@given(words)
def test_no_word_becomes_a_mark(word: str) -> None:
    assert written(dressed(((word,),), TEXT), "HTML", None, TEXT).entities == ()


def test_weights_are_what_a_phone_shows() -> None:
    text: RichText = ((Bold("BTC"), " at ", Code("/levels"), " ", Dim("not advice")), ())
    assert dressed(text, TEXT) == "<b>BTC</b> at <code>/levels</code> <i>not advice</i>\n"


def test_lines_of_code_that_follow_one_another_are_one_table() -> None:
    text: RichText = ((Code("a  <1"),), (Code("b  22"),), ("end",), (Code("alone"),))
    assert dressed(text, TEXT) == "<pre>a  &lt;1\nb  22</pre>\nend\n<code>alone</code>"


def test_a_long_text_loses_whole_lines_before_it_is_marked() -> None:
    text: RichText = tuple((Bold("😀" * 10), f" & line {i}") for i in range(100))
    html = dressed(text, CAPTION)
    read = written(html, "HTML", None, CAPTION)
    assert read.text.endswith("more lines left out")
    assert CAPTION - 40 < units(read.text) <= CAPTION
    assert length(text) > CAPTION


def test_marks_that_telegram_would_lose_are_left_out() -> None:
    text: RichText = tuple((Bold(str(i)), " ", Code("x")) for i in range(90))
    assert len(written(dressed(text, TEXT), "HTML", None, TEXT).entities) == 100


def test_a_text_that_shows_nothing_is_none() -> None:
    assert dressed(((Bold(" \u200b"),), ("\n",)), TEXT) == ""
    assert dressed((), TEXT) == ""


def test_buttons_are_rows_of_eight_and_a_hundred_at_most() -> None:
    row = tuple(Button(str(i), f"words {i}") for i in range(11))
    made = keyboard((row, (), *(row for _ in range(10))))
    assert made is not None
    rows = made.inline_keyboard
    assert [len(each) for each in rows[:3]] == [8, 3, 8]
    assert sum(map(len, rows)) == 100
    assert (rows[0][0].text, rows[0][0].callback_data) == ("0", "words 0")


def test_no_buttons_are_no_keyboard_and_a_blank_label_shows() -> None:
    assert keyboard(()) is None
    assert keyboard(((),)) is None
    made = keyboard(((Button(" ", "x"), Button("\ud83d", "y")),))
    assert made is not None
    assert [each.text for each in made.inline_keyboard[0]] == ["·", "�"]
