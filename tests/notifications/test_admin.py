from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from guilds.models import User
from notifications.enums import State
from notifications.models import Announcement, Delivery, Timer
from tests.factories import make_game

# Static files are not collected for tests.
pytestmark = pytest.mark.filterwarnings("ignore:No directory at:UserWarning")


@pytest.fixture
def operator(client: Client, db: None) -> Client:
    client.force_login(
        User.objects.create(username="op", is_staff=True, is_superuser=True),
        backend="guilds.login_backend.LoginBackend",
    )
    return client


@pytest.mark.parametrize("model", [Timer, Delivery, Announcement])
def test_lists_and_pages_open_and_nothing_can_be_added(
    operator: Client, model: type[Timer | Delivery | Announcement]
) -> None:
    game = make_game()
    Delivery.objects.create(
        dedupe_key="k",
        game=game,
        guild_id=game.guild_id,
        notice="reminder",
        target="channel",
        target_id=1,
        due_at=timezone.now(),
        expires_at=timezone.now(),
    )
    name = model._meta.model_name
    assert operator.get(reverse(f"admin:notifications_{name}_changelist")).status_code == 200
    row = model.objects.first()
    assert row is not None
    page = operator.get(reverse(f"admin:notifications_{name}_change", args=[row.pk]))
    assert page.status_code == 200
    assert operator.get(reverse(f"admin:notifications_{name}_add")).status_code == 403


@pytest.mark.parametrize(("action", "state"), [("retry", "pending"), ("drop", "cancelled")])
def test_operator_retries_or_drops(operator: Client, action: str, state: str) -> None:
    game = make_game()
    later = timezone.now() + timedelta(hours=1)
    rows = [
        Delivery.objects.create(
            dedupe_key=f"k{n}",
            game=game,
            guild_id=game.guild_id,
            notice="reminder",
            target="channel",
            target_id=1,
            due_at=later,
            expires_at=later,
            state=[State.DEAD, State.DONE][n],
        )
        for n in range(2)
    ]
    operator.post(
        reverse("admin:notifications_delivery_changelist"),
        {"action": action, "_selected_action": [row.id for row in rows]},
    )
    for row in rows:
        row.refresh_from_db()
    assert [row.state for row in rows] == [state, State.DONE]
