"""An unmodified python-telegram-bot talks to the strict server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    Update,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
)

from liqbot.clock import SteppedClock
from tests.fakes.telegram.files import a_png
from tests.fakes.telegram.server import TelegramServer
from tests.waiting import PATIENCE_S, until

Anything = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE
KEYBOARD = InlineKeyboardMarkup([[InlineKeyboardButton("3 days", callback_data="heatmap BTC 3d")]])


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(datetime(2026, 2, 1, tzinfo=UTC))


@pytest.fixture
async def server(
    clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TelegramServer]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # or the library warns of reading retry_after
    async with TelegramServer(clock=clock) as server:
        yield server
        assert server.violations == []


@pytest.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    async with application(server).bot as bot:
        yield bot


def application(server: TelegramServer) -> Anything:
    built = Application.builder().token(server.token).base_url(f"{server.url}/bot")
    built = built.connect_timeout(PATIENCE_S).read_timeout(PATIENCE_S).pool_timeout(PATIENCE_S)
    built = built.get_updates_connect_timeout(PATIENCE_S).get_updates_read_timeout(PATIENCE_S)
    made: Anything = built.base_file_url(f"{server.url}/file/bot").build()
    made.add_handler(CommandHandler("heatmap", draw))
    made.add_handler(CallbackQueryHandler(redraw))
    return made


async def draw(update: Update, context: Context) -> None:
    assert update.effective_message is not None
    base = (context.args or ["?"])[0]
    await update.effective_message.reply_photo(
        a_png(), caption=f"<b>{base}</b> &amp; more", parse_mode="HTML", reply_markup=KEYBOARD
    )


async def redraw(update: Update, context: Context) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Drawing", show_alert=True)
    media = InputMediaPhoto(a_png(20, 30), caption=str(query.data))
    await query.edit_message_media(media, reply_markup=KEYBOARD)


async def polling(app: Anything) -> None:
    assert app.updater is not None
    await app.start()
    await app.updater.start_polling()


async def stop(app: Anything) -> None:
    assert app.updater is not None
    await app.updater.stop()
    await app.stop()


async def test_a_command_is_answered_and_a_button_edits_in_place(server: TelegramServer) -> None:
    ann = server.user(7_000_000_001, "Ann")
    async with application(server) as app:
        await polling(app)
        server.say(ann, text="/heatmap BTC")
        [sent] = await server.answered(ann)
        assert sent.caption == "BTC & more"
        assert sent.said.marked("bold") == ["BTC"]
        assert sent.photo == a_png()
        query = await server.settled(server.press(sent, "3 days"))
        assert (query.text, query.show_alert) == ("Drawing", True)
        await server.edited(sent)
        assert (sent.photo, sent.caption) == (a_png(20, 30), "heatmap BTC 3d")
        await stop(app)
    assert server.messages(ann) == [sent]
    assert server.files.uploads == {"photo": 2, "document": 0}
    assert server.transcript == TRANSCRIPT


TRANSCRIPT = """\
[Ann] Ann #1
    /heatmap BTC
[Ann] liqbot #2 (photo 64×80)
    BTC & more
    [3 days]
[Ann] Ann presses 'heatmap BTC 3d' below #2
[Ann] liqbot shows Ann the alert 'Drawing'
[Ann] liqbot #2 edited (photo 20×30)
    heatmap BTC 3d
    [3 days]
