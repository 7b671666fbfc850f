"""The rules of the HTTP contract that both services keep, written once."""

from .clock import Clock, system_clock
from .etag import IfMatch, check_version, etag
from .idempotency import Answer, KeyHeader, Once, Reread, shown_once, to_response
from .identity import Authenticate, Credentials, Identity, requires
from .ids import IdEnRuta, is_id, new_id
from .keyset import Orden, Page, Paging, page
from .large import large_router
from .logs import configure_logs
from .problems import Problem, answer_to, problems
from .requests import current_request_id
from .service import api_router, limit_threads, new_app
from .strict import StrictRoute, part_digest, raise_faults, request_digest

__all__ = [
    "Answer",
    "Authenticate",
    "Clock",
    "Credentials",
    "IdEnRuta",
    "Identity",
    "IfMatch",
    "KeyHeader",
    "Once",
    "Orden",
    "Page",
    "Paging",
    "Problem",
    "Reread",
    "StrictRoute",
    "answer_to",
    "api_router",
    "check_version",
    "configure_logs",
    "current_request_id",
    "etag",
    "is_id",
    "large_router",
    "limit_threads",
    "new_app",
    "new_id",
    "page",
    "part_digest",
    "problems",
    "raise_faults",
    "request_digest",
    "requires",
    "shown_once",
    "system_clock",
    "to_response",
]
