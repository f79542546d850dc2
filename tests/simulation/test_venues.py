import pytest

from liqbot.heatmap.brackets import bracket_schedule
from liqbot.simulation.venues import CONTRACTS, VENUES


def test_venues_share_the_whole_market() -> None:
    assert sum(venue.share for venue in VENUES) == pytest.approx(1.0)


def test_every_contract_has_brackets_on_every_venue() -> None:
    for venue in VENUES:
        for base in CONTRACTS:
            assert bracket_schedule(venue.name, base).max_leverage >= 20


def test_prices_are_told_finely_enough() -> None:
    for contract in CONTRACTS.values():
        assert 10.0**-contract.decimals < contract.price * 1e-4
