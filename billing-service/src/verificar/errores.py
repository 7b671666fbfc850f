"""Why an export, or a part of it, cannot be read."""


class Ilegible(Exception):
    """What was given is no export: nothing of it can be checked."""


class Danado(Exception):
    """A part of an export cannot be read, or has not the shape that it should have."""
