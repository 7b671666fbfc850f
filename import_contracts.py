"""The house's boundaries that import-linter has no contract for: doors and pure rooms.

A room is a package right below a service: `smartbilling.pagos`. Rooms are found, not listed, so that a new
one is held to the rules from its first import.
"""

import sys
from collections.abc import Iterator

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class _RoomsContract(Contract):
    """What both contracts share: the answer is a list of imports that should not be there."""

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001 - import-linter's signature
        wrong = sorted(self.wrong_imports(graph))
        return ContractCheck(kept=not wrong, metadata={"wrong": wrong})

    def wrong_imports(self, graph: ImportGraph) -> Iterator[tuple[str, str, int]]:
        raise NotImplementedError

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, line in check.metadata["wrong"]:
            output.print_error(f"{importer} (l. {line}) imports {imported}", bold=False)
        output.new_line()


class DoorContract(_RoomsContract):
    """A room is known from outside by its `__init__` alone.

    `open_rooms` have no inside: their modules are their door. `composition` puts the service together and may
    import anything. Both are named below the service: `db`, `db.migrations`.
    """

    type_name = "door"
    packages = fields.ListField(subfield=fields.StringField())
    open_rooms = fields.SetField(subfield=fields.StringField(), required=False, default=set())
    composition = fields.SetField(subfield=fields.StringField(), required=False, default=set())

    def wrong_imports(self, graph: ImportGraph) -> Iterator[tuple[str, str, int]]:
        for package in self.packages:
            open_rooms = _below(package, self.open_rooms)
            composition = tuple(_below(package, self.composition))
            for room in graph.find_children(package) - open_rooms:
                inside = graph.find_descendants(room)
                for importer in graph.find_modules_that_directly_import(room, as_package=True):
                    if not _is_in(importer, (room, *composition)):
                        yield from _imports_into(graph, importer, inside)


class PureContract(_RoomsContract):
    """A pure room imports itself, the standard library and what is named in `may_import`: nothing else."""

    type_name = "pure"
    rooms = fields.ListField(subfield=fields.StringField())
    may_import = fields.SetField(subfield=fields.StringField())

    def wrong_imports(self, graph: ImportGraph) -> Iterator[tuple[str, str, int]]:
        for room in set(self.rooms) & graph.modules:
            allowed = (room, *self.may_import, *sys.stdlib_module_names)
            for importer in {room, *graph.find_descendants(room)}:
                imported = graph.find_modules_directly_imported_by(importer)
                yield from _imports_into(graph, importer, {m for m in imported if not _is_in(m, allowed)})


def _below(package: str, names: set[str]) -> set[str]:
    return {f"{package}.{name}" for name in names}


def _is_in(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def _imports_into(graph: ImportGraph, importer: str, modules: set[str]) -> Iterator[tuple[str, str, int]]:
    for imported in graph.find_modules_directly_imported_by(importer) & modules:
        for detail in graph.get_import_details(importer=importer, imported=imported):
            yield importer, imported, detail["line_number"]
