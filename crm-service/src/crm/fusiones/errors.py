"""Why two clients are not merged, or a merge is not undone."""

from contratos import DomainError


class FusionConsigoMismo(DomainError):
    """A client cannot be merged into itself."""

    code = "fusion_consigo_mismo"
    status = 409


class FusionYaHecha(DomainError):
    """The client that would go was merged before."""

    code = "cliente_ya_fusionado"
    status = 409


class FusionEnArchivado(DomainError):
    """The client that would stay is put away, and the other is not: it would seem to vanish."""

    code = "fusion_en_archivado"
    status = 409


class FusionDeshecha(DomainError):
    """The merge was undone before."""

    code = "fusion_deshecha"
    status = 409


class FusionPosterior(DomainError):
    """A later merge of the same client stands on this one."""

    code = "fusion_posterior"
    status = 409
