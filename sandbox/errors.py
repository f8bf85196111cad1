"""Discord's error answers, by their published codes."""

from __future__ import annotations

from typing import Any

from sandbox.world.state import Json

MESSAGES: dict[int, tuple[int, str]] = {
    0: (404, "404: Not Found"),
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10011: (404, "Unknown Role"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    10063: (404, "Unknown application command"),
    10070: (404, "Unknown Guild Scheduled Event"),
    30032: (400, "Maximum number of application commands reached (100)"),
    30038: (400, "Maximum number of uncompleted guild scheduled events reached (100)"),
    30046: (429, "Maximum number of edits to messages older than 1 hour reached. Try again later."),
    40001: (401, "Unauthorized"),
    40003: (400, "You are opening direct messages too fast"),
    40058: (400, "Cannot send a message in a forum channel"),
    40060: (400, "Interaction has already been acknowledged."),
    40333: (403, "internal network error"),
    50001: (403, "Missing Access"),
    50003: (403, "Cannot execute action on a DM channel"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50007: (403, "Cannot send messages to this user"),
    50008: (403, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50021: (403, "Cannot execute action on a system message"),
    50027: (401, "Invalid Webhook Token"),
    50033: (400, "Invalid Recipient(s)"),
    50035: (400, "Invalid Form Body"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
    50278: (
        403,
        "Cannot send messages to this user due to having no mutual guilds",
    ),
    160002: (403, "Cannot reply without permission to read message history"),
    160004: (400, "A thread has already been created for this message"),
    160005: (403, "Thread is locked"),
}


class ApiError(Exception):
    """An error answer: HTTP status, Discord's code, nested form errors if any."""

    def __init__(
        self,
        code: int,
        *,
        status: int | None = None,
        message: str | None = None,
        errors: Json | None = None,
    ) -> None:
        default_status, default_message = MESSAGES.get(code, (400, "Bad Request"))
        self.code = code
        self.status = status or default_status
        self.message = message or default_message
        self.errors = errors
        super().__init__(f"{self.code}: {self.message}")

    def body(self) -> Json:
        answer: Json = {"message": self.message, "code": self.code}
        if self.errors:
            answer["errors"] = self.errors
        return answer


def unauthorized() -> ApiError:
    """The answer to a wrong or missing token."""
    return ApiError(0, status=401, message="401: Unauthorized")


def invalid_form(path: str, code: str, message: str) -> ApiError:
    """Make a 50035 about one field; the path is dotted, and numbers are positions in lists."""
    return ApiError(50035, errors=nest_errors([(path.split("."), code, message)]))


def nest_errors(found: list[tuple[list[str], str, str]]) -> Json:
    """Nest errors as Discord does: objects by field name down to `_errors`."""
    root: dict[str, Any] = {}
    for path, code, message in found:
        node = root
        for step in path:
            node = node.setdefault(step, {})
        node.setdefault("_errors", []).append({"code": code, "message": message})
    return root
