"""The rules of the HTTP contract that both services keep, written once."""

from .binary import Fichero, binary_router
from .clock import Clock, system_clock
from .etag import IfMatch, check_version, etag
from .files import Incoming, Received, file_router, received, refused_if_unwritable
from .idempotency import Answer, KeyHeader, Once, Reread, shown_once, to_response
from .identity import Authenticate, Credentials, Identity, requires
from .ids import IdEnRuta, is_id, new_id
from .keyset import Orden, Page, Paging, cursor_after, page, page_of
from .large import large_router
from .logs import configure_logs
from .media import file_answer, file_body
from .problems import Problem, answer_to, problems
from .requests import current_request_id
from .service import api_router, limit_threads, new_app
from .spanish import fault_of
from .strict import StrictRoute, part_digest, raise_faults, request_digest

__all__ = [
    "Answer",
    "Authenticate",
    "Clock",
    "Credentials",
    "Fichero",
    "IdEnRuta",
    "Identity",
    "IfMatch",
    "Incoming",
    "KeyHeader",
    "Once",
    "Orden",
    "Page",
    "Paging",
    "Problem",
    "Received",
    "Reread",
    "StrictRoute",
    "answer_to",
    "api_router",
    "binary_router",
    "check_version",
    "configure_logs",
    "current_request_id",
    "cursor_after",
    "etag",
    "fault_of",
    "file_answer",
    "file_body",
    "file_router",
    "is_id",
    "large_router",
    "limit_threads",
    "new_app",
    "new_id",
    "page",
    "page_of",
    "part_digest",
    "problems",
    "raise_faults",
    "received",
    "refused_if_unwritable",
    "request_digest",
    "requires",
    "shown_once",
    "system_clock",
    "to_response",
]
