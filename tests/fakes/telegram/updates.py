"""What the bot is told: asked for by long polling, or posted to a webhook."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from time import time
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.fakes.faults import Json
from tests.fakes.telegram.refusal import Refused, violated
from tests.waiting import PATIENCE_S

_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
_PORTS = {None, 443, 80, 88, 8443}
_FIRST = 700_000_001
_SECRET = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class _Turn:
    """One getUpdates that waits."""

    woken: asyncio.Event = field(default_factory=asyncio.Event)
    ended_by: str = ""


@dataclass
class Updates:
    """Updates that wait to be fetched, in order."""

    kinds: frozenset[str]  # all that there are
    changed: asyncio.Event
    retry_s: float = 0.05  # until a webhook that failed is tried again
    pending: list[Json] = field(default_factory=list)
    issued: list[Json] = field(default_factory=list)  # all that ever were
    webhook: Json = None  # the words of setWebhook
    failures: list[str] = field(default_factory=list)  # of the webhook
    _failed_at: int = 0
    _allowed: list[str] = field(default_factory=list)
    _turn: _Turn | None = None
    _posting: asyncio.Task[None] | None = None
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, kind: str, told: Json) -> None:
        """Tell the bot something, if it is of a kind that it wants."""
        wanted = kind in self._allowed if self._allowed else kind not in _NOT_BY_DEFAULT
        if wanted:
            update = {"update_id": _FIRST + len(self.issued), kind: told}
            self.issued.append(update)
            self.pending.append(update)
            self._wake()

    def repeat(self, *updates: Json) -> None:
        """Tell the bot again what it knows, as happens when a confirmation was lost."""
        self.pending[:0] = updates
        self._wake()

    async def poll(self, words: Json) -> list[Json]:
        """Answer getUpdates; raise Refused when another one takes over, or a webhook is set."""
        if self.webhook:
            raise Refused(
                409,
                "can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        self._end_turn("other getUpdates request; make sure that only one bot instance is running")
        self._allow(words)
        limit = words.get("limit", 100)
        if not 1 <= limit <= 100:
            raise violated(f"limit={limit} is not within 1 to 100")
        self._confirm(words.get("offset", 0))
        turn = self._turn = _Turn()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(words.get("timeout", 0)):
                    while not self.pending and not turn.ended_by:
                        turn.woken.clear()
                        await turn.woken.wait()
        finally:
            if self._turn is turn:
                self._turn = None
        if turn.ended_by:
            raise Refused(409, f"terminated by {turn.ended_by}")
        return self.pending[:limit]

    @property
    def is_awaited(self) -> bool:
        """Whether somebody waits for what comes next."""
        return self._turn is not None

    def set_webhook(self, words: Json) -> None:
        """Post updates from now on; raise Refused for an address that Telegram would not take."""
        address = urlsplit(words["url"])
        local = address.hostname in {"127.0.0.1", "localhost", "::1"}
        if not local and (address.scheme != "https" or address.port not in _PORTS):
            raise violated(f"bad webhook: {words['url']} is no HTTPS address on an open port")
        self._allow(words)
        self.drop_webhook(drop=words.get("drop_pending_updates", False))
        self._end_turn("setWebhook request")
        self.webhook = words
        self._posting = asyncio.get_running_loop().create_task(self._post())

    def drop_webhook(self, *, drop: bool = False) -> None:
        """Post no more; forget what waits, if told so."""
        if self._posting is not None:
            self._posting.cancel()
        self.webhook, self._posting = None, None
        if drop:
            self.pending.clear()

    @property
    def told(self) -> Json:
        """The WebhookInfo."""
        words = self.webhook or {}
        told = {
            "url": words.get("url", ""),
            "has_custom_certificate": "certificate" in words,
            "pending_update_count": len(self.pending),
        }
        if words:
            told["max_connections"] = words.get("max_connections", 40)
        if self._allowed:
            told["allowed_updates"] = self._allowed
        if self.failures:
            told |= {"last_error_date": self._failed_at, "last_error_message": self.failures[-1]}
        return told

    def _allow(self, words: Json) -> None:
        allowed = words.get("allowed_updates", self._allowed)
        if unknown := set(allowed) - self.kinds:
            raise violated(f"allowed_updates: there are no {', '.join(sorted(unknown))}")
        self._allowed = allowed

    def _confirm(self, offset: int) -> None:
        if offset < 0:
            del self.pending[:offset]
        elif offset:
            self.pending = [each for each in self.pending if each["update_id"] >= offset]

    def _wake(self) -> None:
        self._arrived.set()
        if self._turn is not None:
            self._turn.woken.set()

    def _end_turn(self, by: str) -> None:
        if self._turn is not None:
            self._turn.ended_by = by
            self._turn.woken.set()

    async def _post(self) -> None:
        """Post one update after the other, each until it is taken."""
        headers = {_SECRET: self.webhook["secret_token"]} if "secret_token" in self.webhook else {}
        async with ClientSession(timeout=ClientTimeout(PATIENCE_S)) as session:
            while True:
                while not self.pending:
                    self._arrived.clear()
                    await self._arrived.wait()
                update, why = self.pending[0], ""
                try:
                    async with session.post(
                        self.webhook["url"], json=update, headers=headers
                    ) as answer:
                        if not 200 <= answer.status < 300:
                            why = f"Wrong response from the webhook: {answer.status}"
                except (ClientError, TimeoutError) as error:
                    why = f"Connection failed: {type(error).__name__}"
                if not why:
                    self.pending.remove(update)
                    continue
                self.failures.append(why)
                self._failed_at = int(time())
                self.changed.set()
                await asyncio.sleep(self.retry_s)
