"""What was measured: as lines while it happens, as JSON, as the table of docs/rendimiento.md."""

import json
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .machine_side import describe

DOCUMENT = Path(__file__).parents[2] / "docs" / "rendimiento.md"
_BEGIN, _END = "<!-- figures: written by make bench -->", "<!-- end of the figures -->"


@dataclass(frozen=True)
class Figure:
    """One measurement. `floor` is what was measured beside it, `goal` the least ratio of both."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    floor_is: str = ""
    goal: float | None = None
    more: dict[str, float] = field(default_factory=dict)
    at_most: bool = False
    """Whether `goal` is the most that the ratio may be."""

    @property
    def ratio(self):
        return self.value / self.floor if self.floor else None

    @property
    def is_met(self):
        """Whether the goal is reached; None without one."""
        if self.goal is None or self.ratio is None:
            return None
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal

    def line(self):
        """For a person who watches."""
        text = f"{self.name}: {_number(self.value)} {self.unit}"
        if self.ratio is not None:
            text += f"  = {self.ratio:.2f} × {self.floor_is} ({_number(self.floor)})"
        if self.is_met is not None:
            text += (
                f"  goal {'≤' if self.at_most else '≥'} {self.goal:g}: {'met' if self.is_met else 'NOT MET'}"
            )
        return text + "".join(f"  {name} {_number(value)}" for name, value in self.more.items())

    def row(self):
        """For the table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} × {self.floor_is} ({_number(self.floor)})"
        goal = ""
        if self.is_met is not None:
            goal = f"{'≤' if self.at_most else '≥'} {self.goal:g} {'✓' if self.is_met else '✗'}"
        more = ", ".join(f"{name} {_number(value)}" for name, value in self.more.items())
        return f"| {self.name} | {_number(self.value)} {self.unit} | {ratio} | {goal} | {more} |"


def write_json(figures, path):
    """All of it, for another program."""
    path.write_text(json.dumps([asdict(figure) for figure in figures], ensure_ascii=False, indent=2) + "\n")


def write_document(figures):
    """Put the rows of these figures into the table, in the place of the last ones of the same name."""
    before, _, rest = DOCUMENT.read_text().partition(_BEGIN)
    old, _, after = rest.partition(_END)
    rows = {line.split(" | ")[0]: line for line in old.splitlines() if line.startswith("| ")}
    measured = f"{datetime.now(UTC):%Y-%m-%d}"
    head = (
        f"Last measured {measured} on {describe()}.\n\n"
        "| what | figure | beside its floor | goal | more |\n| --- | --- | --- | --- | --- |\n"
    )
    for name in ("| what", "| ---"):
        rows.pop(name, None)
    rows |= {f"| {figure.name}": figure.row() for figure in figures}
    DOCUMENT.write_text(f"{before}{_BEGIN}\n{head}" + "\n".join(rows.values()) + f"\n{_END}{after}")


def _number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
