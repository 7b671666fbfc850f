"""`python -m crm` is the command `crm`."""

from .cli import app

app()
