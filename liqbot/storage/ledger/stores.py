"""The ledger's stores, put together."""

from liqbot.alerting.ledger import Ledger
from liqbot.storage.database import Database
from liqbot.storage.ledger.outbox import SqlDeliveries, SqlOutbox
from liqbot.storage.ledger.privacy import SqlPrivacy
from liqbot.storage.ledger.recipients import SqlRecipients
from liqbot.storage.ledger.subscriptions import SqlSubscriptions
from liqbot.storage.ledger.tracks import SqlTracks
from liqbot.storage.ledger.watch import SqlWatch


def sql_ledger(database: Database) -> Ledger:
    """Return the ledger that a migrated database keeps."""
    return Ledger(
        subscriptions=SqlSubscriptions(database),
        recipients=SqlRecipients(database),
        watch=SqlWatch(database),
        outbox=SqlOutbox(database),
        deliveries=SqlDeliveries(database),
        tracks=SqlTracks(database),
        privacy=SqlPrivacy(database),
    )
