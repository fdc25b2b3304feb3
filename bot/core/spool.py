"""The note that lies beside a spooled picture, so that a picture whose process died can be adopted.

Called by the dispatcher: written before the picture, read when a crash left one behind.
"""

import json
from typing import cast

from bot.core.jobs import Result
from bot.core.prices import Basis, Cost


def picture_name(key: str, attempt: int) -> str:
    """Where the picture of an attempt lies in the media store."""
    return f"{key}.{attempt}"


def note_name(picture: str) -> str:
    """Where the note of a picture lies."""
    return f"{picture}.json"


def encode(result: Result) -> bytes:
    """The note as bytes."""
    facts = {
        "media": result.media,
        "mime": result.mime,
        "width": result.width,
        "height": result.height,
        "seconds": result.seconds,
        "provider": result.provider,
        "basis": result.cost.basis.value,
        "amount_nusd": result.cost.amount_nusd,
    }
    return json.dumps(facts).encode()


def decode(note: bytes) -> Result | None:
    """The result that `encode` wrote down; None when the note is torn."""
    try:
        facts = cast("dict[str, str]", json.loads(note))
        return _result(facts)
    except (ValueError, TypeError, KeyError):
        return None


def _result(facts: dict[str, str]) -> Result:
    amount = cast("int | None", facts["amount_nusd"])
    return Result(
        media=facts["media"],
        mime=facts["mime"],
        width=int(facts["width"]),
        height=int(facts["height"]),
        seconds=float(facts["seconds"]),
        provider=facts["provider"],
        cost=Cost(basis=Basis(facts["basis"]), amount_nusd=amount),
    )
