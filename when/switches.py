"""The words that switch something off."""

from when.spelling import normalize

_OFF = frozenset(
    {"off", "none", "no", "never", "-"}  # en
    | {"aus", "keine", "nie", "non", "aucun", "jamais"}  # de, fr
    | {"no", "ninguno", "nada", "nenhum", "nessuno"}  # es, pt, it
    | {"uit", "geen", "brak", "нет", "выкл"}  # nl, pl, ru
    | {"yok", "kapali", "なし", "av", "inga"}  # tr, ja, sv
)


def is_off(text: str) -> bool:
    return text.strip().lower() in _OFF or normalize(text) in _OFF
