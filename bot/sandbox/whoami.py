"""What the Hub says about an account and about a model. Used by hub_server.py."""

from typing import Any

from bot.sandbox.upstream import ModelState, Token


def whoami(token: Token) -> dict[str, Any]:
    """The answer of /api/whoami-v2."""
    access: dict[str, Any] = {
        "displayName": "sandbox",
        "role": token.role,
        "createdAt": "2026-01-01T00:00:00.000Z",
    }
    if token.role == "fineGrained":
        me = {"_id": "0" * 24, "type": "user", "name": token.account}
        access["fineGrained"] = {
            "canReadGatedRepos": False,
            "global": [],
            "scoped": [{"entity": me, "permissions": list(token.permissions)}],
        }
    return {
        "type": "user",
        "id": "0" * 24,
        "name": token.account,
        "fullname": token.account.title(),
        "canPay": False,
        "billingMode": "prepaid",
        "periodEnd": None,
        "isPro": token.pro,
        "avatarUrl": "/avatars/sandbox.svg",
        "orgs": [],
        "auth": {"type": "access_token", "accessToken": access},
    }


def model_info(model: str, state: ModelState) -> dict[str, Any]:
    """The answer of /api/models/{id}, with the few keys that matter here."""
    info: dict[str, Any] = {
        "_id": "0" * 24,
        "id": model,
        "modelId": model,
        "author": model.partition("/")[0],
        "private": False,
        "disabled": False,
        "gated": "auto" if state is ModelState.GATED else False,
        "pipeline_tag": "text-to-image",
        "library_name": "diffusers",
        "tags": ["diffusers", "text-to-image"],
        "likes": 0,
        "downloads": 0,
    }
    if state is ModelState.SERVED:
        live = {"status": "live", "providerId": model, "task": "text-to-image"}
        info |= {"inference": "warm", "inferenceProviderMapping": {"hf-inference": live}}
    return info
