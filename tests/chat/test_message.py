import pytest

from liqbot.chat.message import Button


def test_a_button_carries_what_every_platform_does() -> None:
    assert Button("3d", "heatmap BTC 3d").words == "heatmap BTC 3d"
    assert len(Button("longest", "€" * 21 + "x").words.encode()) == 64


@pytest.mark.parametrize("words", ["", "x" * 65, "€" * 22])
def test_a_button_carries_no_more_and_not_nothing(words: str) -> None:
    with pytest.raises(ValueError, match="is not 1 to 64 bytes"):
        Button("3d", words)
