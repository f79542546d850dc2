"""What Discord says instead of doing as it is asked."""

from tests.fakes.faults import Json

_SAID = {
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    30032: (400, "Maximum number of application commands reached (100)."),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    40094: (
        400,
        "The application's follow-up messages for an interaction are limited to 5 per interaction.",
    ),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    50033: (400, "Invalid Recipient(s)"),
    50035: (400, "Invalid Form Body"),
}
# A program that behaves is never told these; the others may happen to it.
_BLAMES = {10015, 10062, 30032, 40005, 40060, 40094, 50006, 50027, 50033, 50035}


class Refusal(Exception):  # noqa: N818 - it is an answer
    """An answer by its code; `why` goes to the violations where the asker is to blame."""

    def __init__(self, code: int, why: str = "") -> None:
        self.code, self.why = code, why
        self.status, self.message = _SAID[code]
        self.blames = code in _BLAMES
        super().__init__(f"{code} {self.message}: {why}")

    @property
    def body(self) -> Json:
        """What the asker reads."""
        return {"code": self.code, "message": self.message}
