"""How the Bot API says no."""

from tests.fakes.faults import Json

_NAMES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
}


class Refused(Exception):  # noqa: N818 - it is what the Bot API answers
    """An answer that is an error; a violation is one that no correct client ever gets."""

    def __init__(
        self, status: int, why: str, *, violation: bool = False, parameters: Json = None
    ) -> None:
        name = _NAMES[status]
        super().__init__(f"{name}: {why}" if why else name)
        self.status, self.parameters, self.violation = status, parameters, violation

    @property
    def body(self) -> Json:
        """What is answered."""
        body = {"ok": False, "error_code": self.status, "description": str(self)}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def violated(why: str) -> Refused:
    """Return the refusal of what the documentation forbids."""
    return Refused(400, why, violation=True)


def too_many(retry_after: int) -> Refused:
    """Return the refusal of what comes too fast."""
    return Refused(429, f"retry after {retry_after}", parameters={"retry_after": retry_after})
