from datetime import date

from games.typed.repeat_offers import OFFERS
from guilds.typed_values import read_repeat

TUESDAY = date(2027, 1, 12)  # the second Tuesday


def test_every_offer_can_be_read() -> None:
    assert all(read_repeat(text, first=TUESDAY) for text in OFFERS)
