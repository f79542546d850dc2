"""Answers the operator's questions over HTTP, on this machine alone."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from liqbot.errors import ConfigError
from liqbot.market.status import Status
from liqbot.operations.health import PATIENCE, health_of
from liqbot.operations.metrics import registry_of

_SHUTDOWN_S = 1.0  # for answers under way; the whole bot has 5


@asynccontextmanager
async def serving(
    status: Callable[[], Status], host: str, port: int, patience: timedelta = PATIENCE
) -> AsyncIterator[str]:
    """Serve /healthz and /metrics while open; yield the address. Port 0 is any that is free.

    Raise ConfigError, naming the key, for a port that cannot be had.
    """
    application = web.Application()
    application.router.add_get("/healthz", _healthz(status, patience))
    application.router.add_get("/metrics", _metrics(registry_of(status)))
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise ConfigError(
                f"operations.metrics_port = {port}: cannot be served on {host}:"
                f" {os.strerror(error.errno or 0)}; name a port that is free"
            ) from error
        bound = runner.addresses[0][1]
        yield f"http://[{host}]:{bound}" if ":" in host else f"http://{host}:{bound}"
    finally:
        await runner.cleanup()


def _healthz(
    status: Callable[[], Status], patience: timedelta
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        health = health_of(status(), patience)
        told: dict[str, object] = {
            "healthy": health.healthy,
            "seeing": health.seeing,
            "markets": health.markets,
        }
        if not health.healthy:
            told["reasons"] = health.reasons
        return web.json_response(told, status=200 if health.healthy else 503)

    return answer


def _metrics(registry: CollectorRegistry) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_request: web.Request) -> web.Response:
        return web.Response(
            body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST}
        )

    return answer
