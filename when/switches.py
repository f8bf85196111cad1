"""The words that switch something off, or give it back to its default."""

from when.spelling import normalize

_OFF = frozenset(
    {"off", "none", "no", "never", "-"}  # en
    | {"aus", "keine", "nie", "non", "aucun", "aucune", "jamais"}  # de, fr
    | {"no", "ninguno", "ninguna", "nada", "nunca", "nessuno"}  # es, it
    | {"não", "nao", "nenhum", "nenhuma", "desligado"}  # pt
    | {"uit", "geen", "brak", "нет", "выкл"}  # nl, pl, ru
    | {"yok", "kapali", "なし", "av", "inga"}  # tr, ja, sv
)
_DEFAULT = frozenset(
    {"default", "standard", "vorgabe", "défaut", "par défaut", "defaut", "par defaut"}
    | {"predeterminado", "predeterminada", "por defecto", "padrão", "padrao"}
)


def is_off(text: str) -> bool:
    return _is_one(text, _OFF)


def is_default(text: str) -> bool:
    return _is_one(text, _DEFAULT)


def _is_one(text: str, words: frozenset[str]) -> bool:
    return text.strip().lower() in words or normalize(text) in words
