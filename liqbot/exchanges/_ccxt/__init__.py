"""What the venues that ccxt speaks to share, and the one door through which ccxt enters.

settings    what the operator may set of each
venue       Venue: what differs between them, as data and a few functions; start here
pages       the past, a page at a time
line        Line: ccxt's client of one venue, paced, every error one of ours
faults      which of ccxt's errors is which of ours
source      MarketSource on a line
positions   whose positions a venue shows
tape        forced orders, as ccxt hears of them
opening     a Venue becomes an Exchange
"""
