"""What the tests of the Hugging Face stand-in share: a clock, a client, one way to ask."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from PIL import Image

from bot.sandbox.hub_server import HubServer
from bot.sandbox.upstream import DEMO_TOKEN, SD3, Upstream

AUTH = {"Authorization": f"Bearer {DEMO_TOKEN}"}
SMALL = {"width": 64, "height": 64}


class Ticking:
    """A clock that tests move by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@asynccontextmanager
async def serving(upstream: Upstream) -> AsyncIterator[httpx.AsyncClient]:
    """A plain client to a server of `upstream`."""
    server = HubServer(upstream)
    await server.start()
    try:
        async with httpx.AsyncClient(base_url=server.url, timeout=10, trust_env=False) as client:
            yield client
    finally:
        await server.close()


async def ask(
    http: httpx.AsyncClient, prompt: str = "a fox", model: str = SD3, **parameters: object
) -> httpx.Response:
    """Ask the router for a small picture."""
    body = {"inputs": prompt, "parameters": SMALL | parameters}
    return await http.post(f"/hf-inference/models/{model}", json=body, headers=AUTH)


def picture(response: httpx.Response) -> Image.Image:
    """The picture in an answer, decoded."""
    image = Image.open(io.BytesIO(response.content))
    image.load()
    return image
