"""What came of a level right after price went through it, for those who were told of it.

Nothing of it is remembered: whose message stands is read from what was delivered, and the id of
each piece of news follows from what it is about. So whoever computes it again owes nobody more.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from liqbot.alerting.alert import Alert, Fingerprint, News, digest
from liqbot.alerting.delivery import Delivery, State, delivery_id
from liqbot.alerting.evaluation import endings
from liqbot.alerting.lifecycle import Life
from liqbot.alerting.looking import Ending
from liqbot.alerting.outcome import touching_usd
from liqbot.alerting.placing import owed_apart
from liqbot.alerting.roster import Changes, Roster
from liqbot.alerting.subscription import Recipient
from liqbot.chat.facts import venue_name
from liqbot.chat.numbers import Numbers
from liqbot.heatmap.tracks import Kind
from liqbot.market.units import Usd, ms_of
from liqbot.rules.rule import Scene

AFTER = (timedelta(minutes=3), timedelta(minutes=15))  # price went through, it is told again

_LATE = timedelta(hours=1)  # after it, what came of it is left to the score
_LOCALE = "en"  # where nobody says another
_ALL = 0.995  # of the forced orders, told as all


class Swept(NamedTuple):
    """A place that price went through in an episode that somebody was told of."""

    name: Fingerprint
    episode: int  # Unix ms
    at: datetime  # when price had gone through it
    telling: int  # which of AFTER is over

    @property
    def alert_id(self) -> str:
        """The alert's id."""
        return digest(*self.name, self.episode)


def swept(roster: Roster, scenes: Mapping[str, Scene], at: datetime) -> set[Swept]:
    """Return of which places it is time to tell what came of them; each as often as AFTER."""
    found = set[Swept]()
    recent = {base: _recent(scene, at) for base, scene in scenes.items()}
    for (rule, base), here in roster.lives.items():
        if not (gone := recent.get(base)):
            continue
        for (number, about), life in here.items():
            ending = gone.get(about)
            if ending is not None and _was_told(life, ending):
                telling = sum(each <= at - ending.at for each in AFTER) - 1
                name = Fingerprint(number, rule, base, about)
                found.add(Swept(name, life.episode, ending.at, telling))
    return found


def aftermath(
    roster: Roster,
    told: Mapping[Swept, Iterable[Delivery]],
    scenes: Mapping[str, Scene],
    at: datetime,
) -> Changes:
    """Owe those whose message stands what was realised beside what was expected.

    `told` are all deliveries of each alert. Nothing is owed where no venue tells of forced orders.
    """
    changes = Changes()
    for each, deliveries in sorted(told.items()):
        alert, scene = standing_alert(deliveries), scenes.get(each.name.base)
        subscription = roster.subscriptions.get(each.name.subscription)
        if alert is None or scene is None or not scene.tapes or subscription is None:
            continue
        recipient = roster.recipient(subscription.chat)
        if subscription.paused or recipient.disabled or recipient.muted(each.name.base, at):
            continue
        number = delivery_id(
            each.name, each.episode, subscription.chat, News.OUTCOME, f"{each.telling}"
        )
        news = Delivery(
            id=number,
            message=number,
            chat=subscription.chat,
            subscription=subscription.id,
            news=News.OUTCOME,
            made_at=at,
            due_at=at,
            fingerprint=each.name,
            episode=each.episode,
            words=_words(each, alert, scene, recipient),
        )
        owed_apart(roster, news, alert.finding.severity, changes)
    return changes


def standing_alert(deliveries: Iterable[Delivery]) -> Alert | None:
    """Return what a chat was last told by the message that stands there; None where none does."""
    alert = None
    for each in deliveries:
        if each.state is State.REFUSED:
            return None
        if each.state is State.SENT and each.alert is not None:
            alert = each.alert
    return alert


def _recent(scene: Scene, at: datetime) -> Mapping[str, Ending]:
    return {
        about: ending
        for about, ending in endings((scene,)).items()
        if ending.kind == Kind.SWEPT and AFTER[0] <= at - ending.at <= _LATE
    }


def _was_told(life: Life, ending: Ending) -> bool:
    """Tell whether somebody was told in the episode that ended so."""
    told_ms = 0 if life.told_at is None else ms_of(life.told_at)
    return 0 < life.episode <= told_ms and life.episode <= ms_of(ending.at)


def _words(swept: Swept, alert: Alert, scene: Scene, recipient: Recipient) -> str:
    """Say what was expected and what was realised, and how much of that is told at all."""
    finding, numbers = alert.finding, Numbers(recipient.locale or _LOCALE, recipient.zone or "UTC")
    modelled = (each.value for each in finding.facts if each.label == "modelled")
    raw = next((f" ({numbers.usd(each)} modelled)" for each in modelled), "")
    where = "it"
    if finding.low is not None and finding.high is not None:
        where = f"{numbers.price(finding.low)} to {numbers.price(finding.high)}"
    minutes = int(AFTER[swept.telling].total_seconds() / 60)
    return (
        f"{'SIMULATED · ' if alert.simulated else ''}{swept.name.base} · {minutes} min after price"
        f" went through {where}: realised {numbers.usd(_realised(alert, scene))},"
        f" expected {numbers.usd(alert.usd)}{raw}. Realised is what these venues tell of their"
        f" forced orders: {_told_share(scene.tapes, numbers)}."
    )


def _realised(alert: Alert, scene: Scene) -> Usd:
    """Return what was liquidated while price was there, as far as candles have closed."""
    finding, history = alert.finding, scene.history
    if finding.side is None or finding.low is None or finding.high is None:
        return Usd(0.0)
    begun_ms = ms_of(alert.at) // history.candles.interval_ms * history.candles.interval_ms
    since = history.candles.since(begun_ms)
    return touching_usd(finding.side, finding.low, finding.high, since, history.tape)


def _told_share(tapes: Mapping[str, float | None], numbers: Numbers) -> str:
    return ", ".join(
        f"{venue_name(venue)} an unknown share"
        if share is None
        else f"{venue_name(venue)} {'all' if share >= _ALL else 'about ' + numbers.share(share)}"
        for venue, share in tapes.items()
    )
