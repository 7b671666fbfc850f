"""Tables in files: CSV and XLSX, written and read, whatever they are of."""

from .cells import Cell, as_written, harmless
from .csv_files import MEDIA_TYPE as CSV
from .csv_files import write_csv
from .errors import TablaIlegible
from .many import joined, split
from .reading import Fila, Lectura, read_table
from .xlsx import MEDIA_TYPE as XLSX
from .xlsx import Value, write_xlsx

__all__ = [
    "CSV",
    "XLSX",
    "Cell",
    "Fila",
    "Lectura",
    "TablaIlegible",
    "Value",
    "as_written",
    "harmless",
    "joined",
    "read_table",
    "split",
    "write_csv",
    "write_xlsx",
]
