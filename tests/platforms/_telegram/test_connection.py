"""Everything that happens to a bot that listens, and to alerts that it sends."""

import asyncio
import logging
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liqbot.alerting.subscription import Recipient
from liqbot.chat.message import Attachment, ChatId, Message
from liqbot.clock import SystemClock
from liqbot.commands.command import Caller, Command, NoArguments
from liqbot.desk import Desk
from liqbot.errors import ChatMoved, DeliveryDelayed, DeliveryRefused, StorageError
from liqbot.platforms._telegram import connection
from tests.fakes.telegram.server import TOKEN, TelegramServer
from tests.platforms.telegrams import desk_of_today, dot, talking
from tests.waiting import PATIENCE_S, until

ALERT = Message(text=(("BTC is near",),))
ANN = ChatId("telegram", "user:7")
SECOND = timedelta(seconds=1)


class Slow:
    """A command that is answered once it is let go, and counts."""

    def __init__(self) -> None:
        self.begun, self.open = 0, asyncio.Event()

    @property
    def commands(self) -> dict[str, Command[Any]]:
        return {"slow": Command(name="slow", summary="x", arguments=NoArguments, run=self._run)}

    async def _run(self, _: Desk, __: Caller, ___: NoArguments) -> Message:
        self.begun += 1
        number = self.begun
        await self.open.wait()
        return Message(text=((f"answer {number}",),))


async def test_alerts_are_sent_and_changed(tmp_path: Path) -> None:
    async with TelegramServer() as server:
        ann = server.user(7, "Ann", started=True)
        async with talking(server, tmp_path) as bot:
            name = await bot.send(ANN, ALERT)
            await bot.edit(ANN, name, Message(text=(("swept",),)))
            assert [each.text for each in server.messages(ann)] == ["swept"]


async def test_one_picture_for_many_chats_is_carried_there_once(tmp_path: Path) -> None:
    alert = replace(ALERT, picture=Attachment(name="btc.png", content=dot()))
    async with TelegramServer() as server:
        chats = [server.user(i, str(i), started=True) for i in range(1, 101)]
        async with talking(server, tmp_path) as bot:
            sending = (bot.send(ChatId.private("telegram", str(each.id)), alert) for each in chats)
            await asyncio.gather(*sending)
        assert server.files.uploads["photo"] == 1
        assert all(len(server.messages(each)) == 1 for each in chats)


async def test_whom_telegram_refuses_is_refused_and_what_it_limits_is_delayed(
    tmp_path: Path,
) -> None:
    async with TelegramServer() as server:
        ann = server.user(7, "Ann", started=True)
        async with talking(server, tmp_path) as bot:
            server.user(8, "Bob")
            with pytest.raises(DeliveryRefused, match="can't initiate conversation"):
                await bot.send(ChatId("telegram", "user:8"), ALERT)
            with pytest.raises(DeliveryRefused, match="not found"):
                await bot.send(ChatId("telegram", "-1009"), ALERT)
            with pytest.raises(DeliveryRefused, match="no such message"):
                await bot.edit(ANN, "../x", ALERT)
            with pytest.raises(DeliveryRefused, match="no chat"):
                await bot.edit(ChatId("telegram", "nobody"), "t1", ALERT)
            with pytest.raises(DeliveryRefused, match="edit not found"):
                await bot.edit(ANN, "t99", ALERT)
            server.fail("sendMessage", 502)
            with pytest.raises(DeliveryDelayed):
                await bot.send(ANN, ALERT)
            server.fail("sendMessage", 429, retry_after=30)
            before = SystemClock().now()
            for _ in range(2):  # the second is not even tried
                with pytest.raises(DeliveryDelayed) as caught:
                    await bot.send(ANN, ALERT)
                assert caught.value.retry_at is not None
                given = caught.value.retry_at - timedelta(seconds=30)
                assert before - SECOND < given < SystemClock().now() + SECOND
            assert server.count("sendMessage", 429) == 1
            assert server.messages(ann) == []


async def test_a_group_that_became_a_supergroup_is_where_it_went_to(tmp_path: Path) -> None:
    desk = desk_of_today()
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        group = server.group("Traders", ann)
        server.add_bot(group)
        old = ChatId("telegram", str(group.id))
        await desk.ledger.recipients.put(Recipient(chat=old, zone="Asia/Dubai"))
        async with talking(server, tmp_path, desk=desk) as bot:
            new = server.upgrade(group)
            with pytest.raises(ChatMoved) as caught:
                await bot.send(old, ALERT)
            assert caught.value.moved_to == str(new.id)
            server.say(new, ann, "/status")
            await server.answered(new)
            server.say(ann, text="/start")
            await server.answered(ann)
            moved = await desk.ledger.recipients.get(ChatId("telegram", str(new.id)))
            assert moved.zone == "Asia/Dubai"


