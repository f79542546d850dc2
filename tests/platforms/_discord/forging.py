"""What people who mean no good let Discord send, and what no client of its sends."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from numpy.random import Generator

from tests.fakes.discord.interaction import COMMAND, COMPLETION, COMPONENT, FORM
from tests.fakes.faults import Json
from tests.hostility import PIECES

SAID = [
    each.encode("utf-8", "replace").decode() for each in PIECES
]  # Discord sends no half characters
STRING, BUTTON, MENUS = 3, 2, (3, 5, 6, 7, 8)
OF_OTHER_KINDS = ((4, 7), (5, True), (6, "1"), (7, "1"), (8, "1"), (9, "1"), (10, 0.5), (11, "1"))
ACTS = (
    *("unsubscribe {}", "alerts pause {}", "alerts extend {}", "channel remove {}"),
    *("channel pause {}", "alerts {}", "channel list {}", "why {}", "settings {}", "unwatch {}"),
)
NOT_OURS = (
    *("", "liqbot", "liqbot:", "liqbot::help", "liqbot:0:", "liqbot:x:help", "LIQBOT:0:help"),
    *("liqbot:-1:help", " liqbot:0:help", "ticket:close", "x" * 4096, "\0liqbot:0:help", "[]"),
)


class Rule(Enum):
    """What becomes of an interaction."""

    ANSWERED = "a command, and a button of ours, is answered in words"
    CHANGED = "a command that is gone, or takes other words, is answered so"
    OFFERED = "what begins is completed, and be it by nothing"
    UNKNOWN = "what no command takes is not completed"
    FOREIGN = "a button or a menu that is none of ours is not answered"
    FORMLESS = "a form is not answered, as none is ever opened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """An interaction, before it is known where and by whom."""

    kind: int
    rule: Rule
    data: Json


@dataclass(frozen=True, slots=True)
class Forger:
    """Makes up interactions with the commands that are offered, about things that are others'."""

    chance: Generator
    commands: Sequence[Json]  # as Discord was told them
    others: Sequence[str]  # ids and numbers of what others want and were told

    @property
    def kinds(self) -> Mapping[str, tuple[int, Callable[[int], Forged]]]:
        """What is made up, how often, and how."""
        return {
            "words that are typed": (400, self._typed),
            "options that are not offered": (120, self._misfilled),
            "commands that are not there": (30, self._gone),
            "beginnings of words": (150, self._begun),
            "beginnings of options that are not there": (20, self._begun_unknown),
            "beginnings of commands that are not there": (20, self._begun_gone),
            "buttons of others, and ours with other words": (200, self._pressed),
            "buttons that are not ours": (60, self._foreign),
            "menus": (30, self._chosen),
            "forms": (20, self._submitted),
        }

    def all(self) -> list[Forged]:
        """Return them in no order."""
        made = [make(i) for count, make in self.kinds.values() for i in range(count)]
        return [made[i] for i in self.chance.permutation(len(made))]

    def _words(self, longest: int = 6000) -> str:
        """Return what somebody types, or what is another's."""
        if self.chance.random() < 0.1:
            return str(self.chance.choice(list(self.others)))
        chosen = self.chance.integers(0, len(SAID), self.chance.integers(1, 4))
        glue = (" ", "", "\n")[int(self.chance.choice(3, p=(0.8, 0.1, 0.1)))]
        return glue.join(SAID[i] for i in chosen)[:longest]

    def _typed(self, i: int) -> Forged:
        """Say something in one option, or in several, and what is offered in others."""
        command = self.commands[i % len(self.commands)]
        wanted = [
            _option(each["name"], self._fitting(each))
            for each in command.get("options") or ()
            if each["required"] or self.chance.random() < 0.5
        ]
        for each in wanted:
            if each is wanted[-1] or self.chance.random() < 0.2:
                each["value"] = self._words()
        return Forged(kind=COMMAND, rule=Rule.ANSWERED, data=_command(command, wanted))

    def _fitting(self, option: Json) -> str:
        """Return what is offered, or a market."""
        offered = [each["value"] for each in option.get("choices") or ()]
        return str(self.chance.choice(offered or ["BTC", "eth"]))

    def _misfilled(self, i: int) -> Forged:
        """Let an option be missing, unknown, there twice, of another kind, or a subcommand."""
        takes = [each for each in self.commands if each.get("options")]
        command = takes[i // 5 % len(takes)]
        first = command["options"][0]
        right = _option(first["name"], self._words())
        kind, value = OF_OTHER_KINDS[i // 5 % len(OF_OTHER_KINDS)]
        options, fits = (
            ([], not first["required"]),
            ([right, _option(self._words(32), self._words())], True),
            ([right, _option(first["name"], self._words())], True),
            ([{"name": first["name"], "type": kind, "value": value}], False),
            ([{"name": first["name"], "type": 1, "options": [right]}], False),
        )[i % 5]
        rule = Rule.ANSWERED if fits else Rule.CHANGED
        return Forged(kind=COMMAND, rule=rule, data=_command(command, options))

    def _gone(self, i: int) -> Forged:
        """Name a command that is not there, or one in the menu of a user or a message."""
        name = self._words(32) if i % 3 else str(self.commands[i % len(self.commands)]["name"])
        gone = {"id": "5", "name": name if i % 3 else f"{name}s", "type": i % 3 + 1}
        data = _command(gone, []) | ({"target_id": self.others[0]} if i % 3 else {})
        return Forged(kind=COMMAND, rule=Rule.CHANGED, data=data)

    def _begun(self, i: int) -> Forged:
        completed = [
            (command, option["name"])
            for command in self.commands
            for option in command.get("options") or ()
            if option.get("autocomplete")
        ]
        command, name = completed[i % len(completed)]
        begun = _option(name, self._words()) | {"focused": True}
        return Forged(kind=COMPLETION, rule=Rule.OFFERED, data=_command(command, [begun]))

    def _begun_unknown(self, i: int) -> Forged:
        command = self.commands[i % len(self.commands)]
        begun = _option(self._words(32), self._words()) | {"focused": True}
        return Forged(kind=COMPLETION, rule=Rule.UNKNOWN, data=_command(command, [begun]))

    def _begun_gone(self, i: int) -> Forged:
        """Begin a word of a command that is not there, or none of one that is."""
        begun = [_option("market", self._words()) | {"focused": True}]
        gone = {"id": "5", "name": self._words(32)}
        there = self.commands[i % len(self.commands)]
        data = _command(gone, begun) if i % 2 else _command(there, [])
        return Forged(kind=COMPLETION, rule=Rule.UNKNOWN, data=data)

    def _pressed(self, i: int) -> Forged:
        other = str(self.chance.choice(list(self.others)))
        words = ACTS[i % len(ACTS)].format(other) if i % 2 else self._words()
        return Forged(kind=COMPONENT, rule=Rule.ANSWERED, data=_component(f"liqbot:{i}:{words}"))

    def _foreign(self, i: int) -> Forged:
        custom_id = NOT_OURS[i] if i < len(NOT_OURS) else self._words()
        return Forged(kind=COMPONENT, rule=Rule.FOREIGN, data=_component(custom_id))

    def _chosen(self, i: int) -> Forged:
        """Choose from a menu that is not ours, or says what a button of ours would."""
        custom_id = f"liqbot:{i}:{self._words()}" if i % 2 else self._words()
        chosen = {"values": [self._words()], "resolved": {}}
        data = _component(custom_id, MENUS[i % len(MENUS)]) | chosen
        return Forged(kind=COMPONENT, rule=Rule.ANSWERED if i % 2 else Rule.FOREIGN, data=data)

    def _submitted(self, i: int) -> Forged:
        field = {"type": 4, "custom_id": self._words(100), "value": self._words()}
        custom_id = "liqbot:0:help" if i % 2 else self._words()
        row = {"type": 1, "components": [field]}
        data = {"custom_id": custom_id, "components": [row] if i % 3 else []}
        return Forged(kind=FORM, rule=Rule.FORMLESS, data=data)


def _command(command: Json, options: Sequence[Json]) -> Json:
    named = {"id": command["id"], "name": command["name"], "type": command.get("type", 1)}
    return named | {"options": list(options), "resolved": {}}


def _option(name: str, value: str) -> Json:
    return {"name": name, "type": STRING, "value": value}


def _component(custom_id: str, kind: int = BUTTON) -> Json:
    return {"custom_id": custom_id, "component_type": kind, "id": 1}
