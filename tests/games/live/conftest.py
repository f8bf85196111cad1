import pytest

from games.live import push


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send events at once, so that a page which opens later hears nothing of what was before."""
    monkeypatch.setattr(push, "GATHER_SECONDS", 0)
