"""E-mails as they are compared. Pure: no database."""


def email_key(email: str | None) -> str | None:
    """An e-mail as it is compared: without capitals."""
    return None if email is None else email.casefold()
