"""How a conversation with an exchange goes: for /status, /metrics and `liqbot check`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What came of asking, or of listening, since the start."""

    answers: int = 0  # good ones; on a stream, messages
    answered_at: datetime | None = None  # the last good one, aware, UTC
    failures: Mapping[str, int] = field(default_factory=dict)  # by SourceError.kind
    failed_at: datetime | None = None
    failing: str = ""  # what the last one failed for, in words; "" once one has come since
    latency_s: float = float("nan")  # of the last good answer
    latency_sum_s: float = 0.0
    skew_s: float = float("nan")  # their clock ahead of ours
    load: float = 0.0  # share of the venue's request budget in use, 0 … 1
    paused_until: datetime | None = None  # nothing is asked before, as the venue demanded
    connections: int = 0  # streams: how often connected
