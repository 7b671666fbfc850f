"""The breaker: after so many failures in a row to reach a peer, nobody waits for it until it answers again.

It keeps no time of its own: whoever probes while it is open does so at its own pace.
"""

LIMIT = 5
"""Failures in a row that open it."""


class Breaker:
    """Closed while the peer can be reached. Counts failures of the connection, never refusals."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._failures = 0
        self.openings = 0

    @property
    def is_open(self) -> bool:
        """Whether the peer is taken for unreachable."""
        return self._failures >= self._limit

    def failed(self) -> None:
        """The peer could not be reached."""
        self._failures += 1
        if self._failures == self._limit:
            self.openings += 1

    def answered(self) -> None:
        """The peer answered, whatever it said."""
        self._failures = 0
