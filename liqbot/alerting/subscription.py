"""Who wants to hear of what, and who listens."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from liqbot.alerting.alert import EVERYWHERE
from liqbot.alerting.quiet import Mode, Mute, QuietHours
from liqbot.chat.message import ChatId
from liqbot.errors import CommandError, OutOfRange
from liqbot.market.holding import Holding
from liqbot.market.units import Side
from liqbot.rules.rule import Severity

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=24)  # a cooldown
COOLDOWN = timedelta(minutes=60)
LASTING, LASTING_MOST = timedelta(days=30), timedelta(days=365)
NOTICE = timedelta(hours=24)  # before it ends
CAP = 20  # a user's subscriptions

GRADES = "ABCD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants to hear of. Raise OutOfRange for a cooldown that cannot be."""

    rule: str
    base: str = EVERYWHERE  # a market; EVERYWHERE for all that are watched
    side: Side | None = None  # None = both
    case: str = ""  # one of the rule's; "" = any
    lines: tuple[tuple[str, float], ...] = ()  # own lines by setting, sorted
    min_usd: float | None = None  # expected Usd, instead of the share of a usual day
    severity: Severity = Severity.INFO  # the least
    grade: str = "B"  # the worst; C and D only for who asks
    lone: bool = False  # also what rests on one venue alone
    once: bool = False
    cooldown: timedelta = COOLDOWN
    holding: Holding | None = None  # a position of one's own, for a rule that looks at these

    def __post_init__(self) -> None:
        if not SHORTEST <= self.cooldown <= LONGEST:
            raise OutOfRange("A cooldown is from 1m to 24h.")
        if self.grade not in GRADES or len(self.grade) != 1:
            raise OutOfRange("A grade is A, B, C or D.")
        if self.min_usd is not None and not 0 < self.min_usd < 1e15:
            raise OutOfRange("An amount is above $0 and below $1,000,000B.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A wish of somebody in a chat."""

    id: int  # numbered by the ledger; 0 before
    chat: ChatId  # that is told
    user: str  # who owns it, as the platform numbers them
    wish: Wish
    created_at: datetime
    expires_at: datetime
    reminded: bool = False  # that it will expire
    paused: str = ""  # why; "" = it is not
    followed_at: datetime | None = None  # when it was last said that moved clusters be followed
    role: str = ""  # mentioned in the message, as the platform writes it

    def is_live(self, at: datetime) -> bool:
        """Whether it is told anything."""
        return not self.paused and at < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A chat as it wants to be told, and how telling it goes."""

    chat: ChatId
    zone: str = ""  # IANA; here and below, "" = as the operator has it
    locale: str = ""  # how figures are written
    theme: str = ""  # of pictures, as are those that follow
    colours: str = ""
    range: str = ""
    size: str = ""
    quiet: QuietHours | None = None
    mutes: tuple[Mute, ...] = ()
    failures: int = 0  # deliveries in a row
    disabled: str = ""  # why nothing is sent any more; "" = all is well
    cap: int = 20  # messages an hour

    def muted(self, base: str, at: datetime) -> bool:
        """Tell whether it wants to hear nothing of a market."""
        return any(each.covers(base, at) for each in self.mutes)

    def hush(self, severity: Severity, at: datetime) -> tuple[Mode, datetime] | None:
        """Return what quiet hours do to a message at a moment, and when they end."""
        if self.quiet is None or (self.quiet.critical and severity is Severity.CRITICAL):
            return None
        until = self.quiet.until(at)
        return None if until is None else (self.quiet.mode, until)


@dataclass(frozen=True, slots=True)
class Caps:
    """How much may be asked for in one chat."""

    subscriptions: int = CAP
    by_chat: Mapping[ChatId, int] = field(default_factory=dict)

    def of(self, chat: ChatId) -> int:
        """Return how many subscriptions a chat may have."""
        return self.by_chat.get(chat, self.subscriptions)


def subscribed(
    wish: Wish,
    chat: ChatId,
    user: str,
    at: datetime,
    others: Collection[Subscription],
    *,
    lasting: timedelta = LASTING,
    caps: Caps | None = None,
    role: str = "",
) -> Subscription:
    """Return a new subscription of a chat that has others, not numbered yet.

    Raise CommandError for one too many, one that is there already or one that lasts too long.
    """
    wanted = Subscription(
        id=0,
        chat=chat,
        user=user,
        wish=wish,
        created_at=at,
        expires_at=at + checked_lasting(lasting),
        reminded=lasting <= NOTICE,  # whoever wants it for a day need not be told the same day
        role=role,
    )
    check_new(wanted, others, caps or Caps())
    return wanted


def check_new(wanted: Subscription, others: Collection[Subscription], caps: Caps) -> None:
    """Raise CommandError for one too many, or one that its chat has already."""
    check_room(others, caps.of(wanted.chat))
    if any(each.wish == wanted.wish for each in others):
        raise CommandError("That is subscribed to already; /alerts lists all.")


def check_room(others: Collection[Subscription], cap: int) -> None:
    """Raise OutOfRange unless there is room for one more, shown as 20/20."""
    if len(others) >= cap:
        raise OutOfRange(
            f"There are {len(others)}/{cap} subscriptions; end one with /unsubscribe first."
        )


def checked_lasting(lasting: timedelta) -> timedelta:
    """Return how long a subscription lasts; raise OutOfRange if that is too short or too long."""
    if not timedelta(hours=1) <= lasting <= LASTING_MOST:
        raise OutOfRange("A subscription lasts from 1h to 365d.")
    return lasting