"""


async def test_a_webhook_is_posted_to_until_it_takes_the_update(server: TelegramServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    ann = server.user(7, "Ann")
    async with application(server) as app:
        assert app.updater is not None
        await app.start()
        await app.bot.set_webhook(f"http://127.0.0.1:{port}/told", secret_token="pssst")
        server.say(ann, text="/heatmap ETH")
        await server.until(lambda: server.updates.failures)
        await app.updater.start_webhook(
            "127.0.0.1",
            port,
            "told",
            webhook_url=f"http://127.0.0.1:{port}/told",
            secret_token="pssst",
        )
        await server.answered(ann)
        told = await app.bot.get_webhook_info()
        assert told.last_error_message == "Connection failed: ClientConnectorError"
        assert told.pending_update_count == 0
        with pytest.raises(Conflict):
            await app.bot.get_updates()
        await app.bot.set_webhook(f"http://127.0.0.1:{port}/told", secret_token="wrong")
        server.say(ann, text="/heatmap BTC")
        await server.until(lambda: server.updates.failures[-1].endswith("403"))
        await stop(app)
    assert len(server.messages(ann)) == 1


async def test_the_older_of_two_polls_is_ended(server: TelegramServer, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await until(lambda: server.updates.is_awaited)
    server.say(server.user(7, "Ann"), text="hello")
    [update] = await first
    first = asyncio.create_task(bot.get_updates(update.update_id + 1, timeout=10))
    await until(lambda: server.updates.is_awaited)
    async with application(server).bot as other:
        assert await other.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await first


async def test_an_update_comes_until_it_is_confirmed_and_only_of_kinds_asked_for(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.user(7, "Ann")
    said = server.say(ann, text="one")
    server.say(ann, text="two")
    server.change(said, "three")
    updates = await bot.get_updates()
    assert [each.effective_message.text for each in updates if each.effective_message] == [
        "one",
        "two",
        "three",
    ]
    assert await bot.get_updates() == updates
    assert await bot.get_updates(offset=-1) == updates[-1:]
    after = updates[-1].update_id + 1
    assert await bot.get_updates(after, allowed_updates=["callback_query"]) == ()
    server.say(ann, text="four")
    assert await bot.get_updates(after) == ()


async def test_the_librarys_errors_are_those_of_telegram(server: TelegramServer, bot: Bot) -> None:
    ann, ben = server.user(7, "Ann", started=True), server.user(8, "Ben")
    group = server.group("Traders", ann)
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(404, "hello")
    with pytest.raises(Forbidden, match="can't initiate"):
        await bot.send_message(ben.id, "hello")
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(group.id, "hello")
    server.add_bot(group)
    await bot.send_message(group.id, "hello")
    upgraded = server.upgrade(group)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.id, "hello")
    assert moved.value.new_chat_id == upgraded.id
    sent = await bot.send_message(upgraded.id, "hello")
    with pytest.raises(BadRequest, match="is not modified"):
        await sent.edit_text("hello")
    await sent.delete()
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await sent.edit_text("bye")
    server.kick_bot(upgraded)
    with pytest.raises(Forbidden, match="kicked"):
        await bot.send_message(upgraded.id, "hello")
    server.block(ann)
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(ann.id, "hello")


async def test_troubles_are_those_the_library_knows(server: TelegramServer, bot: Bot) -> None:
    ann = server.user(7, "Ann", started=True)
    server.fail("sendMessage", 429, retry_after=3)
    with pytest.raises(RetryAfter) as late:
        await bot.send_message(7, "hello")
    assert late.value.retry_after == timedelta(seconds=3)
    for what, error in (
        (502, NetworkError),
        ("garbage", TelegramError),  # and no NetworkError
        ("reset", NetworkError),
        ("timeout", TimedOut),
    ):
        server.fail("sendMessage", what, accepted=what in {"reset", "timeout"})  # type: ignore[arg-type]
        with pytest.raises(error):
            await bot.send_message(
                7, str(what), read_timeout=0.2 if what == "timeout" else PATIENCE_S
            )
    await server.until(lambda: len(server.messages(ann)) == 2)
    await bot.send_message(7, "hello")
    assert [each.text for each in server.messages(ann)] == ["reset", "timeout", "hello"]


async def test_too_fast_a_bot_is_held_back(
    server: TelegramServer, bot: Bot, clock: SteppedClock
) -> None:
    server.limits.on = True
    for id_ in range(1, 33):
        server.user(id_, f"user {id_}", started=True)
    await bot.send_message(1, "hello")
    with pytest.raises(RetryAfter):
        await bot.send_message(1, "hello")
    sends = (bot.send_message(id_, "hello", pool_timeout=PATIENCE_S) for id_ in range(2, 33))
    answers = await asyncio.gather(*sends, return_exceptions=True)
    late = [each for each in answers if isinstance(each, RetryAfter)]
    assert len(late) == 2  # the 31st of this second, and the one after it
    assert (server.limits.refused, server.limits.while_blocked) == (3, 1)
    clock.step(late[0].retry_after)  # type: ignore[arg-type]
    await bot.send_message(1, "hello")
    assert server.count("sendMessage", 200) == 31


async def test_a_picture_is_sent_on_by_its_file_id_and_downloaded(
    server: TelegramServer, bot: Bot
) -> None:
    ann = server.user(7, "Ann", started=True)
    sent = await bot.send_photo(7, a_png(2048, 2560), disable_notification=True)
    assert [each.width for each in sent.photo] == [72, 256, 640, 2048]
    again = await bot.send_photo(7, sent.photo[-1].file_id)
    assert again.photo == sent.photo
    await bot.send_document(7, a_png(), filename="heatmap.png")
    assert [each.silent for each in server.messages(ann)] == [True, False, False]
    assert server.files.uploads == {"photo": 1, "document": 1}
    found = await bot.get_file(sent.photo[-1].file_id)
    assert bytes(await found.download_as_bytearray()) == a_png(2048, 2560)


async def test_commands_are_kept_by_scope_and_language(server: TelegramServer, bot: Bot) -> None:
    server.user(7, "Ann", started=True)
    scope = BotCommandScopeChat(7)
    await bot.set_my_commands([BotCommand("heatmap", "draw")])
    await bot.set_my_commands([BotCommand("karte", "zeichnen")], scope, "de")
    assert [each.command for each in await bot.get_my_commands()] == ["heatmap"]
    assert [each.command for each in await bot.get_my_commands(scope, "de")] == ["karte"]
    assert await bot.get_my_commands(scope) == ()
    await bot.delete_my_commands(scope, "de")
    assert await bot.get_my_commands(scope, "de") == ()
    await bot.set_my_short_description("Maps")
    assert (await bot.get_my_short_description("de")).short_description == "Maps"
    me = await bot.get_me()
    assert (me.is_bot, me.username, me.can_join_groups) == (True, "liqbot_test_bot", True)