async def test_who_blocks_the_bot_is_told_nothing_from_then_on(tmp_path: Path) -> None:
    desk = desk_of_today()
    async with TelegramServer() as server:
        ann = server.user(7, "Ann", started=True)
        async with talking(server, tmp_path, desk=desk):
            server.block(ann)
            server.unblock(ann)
            server.block(ann)
            server.unblock(ann)
            server.say(ann, text="/start")  # in turn, so that all before it is done
            await server.answered(ann)
            assert (await desk.ledger.recipients.get(ANN)).disabled == ""
            server.block(ann)
            bob = server.user(8, "Bob")
            server.say(bob, text="/start")
            await server.answered(bob)
            assert (await desk.ledger.recipients.get(ANN)).disabled == "the bot is blocked"


async def test_chats_are_answered_beside_one_another_and_each_in_turn(tmp_path: Path) -> None:
    slow = Slow()
    async with TelegramServer() as server:
        ann, bob = server.user(7, "Ann"), server.user(8, "Bob")
        async with talking(server, tmp_path, commands=slow.commands):
            for who in (ann, ann, bob):
                server.say(who, text="/slow")
            await until(lambda: slow.begun == 2)
            slow.open.set()
            await server.answered(bob)
            await server.until(lambda: len(server.messages(ann)) == 2)
    told = {who.id: [each.text for each in server.messages(who)] for who in (ann, bob)}
    assert told[7] in (["answer 1", "answer 3"], ["answer 2", "answer 3"])


async def test_a_flood_in_one_chat_is_cut_off_and_others_are_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_MOST", 3)
    slow = Slow()
    async with TelegramServer() as server:
        ann = server.user(7, "Ann", started=True)
        async with talking(server, tmp_path, commands=slow.commands) as bot:
            await bot.send(ANN, ALERT)
            (shown,) = server.messages(ann)
            for _ in range(10):
                server.say(ann, text="/slow")
            query = server.forge(shown, "slow")
            await server.settled(query)
            assert query.text == "One after the other, please: there are too many waiting here."
            slow.open.set()
            bob = server.user(8, "Bob")
            server.say(bob, text="/slow")
            await server.answered(bob)
            await server.until(lambda: len(server.messages(ann)) == 4)
            assert slow.begun == 4


async def test_a_restart_answers_nothing_twice_and_forgets_nothing(tmp_path: Path) -> None:
    slow = Slow()
    slow.open.set()
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path, commands=slow.commands):
            server.say(ann, text="/slow")
            await server.answered(ann)
        server.updates.repeat(*server.updates.issued)
        async with talking(server, tmp_path, commands=slow.commands):
            server.say(ann, text="/slow")
            await server.answered(ann)
        assert [each.text for each in server.messages(ann)] == ["answer 1", "answer 2"]


async def test_what_was_handed_out_and_not_answered_is_answered_after_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_DRAIN_S", 0.0)
    slow = Slow()
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path, commands=slow.commands):
            server.say(ann, text="/slow")
            await until(lambda: slow.begun and not server.updates.pending)
        assert server.messages(ann) == []
        slow.open.set()
        async with talking(server, tmp_path, commands=slow.commands):
            await server.answered(ann)
        assert [each.text for each in server.messages(ann)] == ["answer 2"]


async def test_what_is_being_answered_is_finished_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_DRAIN_S", PATIENCE_S)
    slow = Slow()
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path, commands=slow.commands):
            server.say(ann, text="/slow")
            await until(lambda: slow.begun)
            asyncio.get_running_loop().call_later(0.05, slow.open.set)
        assert [each.text for each in server.messages(ann)] == ["answer 1"]


async def test_who_asked_long_ago_is_not_answered_and_neither_is_a_press_nobody_waits_for(
    tmp_path: Path,
) -> None:
    desk = desk_of_today()
    late = _Later(timedelta(minutes=6))
    async with TelegramServer() as server:
        ann = server.user(7, "Ann")
        async with talking(server, tmp_path, desk=desk):
            server.say(ann, text="/status")
            (shown,) = await server.answered(ann)
        server.say(ann, text="/status")
        async with talking(server, tmp_path, desk=replace(desk, clock=late)):
            await until(lambda: not server.updates.pending)
            server.query_life_s = 0.0
            query = server.press(shown, "status")
            await server.until(lambda: server.count("answerCallbackQuery", 400) == 1)
            assert not query.answered
        assert len(server.messages(ann)) == 1


class _Later(SystemClock):
    def __init__(self, by: timedelta) -> None:
        self._by = by

    def now(self) -> datetime:
        return super().now() + self._by


async def test_an_answer_that_cannot_be_kept_or_brought_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def lost(*_: object) -> None:
        raise StorageError("the disk is full")

    desk = desk_of_today()
    recipients = desk.ledger.recipients
    recipients.get = lost  # type: ignore[method-assign,assignment]
    async with TelegramServer() as server:
        ann, bob = server.user(7, "Ann"), server.user(8, "Bob")
        async with talking(server, tmp_path, desk=desk):
            with caplog.at_level(logging.WARNING, "liqbot"):
                server.block(ann)
                server.fail("sendMessage", 403)
                server.say(bob, text="/help")
                await until(lambda: len(caplog.records) == 2)
            server.say(bob, text="/help")
            await server.answered(bob)
    told = {each.getMessage() for each in caplog.records if each.name.startswith("liqbot")}
    assert told == {"a chat's state is not kept", "an answer did not arrive"}
    assert TOKEN not in caplog.text.replace("aiohttp.access", "")
