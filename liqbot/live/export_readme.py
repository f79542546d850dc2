"""What an export says of itself."""

from collections.abc import Iterable

from liqbot.chat.facts import age
from liqbot.heatmap.history import History
from liqbot.live.export_tables import Table
from liqbot.market.units import Side, moment_of

_FORM = "%Y-%m-%d %H:%M UTC"
_SIMULATED = """**SIMULATED: nobody ever traded this.**

"""
_YOUNG = "The past is shorter than five days, so much of what stands had to be guessed.\n\n"
_READING = {
    "csv": "Each table is a CSV file: UTF-8, a header, commas; what is not known is empty.",
    "parquet": "Each table is a Parquet file; what is not known is null.",
}


def readme(
    history: History, tables: Iterable[tuple[Table, str, int]], form: str, from_ms: int
) -> str:
    """Explain an export: what it is of, its tables (with their files and rows), every unit."""
    realised = ", ".join(
        f"{history.model.realisation[side.index]:g} for {side.value}s" for side in Side
    )
    since = moment_of(max(from_ms, int(history.heatmap.opened_ms[0])))
    sections = "\n".join(_section(*each) for each in tables)
    return f"""# {history.base}: a liquidation map

{_SIMULATED if history.simulated else ""}\
An estimate of where leveraged positions would be force-closed if price went there. It is
modelled from prices, volume and open interest. Modelled, not measured. Not a forecast. Not advice.
Blind to cross margin, added margin, hidden hedges, OTC, collateral, partial closes.

- Market: {history.base} perpetual futures on {", ".join(history.venues)}
- Time: {since:{_FORM}} to {history.at:{_FORM}}
- Mark price: {history.snapshot.mark:.8g}
- Known: {history.coverage:.0%} of the bars; the newest datum was {age(history.data_age_s)} old
- Model: {history.model.version}
- Expected = modelled × the share that is usually realised: {realised}

{_YOUNG if not history.warm else ""}\
{_READING[form]}
Times are UTC. A dollar is whatever the venue quotes in: USDT, USDC or USD. Bands that hold nothing
are left out.

{sections}"""


def _section(table: Table, file: str, rows: int) -> str:
    columns = "\n".join(f"| `{name}` | {what} |" for name, what in table.columns.items())
    count = f"{rows:,} row{'' if rows == 1 else 's'}"
    return f"""## {file}: {count}

{table.about}

| column | what it holds |
|---|---|
{columns}
"""
