"""Sentences about sharing a private picture. Called by sharing.py and the ladder."""

BEING_SHARED = "**I am sharing this right now.** Press **Share** again in a moment for the link."
CANNOT_POST = (
    "**I may not post pictures in this channel, so I shared nothing.** An admin can allow me "
    "*Send Messages* and *Attach Files* here, or use `/jobs show` in another channel."
)
NOT_NOW = (
    "**Discord did not take the post just now.** Press **Share** again in a minute; "
    "it is posted once, however often you press."
)


def shared(link: str, note: str) -> str:
    """It stands there; `note` says that it is a smaller one."""
    said = f"📣 **Shared:** {link}\n**Delete** under it takes it away, and the picture with it."
    return f"{said}\n{note}" if note else said


def shared_before(link: str) -> str:
    """A second press."""
    return f"📣 **You shared this already:** {link}"


def shared_and_deleted(key: str) -> str:
    """A second press, after the post was deleted."""
    return (
        "**The post you shared was deleted, so I do not post it again.** "
        f"You still have the picture: `/jobs show job:{key}`."
    )


def how_to_share(key: str) -> str:
    """Under a picture in a direct message, where there are no buttons."""
    return f"To share it or make another one from it, use `/jobs show job:{key}` in the server."
