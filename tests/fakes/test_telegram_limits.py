"""The budgets on sending hold to the second, and what goes wrong does so as often as told."""

from dataclasses import dataclass, field

import pytest

from tests.fakes.telegram.limits import Limits, Trouble, Troubles
from tests.fakes.telegram.refusal import Refused


@dataclass
class Sender:
    at: float = 0.0
    limits: Limits = field(init=False)
    refused: Refused | None = None

    def __post_init__(self) -> None:
        self.limits = Limits(lambda: self.at, on=True)

    def sends(self, chat: int, *, private: bool = True) -> int:
        """Return how long it has to wait, s; 0 where the message went out."""
        try:
            self.limits.admit(chat, private=private)
        except Refused as refused:
            self.refused = refused
            return int(refused.parameters["retry_after"])
        return 0


def test_thirty_go_out_in_a_second_and_one_more_bans_the_bot_for_a_second() -> None:
    sender = Sender()
    assert [sender.sends(chat) for chat in range(31)] == [0] * 30 + [1]
    sender.at = 0.99
    assert sender.sends(99) == 1
    assert (sender.limits.refused, sender.limits.while_blocked) == (2, 1)
    sender.at = 1.0
    assert sender.sends(99) == 0


def test_any_second_counts_and_not_only_whole_ones() -> None:
    sender = Sender()
    for chat in range(30):
        sender.at = chat / 30
        assert sender.sends(chat) == 0
    sender.at = 1.0
    assert sender.sends(40) == 0
    assert sender.sends(41) == 1


def test_a_person_gets_one_a_second_and_others_meanwhile() -> None:
    sender = Sender()
    assert [sender.sends(1), sender.sends(1), sender.sends(2)] == [0, 1, 0]
    sender.at = 0.99
    assert sender.sends(1) == 0
    assert sender.limits.while_blocked == 0


def test_a_group_gets_twenty_a_minute() -> None:
    sender = Sender()
    assert [sender.sends(-1, private=False) for _ in range(21)] == [0] * 20 + [60]
    sender.at = 59.5
    assert sender.sends(-1, private=False) == 1
    sender.at = 60.0
    assert sender.sends(-1, private=False) == 0


def test_a_ban_ends_and_no_limit_holds_when_switched_off() -> None:
    sender = Sender()
    sender.limits.ban(5)
    assert sender.sends(1) == 5
    assert sender.refused is not None
    assert sender.refused.body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 5",
        "parameters": {"retry_after": 5},
    }
    assert not sender.refused.violation
    sender.at = 5.0
    assert sender.sends(1) == 0
    sender.limits.on = False
    assert [sender.sends(1) for _ in range(100)] == [0] * 100


@pytest.mark.parametrize("times", [1, 3])
def test_trouble_comes_as_often_as_told(times: int) -> None:
    trouble = Trouble("sendPhoto", 502, times, accepted=False, retry_after=1)
    troubles = Troubles(latency_s=0.1, slow={"sendPhoto": 0.2}, standing=[trouble])
    assert troubles.next("sendMessage") is None
    assert [troubles.next("sendPhoto") for _ in range(times + 1)] == [trouble] * times + [None]
    assert (troubles.delay("sendPhoto"), troubles.delay("getMe")) == (0.2, 0.1)
