"""Variables and make targets are described consistently in all places."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parent.parent.parent
# Made by `make run` for its processes, not for people to set.
NOT_FOR_PEOPLE = {"DEVELOPMENT_SECRET"}
# Read only by `make run` (gamesched.local).
OF_MAKE_RUN = {"SANDBOX_PORT"}
NO_DEFAULT = object()


def read(name: str) -> str:
    return (CHECKOUT / name).read_text()


def read_by_settings() -> dict[str, Any]:
    """Return each variable's default, or `NO_DEFAULT` if it must be set."""
    found = {}
    for node in ast.walk(ast.parse(read("gamesched/settings.py"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "env"
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            given = {key.arg: key.value for key in node.keywords}
            default = given.get("default")
            found[str(node.args[0].value)] = ast.literal_eval(default) if default else NO_DEFAULT
    return found


def in_shell(text: str) -> set[str]:
    return set(re.findall(r"\$\{?([A-Z][A-Z_]+)", text))


def example() -> Iterator[tuple[str, str, str]]:
    """Return each variable of `.env.example` with its value and the comment above it."""
    sentences = ""
    is_new = True
    for line in read(".env.example").splitlines():
        if variable := re.fullmatch(r"#([A-Z][A-Z_]+)=(.*)", line):
            yield variable[1], variable[2], sentences
            is_new = True
        elif line.startswith("# ") and not line.startswith("# ---"):
            sentences = line if is_new else f"{sentences} {line}"
            is_new = False
        elif not line:
            sentences, is_new = "", True


def test_every_variable_is_in_the_example_and_no_other() -> None:
    known = set(read_by_settings()) - NOT_FOR_PEOPLE
    known |= in_shell(read("Procfile")) | in_shell(read("compose.yaml")) | OF_MAKE_RUN
    assert {name for name, _value, _sentences in example()} == known


def test_every_variable_of_the_example_has_a_sentence_and_its_true_default() -> None:
    defaults = read_by_settings()
    for name, value, sentences in example():
        assert len(sentences) > 20, name
        default = defaults.get(name)
        if isinstance(default, bool | int | str) and default != "":
            assert value == str(int(default) if isinstance(default, bool) else default), name


def test_platforms_are_asked_for_what_has_no_default_and_they_do_not_give() -> None:
    asked = json.loads(read("app.json"))["env"]
    given = {"DATABASE_URL", "REDIS_URL"}  # set by the add-ons
    names = {name for name, _value, _sentences in example()}
    assert set(asked) <= names
    needed = {name for name, default in read_by_settings().items() if default is NO_DEFAULT}
    assert needed - given | {"ALLOWED_HOSTS"} <= set(asked)


@pytest.mark.parametrize(
    "page", ["README.md", "docs/deploying.md", "docs/operating.md", "docs/sandbox.md"]
)
def test_pages_name_no_variable_that_is_not(page: str) -> None:
    known = {name for name, _value, _sentences in example()} | NOT_FOR_PEOPLE
    local = read("gamesched/local/environment.py") + read("sandbox/config.py") + read("Makefile")
    for name in re.findall(r"`([A-Z]+_[A-Z_]+)(?:=[^`]*)?`", read(page)):
        assert name in known or name in local, name


def test_containers_run_the_lines_of_the_procfile() -> None:
    processes = set(re.findall(r"^([a-z]+):", read("Procfile"), re.MULTILINE))
    commands = re.findall(r'command: \["bin/process", "([a-z]+)"\]', read("compose.yaml"))
    assert sorted(commands) == sorted(processes)


def test_help_of_make_lists_every_target() -> None:
    makefile = read("Makefile")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony and set(phony[1].split()) == targets
    told = set(re.findall(r"echo 'make ([a-z-]+)", makefile))
    assert told == targets - {"help", "venv"}
