"""How often the patients' pages are asked for: by one address, by one link, and for links that there are not."""

from __future__ import annotations

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

OF_AN_ADDRESS = parse("300/5 minutes")
"""Many patients of one network of mobile phones share an address."""

OF_A_LINK = parse("60/minute")
UNKNOWN = parse("20/10 minutes")
"""Links that there are not, from one address: nobody mistypes so often."""

# In memory, as one process serves everything: a start forgets what was counted.
_storage = MemoryStorage()
_limiter = MovingWindowRateLimiter(_storage)


def is_within(limit: RateLimitItem, whose: str) -> bool:
    """Count one request, and say whether it is still one of those allowed."""
    return _limiter.hit(limit, whose)


def is_used_up(limit: RateLimitItem, whose: str) -> bool:
    """Say whether no further request is allowed, without counting one."""
    return not _limiter.test(limit, whose)


def forget() -> None:
    """Forget every count."""
    _storage.reset()
