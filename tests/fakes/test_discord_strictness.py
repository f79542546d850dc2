"""What a program that misbehaves is told, and that it shows among the violations."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from liqbot.clock import SteppedClock
from tests.fakes.discord.interaction import Interaction, NotAnswered
from tests.fakes.discord.limits import of_choices, of_commands, of_message
from tests.fakes.discord.offering import NotOffered
from tests.fakes.discord.oracle import needs_openapi
from tests.fakes.discord.people import User
from tests.fakes.discord.places import Channel
from tests.fakes.discord.server import DiscordServer
from tests.fakes.faults import Json

pytestmark = needs_openapi
MARKET = {"type": 3, "name": "market", "description": "BTC", "required": True}
HEATMAP: Json = {"name": "heatmap", "description": "Draw", "options": [MARKET]}


@dataclass
class Caller:
    """A bot that says whatever the test wants."""

    session: aiohttp.ClientSession
    server: DiscordServer

    async def ask(self, method: str, path: str, body: Json = None) -> tuple[int, Json]:
        url = self.server.api_url + path
        async with self.session.request(method, url, json=body) as answer:
            told = await answer.json() if answer.status != 204 else None
            return answer.status, told

    async def code(self, method: str, path: str, body: Json = None) -> int:
        return int((await self.ask(method, path, body))[1]["code"])

    async def answer(self, it: Interaction, kind: int, **data: Json) -> int:
        path = f"/interactions/{it.id}/{it.token}/callback"
        status, told = await self.ask("POST", path, {"type": kind, "data": data})
        return told["code"] if told else status


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(datetime(2026, 2, 1, 12, tzinfo=UTC))


@pytest.fixture
async def server(clock: SteppedClock) -> AsyncIterator[DiscordServer]:
    async with DiscordServer(clock, ack_s=0.2) as server:
        yield server


@pytest.fixture
async def caller(server: DiscordServer) -> AsyncIterator[Caller]:
    headers = {"Authorization": f"Bot {server.realm.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        caller = Caller(session, server)
        path = f"/applications/{server.realm.application_id}/commands"
        assert (await caller.ask("PUT", path, [HEATMAP]))[0] == 200
        yield caller


@pytest.fixture
def general(server: DiscordServer) -> Channel:
    return server.realm.channel(server.realm.guild("Traders"), "general")


@pytest.fixture
def ann(server: DiscordServer, general: Channel) -> User:
    ann = server.realm.user("ann")
    assert general.guild is not None
    server.realm.member(general.guild, ann)
    return ann


async def begun(server: DiscordServer, ann: User, general: Channel) -> Interaction:
    """Begin a command that nobody but the test answers."""
    asking = asyncio.create_task(server.slash(ann, general, "heatmap", market="BTC"))
    asking.add_done_callback(lambda task: task.exception())
    await asyncio.sleep(0)
    return next(iter(server.realm.interactions.values()))


async def test_an_interaction_is_acknowledged_once(
    server: DiscordServer, caller: Caller, ann: User, general: Channel
) -> None:
    it = await begun(server, ann, general)
    assert await caller.answer(it, 4, content="now") == 204
    assert server.violations == []
    assert await caller.answer(it, 4, content="again") == 40060
    assert len(server.violations) == 1


async def test_an_interaction_is_acknowledged_within_three_seconds(
    server: DiscordServer, caller: Caller, ann: User, general: Channel, clock: SteppedClock
) -> None:
    it = await begun(server, ann, general)
    clock.step(timedelta(seconds=3.1))
    assert await caller.answer(it, 5) == 10062
    assert "more than three seconds" in server.violations[0]


async def test_a_token_is_good_for_a_quarter_of_an_hour(
    server: DiscordServer, caller: Caller, ann: User, general: Channel, clock: SteppedClock
) -> None:
    it = await begun(server, ann, general)
    path = f"/webhooks/{server.realm.application_id}/{it.token}"
    assert await caller.code("POST", path, {"content": "too early"}) == 10015
    assert await caller.answer(it, 4, content="now") == 204
    clock.step(timedelta(minutes=14, seconds=59))
    assert (await caller.ask("PATCH", f"{path}/messages/@original", {"content": "new"}))[0] == 200
    clock.step(timedelta(seconds=2))
    assert await caller.code("POST", path, {"content": "too late"}) == 50027
    assert len(server.violations) == 2


async def test_a_first_follow_up_is_as_private_as_the_deferral(
    server: DiscordServer, caller: Caller, ann: User, general: Channel
) -> None:
    it = await begun(server, ann, general)
    assert await caller.answer(it, 5, flags=64) == 204
    path = f"/webhooks/{server.realm.application_id}/{it.token}"
    assert (await caller.ask("POST", path, {"content": "mine", "flags": 0}))[0] == 204
    assert (await caller.ask("POST", path, {"content": "ours"}))[0] == 204
    assert [(each.content, each.ephemeral) for each in it.answers] == [
        ("mine", True),
        ("ours", False),
    ]
    (hidden, _) = general.messages
    code = await caller.code("GET", f"/channels/{general.id}/messages/{hidden.id}")
    assert code == 10008


async def test_who_is_not_answered_is_told(
    server: DiscordServer, caller: Caller, ann: User, general: Channel
) -> None:
    with pytest.raises(NotAnswered, match="did not respond"):
        await server.slash(ann, general, "heatmap", market="BTC")


async def test_a_client_lets_nobody_say_what_was_not_declared(
    server: DiscordServer, caller: Caller, ann: User, general: Channel
) -> None:
    for command, options in (
        ("heat", {}),
        ("heatmap", {}),
        ("heatmap", {"market": 7}),
        ("heatmap", {"market": "BTC", "days": 3}),
    ):
        with pytest.raises(NotOffered):
            await server.slash(ann, general, command, **options)
    with pytest.raises(NotOffered):
        await server.slash(server.realm.user("bob"), general, "heatmap", market="BTC")


@pytest.mark.parametrize(
    "wrong",
    [
        ("GET", "/nothing/there", None),
        ("POST", "/channels/{channel}/messages", {"content": 7}),
        ("POST", "/channels/{channel}/messages", {"content": "x" * 2001}),
        ("POST", "/channels/{channel}/messages", {"content": "x", "colour": 1}),
        ("POST", "/channels/{channel}/messages", {"content": ""}),
        ("POST", "/channels/{channel}/messages", None),
        ("POST", "/channels/general/messages", {"content": "x"}),
        ("GET", "/channels/{channel}/messages?limit=101", None),
        ("GET", "/channels/{channel}/messages?max=3", None),
        ("POST", "/users/@me/channels", {"recipient_id": "12"}),
        ("PUT", "/applications/{application}/commands", [HEATMAP, HEATMAP]),
        ("POST", "/channels/{channel}/messages/bulk-delete", {"messages": ["1", "2"]}),
    ],
)
async def test_a_request_that_is_wrong_is_a_violation(
    server: DiscordServer, caller: Caller, general: Channel, wrong: tuple[str, str, Json]
) -> None:
    method, path, body = wrong
    there = path.format(channel=general.id, application=server.realm.application_id)
    status, _ = await caller.ask(method, there, body)
    assert status in {400, 404}
    assert len(server.violations) == 1
    assert general.messages == []


async def test_intents_that_need_leave_end_the_connection(
    server: DiscordServer, caller: Caller
) -> None:
    async with caller.session.ws_connect(f"{server.gateway_url}/?v=10&encoding=json") as socket:
        assert (await socket.receive_json())["op"] == 10
        data = {"token": server.realm.token, "properties": {}, "intents": 1 | 1 << 15}
        await socket.send_json({"op": 2, "d": data})
        await socket.receive()
        assert socket.close_code == 4014
    assert server.violations == ["gateway: privileged intents ['content']"]


async def test_only_what_is_allowed_pings(
    server: DiscordServer, caller: Caller, ann: User, general: Channel
) -> None:
    assert general.guild is not None
    traders = server.realm.role(general.guild, "traders", mentionable=True)
    server.realm.role(general.guild, "quiet")
    text = f"@everyone {traders.mention} {ann.mention}"
    rung, mentions = [], list[Json]()
    mentions += [None, {"parse": []}, {"parse": [], "roles": [str(traders.id)]}]
    for allowed in mentions:
        body = {"content": text} | ({"allowed_mentions": allowed} if allowed else {})
        await caller.ask("POST", f"/channels/{general.id}/messages", body)
        rung.append((general.messages[-1].pings.roles, general.messages[-1].pings.users))
    assert rung == [(("traders",), ("ann",)), ((), ()), (("traders",), ())]
    assert not any(each.pings.everyone for each in general.messages)
    server.allow(general, "mention_everyone")
    await caller.ask("POST", f"/channels/{general.id}/messages", {"content": text})
    assert general.messages[-1].pings.everyone


@pytest.mark.parametrize(
    ("body", "files"),
    [
        ({"embeds": [{"title": "x" * 257}]}, {}),
        ({"embeds": [{"description": "x" * 4097}]}, {}),
        ({"embeds": [{"description": "x" * 3001}] * 2}, {}),
        ({"embeds": [{"fields": [{"name": "a", "value": "x" * 1025}]}]}, {}),
        ({"embeds": [{"fields": [{"name": "a", "value": "b"}] * 26}]}, {}),
        ({"embeds": [{"footer": {"text": "x" * 2049}}]}, {}),
        ({"embeds": [{"image": {"url": "attachment://b.png"}}]}, {"a.png": b""}),
        ({"attachments": [{"id": "0", "description": "x" * 1025}]}, {"a.png": b""}),
        ({}, {"a.png": bytes(10 * 1024 * 1024 + 1)}),
        ({"components": [{"type": 1, "components": []}]}, {}),
        ({"components": [{"type": 1, "components": [{"type": 2, "style": 1}]}]}, {}),
        ({"allowed_mentions": {"parse": ["users"], "users": ["1"]}}, {}),
    ],
)
def test_a_message_has_its_limits(body: Json, files: dict[str, bytes]) -> None:
    assert len([*of_message(body, files)]) >= 1
    assert [*of_message({"content": "x" * 2000}, {"a.png": b""})] == []


def test_buttons_have_their_limits() -> None:
    button = {"type": 2, "style": 2, "label": "a"}
    buttons = [button | {"custom_id": str(number)} for number in range(30)]
    rows = [{"type": 1, "components": buttons[each : each + 5]} for each in range(0, 30, 5)]
    assert [*of_message({"components": rows[:5]}, {})] == []
    assert len([*of_message({"components": rows}, {})]) == 1
    six = {"type": 1, "components": buttons[:6]}
    long = {"type": 1, "components": [button | {"custom_id": "x" * 101, "label": "y" * 81}]}
    twice = {"type": 1, "components": [buttons[0], buttons[0]]}
    assert [len([*of_message({"components": [row]}, {})]) for row in (six, long, twice)] == [
        1,
        2,
        1,
    ]


def test_commands_have_their_limits() -> None:
    optional = MARKET | {"name": "range", "required": False}
    choices = [{"name": str(each), "value": str(each)} for each in range(26)]
    for options in (
        [MARKET, MARKET],
        [optional, MARKET],
        [MARKET | {"name": "Market"}],
        [MARKET | {"description": ""}],
        [MARKET | {"choices": choices}],
        [MARKET | {"choices": choices[:2], "autocomplete": True}],
        [optional | {"name": f"o{each}"} for each in range(26)],
    ):
        assert len([*of_commands([HEATMAP | {"options": options}])]) == 1
    assert [*of_commands([HEATMAP | {"options": [MARKET, optional]}])] == []
    assert len([*of_commands([HEATMAP | {"name": f"c{each}"} for each in range(101)])]) == 1
    assert len([*of_choices(choices)]) == 1
