"""The gateway, version 10: JSON over a socket, compressed where that is asked for."""

import asyncio
import json
from collections import Counter, deque
from contextlib import suppress

from aiohttp import WSMsgType, web

from tests.fakes.discord.intents import privileged
from tests.fakes.discord.realm import Realm
from tests.fakes.discord.sessions import Line, Session
from tests.fakes.faults import Json

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT, MEMBERS = 1, 2, 3, 4, 6, 7, 8
INVALID_SESSION, HELLO, ACK = 9, 10, 11
NOT_AUTHENTICATED, BAD_TOKEN, ALREADY, BAD_SEQ, TOO_FAST = 4003, 4004, 4005, 4007, 4008
TIMED_OUT, BAD_SHARD, BAD_INTENTS = 4009, 4010, 4014
_PER_MINUTE = 120


class Gateway:
    """Tells every session what concerns it; the test drops and refuses as it likes."""

    def __init__(self, realm: Realm) -> None:
        self.realm = realm
        self.sessions: list[Session] = []
        self.identified: list[Json] = []  # what was said with IDENTIFY
        self.closed: Counter[int] = Counter()  # how often we hung up, by code
        self.heartbeat_s, self.acknowledging = 41.25, True
        self.silence_s = 82.5  # without a heartbeat, after which we hang up
        self.shards, self.max_concurrency, self.starts_left = 1, 1, 1000
        self.url = ""
        self.changed = asyncio.Event()
        realm.tell = self.tell

    @property
    def connected(self) -> int:
        """How many sessions have a line."""
        return sum(each.line is not None for each in self.sessions)

    def tell(self, event: str, data: Json, guild_id: int | None = None) -> None:
        """Tell an event to the shard that it concerns."""
        for each in self.sessions:
            if each.concerns(guild_id):
                each.tell(event, data)

    async def drop(self, code: int = 0) -> None:
        """Hang up on everybody; sessions can be resumed."""
        for each in self.sessions:
            await self._lose(each, code)

    def reconnect(self) -> None:
        """Ask everybody to come back on another line."""
        self._say(RECONNECT, None)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Tell everybody that their session is over."""
        self._say(INVALID_SESSION, resumable)
        if not resumable:
            self.sessions.clear()

    async def stop(self) -> None:
        """Hang up for good."""
        await self.drop(1001)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hold a conversation until one side ends it."""
        socket = web.WebSocketResponse(max_msg_size=4096 + 512, autoping=True)
        await socket.prepare(request)
        compression = request.query.get("compress")
        if request.query.get("v") != "10" or request.query.get("encoding") != "json":
            self.realm.violate(f"gateway: {request.query_string} is not v=10 and encoding=json")
        if compression not in {None, "zlib-stream"}:
            self.realm.violate(f"gateway: {compression} is not spoken here")
        compressed = compression == "zlib-stream"
        line = Line(socket, request.transport, compressed=compressed)
        line.say(HELLO, {"heartbeat_interval": int(self.heartbeat_s * 1000), "_trace": ["[]"]})
        try:
            await self._hear(line)
        finally:
            session = self._of(line)
            if session is not None:
                session.line = None
            if socket.close_code in {1000, 1001} and session in self.sessions:
                self.sessions.remove(session)
            await line.hang_up(0)
            self.changed.set()
        return socket

    async def _hear(self, line: Line) -> None:
        loop, said = asyncio.get_running_loop(), deque[float](maxlen=_PER_MINUTE)
        while not line.socket.closed:
            try:
                message = await line.socket.receive(self.silence_s)
            except TimeoutError:
                self._violate("gateway: no heartbeat for two intervals")
                return await self._close(line, TIMED_OUT)
            if message.type is not WSMsgType.TEXT:
                return None
            now = loop.time()
            if len(said) == _PER_MINUTE and said[0] > now - 60:
                self._violate(f"gateway: more than {_PER_MINUTE} messages in a minute")
                return await self._close(line, TOO_FAST)
            said.append(now)
            code = self._answer(line, json.loads(message.data))
            if code:
                return await self._close(line, code)
        return None

    def _answer(self, line: Line, said: Json) -> int:
        """Do as it was said; return the code to hang up with, or 0."""
        op, data = said["op"], said["d"]
        if op == HEARTBEAT:
            line.heartbeats += 1
            if self.acknowledging:
                line.say(ACK)
        elif op == IDENTIFY:
            return self._identify(line, data)
        elif op == RESUME:
            return self._resume(line, data)
        elif self._of(line) is None:
            return self._violate(f"gateway: op {op} before IDENTIFY") or NOT_AUTHENTICATED
        elif op == MEMBERS:
            self._members(line, data)
        elif op != PRESENCE:
            self._violate(f"gateway: op {op} is not for a bot that only writes")
        return 0

    def _identify(self, line: Line, data: Json) -> int:
        if self._of(line) is not None:
            return self._violate("gateway: IDENTIFY twice") or ALREADY
        self.identified.append(data)
        missing = {"token", "properties", "intents"} - data.keys()
        if missing:
            self._violate(f"gateway: IDENTIFY without {sorted(missing)}")
        if data.get("token") != self.realm.token:
            return BAD_TOKEN
        asked_for = privileged(data.get("intents", 0))
        if asked_for:
            return self._violate(f"gateway: privileged intents {asked_for}") or BAD_INTENTS
        shard, shards = data.get("shard", (0, 1))
        if not 0 <= shard < shards or shards < self.shards:
            return self._violate(f"gateway: shard {shard} of {shards}") or BAD_SHARD
        self.starts_left -= 1
        self.sessions = [each for each in self.sessions if each.shard != shard or each.line]
        session = Session(
            id=f"session{len(self.identified)}",
            shard=shard,
            shards=shards,
            intents=data.get("intents", 0),
            line=line,
        )
        self.sessions.append(session)
        self._ready(session)
        return 0

    def _ready(self, session: Session) -> None:
        realm = self.realm
        guilds = [each for each in realm.joined() if session.concerns(each.id)]
        session.tell(
            "READY",
            {
                "v": 10,
                "user": realm.me(),
                "guilds": [{"id": str(each.id), "unavailable": True} for each in guilds],
                "session_id": session.id,
                "session_type": "normal",
                "resume_gateway_url": f"{self.url}/resume",
                "shard": [session.shard, session.shards],
                "application": {"id": str(realm.application_id), "flags": 0},
                "private_channels": [],
                "relationships": [],
                "presences": [],
                "_trace": ["[]"],
            },
        )
        for each in guilds:
            session.tell("GUILD_CREATE", each.create(realm.bot))
        self.changed.set()

    def _resume(self, line: Line, data: Json) -> int:
        if data.get("token") != self.realm.token:
            return BAD_TOKEN
        found = next((each for each in self.sessions if each.id == data["session_id"]), None)
        if found is None:
            line.say(INVALID_SESSION, data=False)
            return 0
        if not 0 <= data["seq"] <= len(found.told):
            return self._violate(f"gateway: RESUME from {data['seq']}") or BAD_SEQ
        found.line = line
        found.tell_again(data["seq"])
        found.tell("RESUMED", {"_trace": ["[]"]})
        found.resumed += 1
        self.changed.set()
        return 0

    def _members(self, line: Line, data: Json) -> None:
        ids = data.get("user_ids")
        if ids is None or (isinstance(ids, list) and len(ids) > 100):
            self._violate("gateway: all members are only for who has the members intent")
            return
        guild = self.realm.guild_of(int(data["guild_id"]))
        wanted = [int(each) for each in (ids if isinstance(ids, list) else [ids])]
        session = self._of(line)
        if session is not None:
            chunk = {
                "guild_id": str(guild.id),
                "members": [
                    guild.members[each].payload() for each in wanted if each in guild.members
                ],
                "chunk_index": 0,
                "chunk_count": 1,
                "not_found": [str(each) for each in wanted if each not in guild.members],
                "nonce": data.get("nonce"),
            }
            session.tell("GUILD_MEMBERS_CHUNK", chunk)

    def _of(self, line: Line) -> Session | None:
        return next((each for each in self.sessions if each.line is line), None)

    def _say(self, op: int, data: Json) -> None:
        for each in self.sessions:
            if each.line is not None:
                each.line.say(op, data)

    async def _lose(self, session: Session, code: int) -> None:
        line, session.line = session.line, None
        if line is not None:
            with suppress(ConnectionError):
                await line.hang_up(code)

    async def _close(self, line: Line, code: int) -> None:
        self.closed[code] += 1
        await line.hang_up(code)

    def _violate(self, what: str) -> int:
        self.realm.violate(what)
        return 0
