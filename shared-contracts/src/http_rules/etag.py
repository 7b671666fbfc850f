"""`ETag` and `If-Match`: nobody overwrites what they have not seen."""

from typing import Annotated

from fastapi import Header

from contratos import StaleVersion


def etag(version: int) -> str:
    """The tag of a version that only users' writes raise."""
    return f'"{version}"'


def check_version(if_match: str | None, version: int) -> None:
    """Raises StaleVersion unless `if_match` is absent, `*`, or names `version`."""
    if if_match is None or if_match.strip() == "*":
        return
    if etag(version) not in {tag.strip() for tag in if_match.split(",")}:
        raise StaleVersion(
            "Alguien lo ha cambiado desde que lo leíste: vuelve a leerlo y repite el cambio.",
            etag_actual=etag(version),
        )


IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="El `ETag` que se leyó, con sus comillas: si ya no es ese, 412.",
    ),
]
"""The header, for a route's signature; its service hands it to `check_version`."""
