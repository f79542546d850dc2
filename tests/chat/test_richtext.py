from hypothesis import given
from hypothesis import strategies as st

from liqbot.chat.richtext import (
    Bold,
    Code,
    Dim,
    RichText,
    Span,
    aligned,
    length,
    letters,
    paged,
    plain,
    shorten,
    units,
)

WORDS = st.text(max_size=12)
SPANS = st.one_of(WORDS, *(st.builds(kind, WORDS) for kind in (Bold, Code, Dim)))
TEXTS = st.lists(st.lists(SPANS, max_size=4).map(tuple), max_size=8).map(tuple)
MARKUP = {Bold: 7, Code: 13, Dim: 7}


def as_html(span: Span) -> int:
    """How long a span is once it is dressed."""
    return units(span.replace("&", "&amp;")) if isinstance(span, str) else _dressed(span)


def _dressed(span: Bold | Code | Dim) -> int:
    return MARKUP[type(span)] + as_html(span.text)


def test_plain_text_is_its_letters_a_line_each() -> None:
    assert plain(((Bold("BTC"), " 65,000"), (), (Code("A 1"), Dim("!")))) == "BTC 65,000\n\nA 1!"


def test_an_emoji_counts_as_the_two_that_chats_count() -> None:
    assert [units("a"), units(Bold("é")), units("🔥")] == [1, 1, 2]


def test_every_end_of_a_line_but_the_last_counts() -> None:
    assert [length(()), length(((),)), length((("ab", Bold("c")), ()))] == [0, 0, 4]


def test_text_that_fits_stays_as_it_is() -> None:
    text: RichText = (("one",), (Bold("two"),))
    assert shorten(text, 7) is text
    assert shorten((), 0) == ()


def test_whole_lines_are_left_out_and_counted() -> None:
    text: RichText = tuple((f"line {i}",) for i in range(9))
    assert plain(shorten(text, 40)) == "line 0\nline 1\n… 7 more lines left out"
    assert plain(shorten(text, 25)) == "line 0…"


def test_where_no_line_fits_the_last_span_that_does_is_cut() -> None:
    line = ("BTC ", Bold("65,000 and more"), Code("never seen"))
    assert shorten((line,), 12) == (("BTC ", Bold("65,000 …")),)
    assert shorten((line,), 5) == (("BTC ", Bold("…")),)
    assert shorten((line,), 4) == (("BTC…",),)
    assert shorten((line,), 0) == ()


@given(TEXTS, st.integers(0, 60))
def test_shortened_text_fits_and_says_so(text: RichText, limit: int) -> None:
    short = shorten(text, limit)
    assert length(short) <= limit
    assert (short == text) == (length(text) <= limit)
    assert short in (text, ()) or "…" in letters(short[-1][-1])


@given(TEXTS, st.integers(0, 90))
def test_what_is_measured_dressed_fits_dressed(text: RichText, limit: int) -> None:
    short = shorten(text, limit, as_html)
    assert length(short, as_html) <= limit


@given(TEXTS, st.integers(0, 60))
def test_of_what_is_kept_every_span_is_as_it_was_or_a_beginning(text: RichText, limit: int) -> None:
    short = shorten(text, limit)
    if short == text or not short:
        return
    *whole, last = short
    assert list(text[: len(whole)]) == whole
    kept = zip(last, text[len(whole)], strict=False)
    assert last[0] == Dim(letters(last[0])) or all(
        type(one) is type(other) and letters(other).startswith(letters(one).removesuffix("…"))
        for one, other in kept
    )


def test_columns_line_up_on_the_side_they_are_asked_to() -> None:
    rows = aligned([("A", "66,800", "+1.9%"), ("BB", "9", "−12.0%")], right=(2,))
    assert [each.text for each in rows] == ["A   66,800   +1.9%", "BB  9       −12.0%"]


def test_wide_letters_take_two_columns() -> None:
    first, second = aligned([("币安", "x"), ("BTC", "y")])
    assert (first.text, second.text) == ("币安  x", "BTC   y")
    assert aligned([]) == ()


@given(text=TEXTS, limit=st.integers(100, 300))
def test_pages_lose_no_line_and_none_is_too_long(text: RichText, limit: int) -> None:
    pages = paged(text, limit)
    assert all(length(page) <= limit for page in pages)
    if len(pages) == 1:
        assert pages == (text,)
    else:
        assert [line for page in pages for line in page[1:-1]] == list(text[1:])
        assert {page[0] for page in pages} == {text[0]}
        feet = [f"page {i} of {len(pages)}" for i in range(1, len(pages) + 1)]
        assert [plain(page[-1:]) for page in pages] == feet


def test_no_page_ends_in_what_heads_the_next() -> None:
    rows: RichText = tuple((f"row {i:02}",) for i in range(9))
    text = ((Bold("Title"), " of it"), *rows, (Bold("Told"),), *rows)
    for limit in range(100, 140):
        for page in paged(text, limit):
            assert page[-2] != (Bold("Told"),)


def test_of_a_line_longer_than_a_page_its_beginning_is_told() -> None:
    pages = paged((("title",), ("short",), ("x" * 500,)), 120)
    assert [plain(page[1:2])[:5] for page in pages] == ["short", "xxxxx"]
    assert plain(pages[1][1:2]).endswith("…")
    assert max(map(length, pages)) <= 120
