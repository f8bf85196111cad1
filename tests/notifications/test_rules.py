from notifications.rules import delivery_backoff, nonce_for


def test_backoff_grows_to_its_cap() -> None:
    assert delivery_backoff(3, chance=1).total_seconds() == 4
    assert delivery_backoff(50, chance=1).total_seconds() == 60
    assert delivery_backoff(50, chance=0).total_seconds() == 0


def test_nonce_follows_from_the_key_and_fits() -> None:
    assert nonce_for("rem:1:1:60:ch:0") == nonce_for("rem:1:1:60:ch:0")
    assert nonce_for("rem:1:1:60:ch:0") != nonce_for("rem:1:1:60:ch:1")
    assert len(nonce_for("x" * 120)) == 24
