"""Whether Discord shows what it was sent.

Where a bot may not embed links, Discord takes a message, drops its embeds and answers 200; an edit
leaves the old ones standing. https://github.com/discord/discord-api-docs/issues/2601 and 5648
"""

from collections.abc import Iterator, Mapping
from typing import Any


def is_shown(body: Mapping[str, Any], answer: Any) -> bool:
    """Whether the message that Discord answered with has the embeds of the body sent.

    Only letters and digits are compared, since Discord trims and tidies texts.
    """
    wanted = body.get("embeds")
    if not wanted or not isinstance(answer, Mapping):
        return True
    shown = answer.get("embeds")
    return isinstance(shown, list) and [_core(one) for one in shown] == [
        _core(one) for one in wanted
    ]


def _core(embed: Any) -> tuple[Any, str]:
    if not isinstance(embed, Mapping):
        return None, ""
    text = "".join(str(part) for part in _texts(embed) if part)
    return embed.get("color"), "".join(letter for letter in text if letter.isalnum())


def _texts(embed: Mapping[str, Any]) -> Iterator[Any]:
    yield from (embed.get("title"), embed.get("description"))
    for part, name in (("author", "name"), ("footer", "text")):
        yield (embed.get(part) or {}).get(name)
    for field in embed.get("fields") or ():
        yield from (field.get("name"), field.get("value"))
