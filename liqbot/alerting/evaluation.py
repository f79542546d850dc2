"""What the rules see at one moment, for those who listen: the looks that routing takes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from liqbot.alerting.alert import EVERYWHERE
from liqbot.alerting.looking import Ending, Look, widest
from liqbot.alerting.roster import Roster, Terms
from liqbot.heatmap.tracks import Kind
from liqbot.market.units import moment_of
from liqbot.rules.rule import Blind, Finding, Scene

_ENDS = (Kind.SWEPT, Kind.FADED, Kind.MIGRATED, Kind.MERGED, Kind.OUTGROWN)


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule that raised where it should have told; it counts as blind."""

    rule: str
    base: str
    error: Exception


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was seen, and what went wrong meanwhile."""

    looks: tuple[Look, ...]
    faults: tuple[Fault, ...] = ()


def evaluate(
    scenes: Mapping[str, Scene], bases: Iterable[str], roster: Roster, terms: Terms
) -> Evaluation:
    """Let the rules that anybody listens to look at some markets; at all at once for EVERYWHERE.

    `scenes` are those of all watched markets by base, without others of their own. A rule looks
    as widely as the lines of those who listen; it is each subscription's to judge what is seen.
    """
    looks, faults = list[Look](), list[Fault]()
    for name, base in _wanted(bases, roster, terms):
        demands = [each for each, _ in roster.listeners(name, base)]
        settings = widest(terms.rules[name], terms.settings[name], demands)
        scene = _scene(scenes, base)
        if scene is None:
            continue
        if terms.rules[name].private:
            held = (each.holding for each in demands)
            scene = replace(scene, holdings=tuple(each for each in held if each is not None))
        try:
            seen = terms.rules[name].judge(scene, settings)
        except Exception as error:  # noqa: BLE001 - one rule that raises is blind, and no other
            seen = Blind(f"the rule failed: {type(error).__name__}")
            faults.append(Fault(name, base, error))
        looks.append(_look(name, base, scene, seen))
    return Evaluation(tuple(looks), tuple(faults))


def _wanted(bases: Iterable[str], roster: Roster, terms: Terms) -> Iterator[tuple[str, str]]:
    """Yield the rules and markets that somebody listens to, or still waits for the end of."""
    listed = tuple(bases)
    for name, rule in terms.rules.items():
        for base in listed:
            if rule.across is not (base == EVERYWHERE):
                continue
            if roster.lives.get((name, base)) or any(True for _ in roster.listeners(name, base)):
                yield name, base


def _scene(scenes: Mapping[str, Scene], base: str) -> Scene | None:
    """Return what a rule looks at: one market, or the first with all others beside it."""
    if base != EVERYWHERE:
        return scenes.get(base)
    if not scenes:
        return None
    first, *others = scenes.values()
    return replace(first, others=tuple(others))


def _look(name: str, base: str, scene: Scene, seen: tuple[Finding, ...] | Blind) -> Look:
    every = (scene, *scene.others) if base == EVERYWHERE else (scene,)
    return Look(
        rule=name,
        base=base,
        seen=seen,
        data_at=min(map(_data_at, every)),
        simulated=any(each.history.simulated for each in every),
        ends=endings(every),
    )


def _data_at(scene: Scene) -> datetime:
    return scene.history.at - timedelta(seconds=scene.history.data_age_s)


def endings(scenes: Iterable[Scene]) -> Mapping[str, Ending]:
    """Return what became of clusters in two days, the last of each."""
    return {
        event.track: Ending(event.kind.value, moment_of(event.at_ms))
        for scene in scenes
        for event in scene.history.tracking.events
        if event.kind in _ENDS
    }
