"""The one pooled HTTP client to Hugging Face, and the one place where its errors become ours.

Called by the other modules of bot/hub.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from bot.core.errors import Cause, Failed, Reach

CONNECT_SECONDS = 10.0
POOL_SECONDS = 10.0
_DIRECT: dict[str, httpx.AsyncBaseTransport | None] = {
    "all://127.0.0.1": None,
    "all://localhost": None,
    "all://[::1]": None,
}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
USER_AGENT = "HugOps/0.1 (Discord chat-ops bot)"
# Asked for with every call: a picture gains nothing, and a small answer cannot blow up in memory.
UNCOMPRESSED = {"Accept-Encoding": "identity"}


def open_client(
    timeout_seconds: float, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client whose every wait is finite; close it when done."""
    timeout = httpx.Timeout(timeout_seconds, connect=CONNECT_SECONDS, pool=POOL_SECONDS)
    limits = httpx.Limits(max_connections=40, max_keepalive_connections=10)
    headers = {"User-Agent": USER_AGENT}
    # The environment's proxies are honoured, but what listens on this machine is behind none.
    return httpx.AsyncClient(
        timeout=timeout, limits=limits, headers=headers, transport=transport, mounts=_DIRECT
    )


@asynccontextmanager
async def ours() -> AsyncGenerator[None]:
    """Turn the client's exceptions into Failed, which tells whether the call may have run."""
    try:
        yield
    except _NEVER_SENT as error:
        raise Failed(cause=Cause.NO_ANSWER, reach=Reach.NEVER) from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, httpx.LocalProtocolError) as error:
        raise Failed(cause=Cause.OUR_FAULT, reach=Reach.NEVER) from error
    except httpx.DecodingError as error:
        raise Failed(cause=Cause.NOT_A_PICTURE, reach=Reach.ANSWERED) from error
    except httpx.HTTPError as error:
        raise Failed(cause=Cause.BROKEN_LINE, reach=Reach.UNKNOWN) from error


def is_compressed(response: httpx.Response) -> bool:
    """Whether the body is compressed although nobody asked for that: it may be a bomb."""
    return response.headers.get("content-encoding", "identity").strip().lower() != "identity"


async def read_start(response: httpx.Response, most: int) -> bytes:
    """At most `most` bytes of the body; none of a compressed one."""
    body = bytearray()
    if is_compressed(response):
        return b""
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= most:
            break
    return bytes(body[:most])
