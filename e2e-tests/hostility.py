"""Requests that nobody sends in good faith, made up from a seed, and the raw sockets that send them.

Each begins as a good one of some route of a document; then a few things in it are made worse.
"""

import http.client
import json
import random
import socket
from dataclasses import dataclass, field
from urllib.parse import quote

from ports import HOST
from routes import PARAMETER, routes_of

PATIENCE = 60.0

FRAGMENTS = [
    # numbers at and beyond what columns and floats can hold, and what is none
    *("0", "-0", "-1", "0.1", "1e5", "1E-7", "1e400", "-1e400", "1e-400", "9" * 60, "9" * 61, "9" * 5000),
    *(
        f"{sign}{2**bits + more}"
        for bits in (31, 32, 53, 63, 64)
        for sign in ("", "-")
        for more in (-1, 0, 1)
    ),
    *(f'"{2**63}"', f'"-{2**63 + 1}"', '"1e5"', '"-0.00"', '"0.0000001"', '"1_000"', '"١٢"', '"0x10"'),
    *("NaN", "Infinity", "-Infinity", "00", "+1", ".5", "1.", "true", "null", "undefined"),
    # texts
    *('""', '" "', r'"\u0000"', r'"a\u0000b"', r'"\ud800"', r'"\udfff\ud800"', r'"\ufffe"', r'"\u001b[31m"'),
    *(
        '"\u202ecif\u202c"',
        '"\U0001f680\u0301"',
        '"ſﬀİı"',
        '"e\u0301"',
        f'"{"x" * 20_000}"',
        f'"{"ñ" * 501}"',
    ),
    *('"\'; DROP TABLE facturas; --"', '"%"', '"_"', '"<script>alert(1)</script>"', '"${jndi:ldap://x}"'),
    *('"../../etc/passwd"', r'"a\r\nX-Otra: 1"', '"{{7*7}}"', '"=1+1"', '"\ufeff"', '"\u2028"'),
    # days and instants
    *('"0000-00-00"', '"0001-01-01"', '"1899-12-31"', '"2026-02-30"', '"9999-12-31"', '"10000-01-01"'),
    *('"2199-12-31T23:59:59-14:00"', '"1900-01-01T00:00:00+14:00"', '"2026-11-24T09:30:00+99:99"'),
    *('"2026-11-24T24:00:00Z"', '"2026-11-24T09:30:60Z"', '"2026-11-24T09:30:00"', '"2026-06-30"'),
    # shapes
    *("[]", "{}", "[[[]]]", "[null]", '{"a": 1}', '[1, "a", null, {}]', '{"a": 1, "a": 2}', '{"": ""}'),
    *(f"{'[' * 70}{']' * 70}", "[" * 20_000, f"[{'0,' * 5000}0]"),
]
"""What may stand in a JSON body where something better stood."""

BODIES = [
    *(b"", b" ", b"null", b"[]", b'"x"', b"0", b"{", b"{}", b'{"a":}', b"\xff\xfe{}", b"\xef\xbb\xbf{}"),
    *('{"a": "ñ"}'.encode("utf-16"), '{"a": "ñ"}'.encode("latin-1"), b"\x00" * 64, b"\x1f\x8b\x08\x00"),
    *(b"[" * 20_000, b'{"a":' * 20_000, b'{"x": "' + b"x" * 2**20 + b'"}', b"nombre=Ana&nif=1", b"<a/>"),
]

