"""What every PATCH has in common."""

from typing import Any

NOT_GIVEN: Any = None
"""The default of a field that a PATCH may leave out and cannot clear; `model_fields_set` tells them apart."""
