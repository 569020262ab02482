"""The functions of the dialect, by what they are about; importing this enters all of them."""

from sockservice.sql.functions import strings

__all__ = ["strings"]
