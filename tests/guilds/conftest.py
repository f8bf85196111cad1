import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """All tests come from one address, whose log-ins are counted."""
    cache.clear()
