# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A value that must not be seen."""

from __future__ import annotations

import hmac

MASK = "********"


class Secret:
    """Text that leaves this object only through :meth:`reveal`.

    It is deliberately not a ``str``: a string subclass turns into its plain text (or into the
    mask itself) as soon as somebody serialises it, and nobody notices.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the plain text. Call it where the text is used, and nowhere else."""
        return self.__value

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(
            self.__value.encode("utf-8", "surrogatepass"),
            other.__value.encode("utf-8", "surrogatepass"),
        )

    __hash__ = None  # type: ignore[assignment]  # a hash would let a short secret be found by trying

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        # Immutable, so a copy is the object itself; the default would go through pickle's hooks.
        return self

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("a Secret cannot be serialised: reveal() it where it is used")
