"""One port for everything: hooks and live streams async, Django's pages on a bounded thread pool.

Django's own ASGI handler runs synchronous views one context switch at a time and measured two to
three times slower than WSGI behind threads, so pages go through a2wsgi.
"""

from __future__ import annotations

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tenantline.config.settings")

from a2wsgi import WSGIMiddleware
from django.conf import settings

from tenantline.config.chunked import WithLength
from tenantline.config.wsgi import application as pages
from tenantline.hooks.app import Hooks, is_hook
from tenantline.hooks.ear import Ear
from tenantline.hooks.writer import Writer
from tenantline.live.app import application as live

PAGE_THREADS = 8


class Application:
    """Routes by path; starts and ends with the server."""

    def __init__(self) -> None:
        on_threads = WSGIMiddleware(cast(Any, pages), workers=PAGE_THREADS)
        self._pages = WithLength(on_threads, limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        self._writer = Writer()
        self._ear = Ear()
        self._hooks = Hooks(self._writer, missed=self._ear.missed)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection's request, or the server's start and end."""
        if scope["type"] == "lifespan":
            await self._live_span(receive, send)
        elif scope["type"] != "http":
            return
        elif is_hook(scope["path"]):
            await self._hooks(scope, receive, send)
        elif scope["path"] == "/live/":
            await live(scope, receive, send)
        else:
            await self._pages(scope, receive, send)

    async def _live_span(self, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._ear.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                self._ear.close()
                self._writer.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Application()
