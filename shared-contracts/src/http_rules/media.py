"""Bodies and answers that are files, as OpenAPI tells of them."""

from typing import Any

_BYTES = {"schema": {"type": "string", "format": "binary"}}


def file_body(*kinds: str) -> dict[str, Any]:
    """For a route's `openapi_extra=`: the body that it takes."""
    return {"requestBody": {"required": True, "content": _content(kinds)}}


def file_answer(
    description: str, *kinds: str, unchanged: str | None = None
) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses=`: the file that it answers, and `unchanged` when it may answer 304."""
    answer: dict[int | str, dict[str, Any]] = {200: {"description": description, "content": _content(kinds)}}
    return answer if unchanged is None else answer | {304: {"description": unchanged}}


def _content(kinds: tuple[str, ...]) -> dict[str, Any]:
    return dict.fromkeys(kinds, _BYTES)
