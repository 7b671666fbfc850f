"""Which lists are exported: each with its own filters, its own order, and the shape that the API shows.

One row a list. What a list shows is asked of its room, so that a file has what the screen has.
"""

from collections.abc import Mapping

from .figures import CIFRAS
from .people import PERSONAS
from .shape import Lista
from .work import TRABAJO

LISTAS: Mapping[str, Lista] = {**PERSONAS, **TRABAJO, **CIFRAS}