TYPES = [
    *("", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=x"),
    *("application/x-www-form-urlencoded", "application/json;;;", "APPLICATION/JSON", "application/jsonñ"),
    *("application/problem+json", "application/json, text/plain", "x" * 5000),
]

SEGMENTS = [
    *(
        "%00",
        "%0a",
        "%20",
        "%25",
        "%",
        "%zz",
        "%ff%fe",
        "%ed%a0%80",
        "%c3%28",
        "*",
        "-1",
        "null",
        "undefined",
    ),
    *("..", ".", "%2e%2e", "..%2f..%2fetc%2fpasswd", "..%5c..%5c", "%2f", ";a=1", "a%3fb", "x" * 5000),
    *(
        str(2**63),
        "%f0%9f%9a%80",
        "ñ",
        "'--",
        "fac_",
        f"fac_{'g' * 32}",
        f"FAC_{'0' * 32}",
        f"fac_{'0' * 31}",
    ),
]

QUERIES = [
    *("", "%00", "%ff", "%ed%a0%80", "%", "%zz", "+", "%0a", "-1", "0", "1", "201", "1.5", "1e3", "NaN", "٣"),
    *(
        str(2**31),
        str(2**63 - 1),
        str(2**63),
        str(-(2**63) - 1),
        "9" * 5000,
        "true",
        "null",
        "[]",
        "x" * 4001,
    ),
    *("0000-00-00", "9999-12-31", "2026-02-30", "2026-11-24T00:00:00Z", "%25", "_", "'--", "a%26b%3dc"),
    *("W10", "bnVsbA", "e30", "AAAA", "%2B%2F%3D%3D", "=", quote("ñ\U0001f680\u202e"), "x" * 20_000),
]

HEADERS = [
    *(
        ("If-Match", each)
        for each in ("", "*", "1", '"1"', 'W/"1"', '"1", "2"', "x" * 201, '"\xff"', '"' * 99)
    ),
    *(
        ("Idempotency-Key", each)
        for each in ("", "corta", "x" * 128, "x" * 129, "12345678", "\xf1" * 9, "a\tb" * 4)
    ),
    *(
        ("Authorization", each)
        for each in ("", "Bearer", "Bearer ", "Bearer a.b.c", "Basic YTpi", "\xff", "x" * 9000)
    ),
    *(("X-API-Key", each) for each in (" ", "sbk_nadie", "\xff\xfe", "x" * 9000, "' OR 1=1 --")),
    *(("X-Request-ID", each) for each in ("", "x" * 65, "a b", "\xff", "'; --", "valido-12345")),
    *(("Accept", "text/html"), ("Accept", "\xff"), ("Accept-Encoding", "br, gzip"), ("Range", "bytes=0-1")),
    *(("X-Forwarded-For", "::1"), ("X-Forwarded-Proto", "x"), ("Forwarded", "for=_x"), ("Cookie", "a=b; c")),
    *(("Origin", "null"), ("X-HTTP-Method-Override", "DELETE"), ("Expect", "otra-cosa"), ("TE", "trailers")),
    *(("Content-Encoding", "gzip"), ("Upgrade", "websocket"), ("Upgrade", "h2c"), ("Connection", "upgrade")),
    *(("Content-Length", "-1"), ("Content-Length", "x"), ("Content-Length", "0"), ("Host", "")),
    *(("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "x, chunked"), ("X" * 300, "x"), ("X(", "x")),
    *(("X-Largo", "x" * 30_000), ("X-Nulo", "a\0b"), ("X-Doblado", "a\r\n b"), (" X-Blanco", "x")),
]

METHODS = [
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "get"),
    *("INVENTADO", "", "G\xcbT"),
]


_FRAMING = {"content-length", "transfer-encoding", "connection", "upgrade", "expect"}


@dataclass
class Hostile:
    """One request, as it goes over the wire."""

    method: str
    segments: list[str]
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: list[tuple[str, str]] = field(default_factory=list)
    content: bytes | None = None

    @property
    def is_framed_otherwise(self):
        """Whether it may not say where it ends: whoever hears it may go on waiting, or hang up."""
        return any(name.lower() in _FRAMING for name, _ in self.headers)

    @property
    def raw(self):
        target = "/".join(self.segments)
        if self.query:
            target += "?" + "&".join(f"{name}={value}" for name, value in self.query)
        named = {name.lower() for name, _ in self.headers}
        headers = list(self.headers)
        if "host" not in named:
            headers.insert(0, ("Host", HOST))
        if self.content is not None and not named & {"content-length", "transfer-encoding"}:
            headers.append(("Content-Length", str(len(self.content))))
        lines = [f"{self.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
        return "\r\n".join(lines).encode("utf-8", "surrogatepass") + b"\r\n\r\n" + (self.content or b"")


class Hostility:
    """Makes requests for one service's document up; the same ones for the same seed.

    `ids` and `theirs` are ids that paths take: of the company that asks, and of another one.
    """

    def __init__(self, document, seed, credentials, ids, theirs):
        self._chance = random.Random(seed)
        self._routes = routes_of(document)
        self._queries = {
            (method.upper(), path): [
                each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"
            ]
            for path, operations in document["paths"].items()
            for method, operation in operations.items()
        }
        self._credentials, self._ids, self._theirs = credentials, ids, theirs
        self.cursors = []
        """Cursors that lists gave: to be used on other lists, and spoilt."""

    def each_read(self):
        """A good one of every route that only reads."""
        return [self._good(route) for route in self._routes if route.method == "GET"]

    def request(self):
        """The next one: one in eight a good one, the others with one to three things wrong."""
        route = self._chance.choice(self._routes)
        made = self._good(route)
        if self._chance.random() < 0.125:
            return made
        worse = [
            self._worse_path,
            self._worse_query,
            self._worse_header,
            self._worse_method,
            self._worse_body,
        ]
        weights = [3 if route.parameters else 1, 3, 3, 1, 6 if route.body is not None else 1]
        for spoil in self._chance.choices(worse, weights, k=self._chance.choice((1, 1, 2, 3))):
            spoil(made, route)
        return made

    def _good(self, route):
        ids = self._theirs if route.names_ids and self._chance.random() < 0.2 else self._ids
        headers = list(self._chance.choice(self._credentials).items())
        content = None
        if route.body is not None:
            headers.append(("Content-Type", "application/json"))
            content = json.dumps(route.body).encode()
        query = route.query_with_ids(ids)
        return Hostile(route.method, route.with_ids(ids).split("/"), query, headers, content)

    def _worse_path(self, made, route):
        steps = [n for n, step in enumerate(route.path.split("/")) if PARAMETER.fullmatch(step)]
        steps = [n for n in steps if n < len(made.segments)] or [len(made.segments) - 1]
        known = [*self._theirs.values(), *self._ids.values()]
        mine = self._chance.choice(known)
        how = [
            *SEGMENTS,
            *known,
            mine.upper(),
            f"{mine}%00",
            f"{mine}%2f..",
            f"{mine}%20",
            f"{mine}/",
            f"{mine}/..",
        ]
        made.segments[self._chance.choice(steps)] = self._chance.choice(how)

    def _worse_query(self, made, route):
        known = self._queries[route.method, route.path]
        name = self._chance.choice(
            [*known, *known, *known, "inventado", "limite", "%00", "", "limite%00", "x" * 300]
        )
        made.query.append((name, self._chance.choice([*QUERIES, *self._theirs.values(), self._cursor()])))
        if self._chance.random() < 0.1:
            made.query *= 2

    def _cursor(self):
        """A cursor of some list, or what was one."""
        cursor = self._chance.choice(self.cursors) if self.cursors else "W10"
        spoilt = self._chance.randrange(len(cursor))
        return self._chance.choice([cursor, cursor[:spoilt], cursor[:spoilt] + "A" + cursor[spoilt + 1 :]])

    def _worse_header(self, made, _):
        made.headers.append(self._chance.choice(HEADERS))
        if self._chance.random() < 0.2:
            del made.headers[self._chance.randrange(len(made.headers))]

    def _worse_method(self, made, _):
        made.method = self._chance.choice(METHODS)

    def _worse_body(self, made, route):
        if route.body is None or self._chance.random() < 0.15:
            made.content = self._chance.choice(BODIES)
        elif self._chance.random() < 0.15:
            made.headers = [each for each in made.headers if each[0] != "Content-Type"]
            made.headers.append(("Content-Type", self._chance.choice(TYPES)))
        else:
            made.content = self._spoilt(route.body).encode("utf-8", "surrogatepass")

    def _spoilt(self, body):
        """The text of a body in which a value, or a field, is another."""
        strange = self._chance.choice([*FRAGMENTS, *map(json.dumps, self._theirs.values())])
        body = json.loads(json.dumps(body))
        places = list(_places(body))
        if not places or self._chance.random() < 0.1:
            name = self._chance.choice(["inventado", "", "\ud800", "empresa_id", "__proto__", *body])
            return f"{json.dumps(body)[:-1]}{', ' if body else ''}{json.dumps(name)}: {strange}}}"
        here, step = self._chance.choice(places)
        if self._chance.random() < 0.1:
            del here[step]
            return json.dumps(body)
        here[step] = _MARK
        return json.dumps(body).replace(f'"{_MARK}"', strange)


_MARK = "@@here@@"


def _places(value):
    """Where values stand in a body: what holds each, and under what."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in list(steps):
        yield value, step
        yield from _places(inner)


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One caller's connection to a service, opened anew whenever it was closed."""

    def __init__(self, service):
        self._port, self._socket = service.port.number, None

    def send(self, made):
        """What is answered, or None where the service hung up or said nothing for as long as is bearable."""
        if made.is_framed_otherwise:
            self.close()
        for _ in range(2):  # a connection kept open may have been closed meanwhile
            fresh = self._socket is None
            if fresh:
                self._socket = socket.create_connection((HOST, self._port), PATIENCE)
            try:
                self._socket.sendall(made.raw)
                if made.is_framed_otherwise:
                    self._socket.shutdown(socket.SHUT_WR)
                return self._heard(made.method)
            except (OSError, http.client.HTTPException):
                self.close()
                if fresh:
                    return None
            finally:
                if made.is_framed_otherwise:
                    self.close()
        return None

    def _heard(self, method):
        answer = http.client.HTTPResponse(self._socket, method=method)
        answer.begin()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        heard = Heard(answer.status, headers, answer.read())
        if answer.will_close:
            self.close()
        return heard

    def close(self):
        if self._socket is not None:
            self._socket.close()
            self._socket = None
