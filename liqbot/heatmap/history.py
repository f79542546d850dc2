"""One market's history, the read side for charts, rules and commands."""

from dataclasses import dataclass
from datetime import datetime

from liqbot.heatmap.clusters import Asymmetry, Cluster
from liqbot.heatmap.heatmap import Heatmap, MassLedger, Snapshot
from liqbot.heatmap.model import Model
from liqbot.market.series import Candles, Funding, OpenInterest
from liqbot.market.tape import Tape


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that is known of one market up to `at`: nothing in it is from later."""

    base: str  # "BTC"
    venues: tuple[str, ...]  # those in the map, in the order of its venue axis
    at: datetime  # aware, UTC
    data_age_s: float  # seconds between the newest datum and `at`
    coverage: float  # share of the bars in the heatmap's window that are known, 0 … 1
    warm: bool  # whether the engine has seen enough past (5 days)
    simulated: bool
    model: Model
    candles: Candles  # of the leading venue, same bars as the heatmap
    open_interest: OpenInterest  # summed over venues
    funding: Funding  # of the leading venue
    tape: Tape  # of all venues
    heatmap: Heatmap
    snapshot: Snapshot
    clusters: tuple[Cluster, ...]  # by side, then by distance
    asymmetry: Asymmetry
    ledger: MassLedger
