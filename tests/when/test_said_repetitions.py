"""Repetitions are said in each language as people there say them."""

from datetime import date, timedelta

import pytest
from django.utils import translation
from django.utils.dateformat import format as format_date

from when import parse_duration, parse_reminders
from when.repetitions.rule import read_rule
from when.repetitions.words import describe
from when.switches import is_default, is_off

WEEKLY = "FREQ=WEEKLY;BYDAY=TU,TH"
FORTNIGHTLY = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SA"
FIRST_FRIDAY = "FREQ=MONTHLY;BYDAY=1FR"
LAST_SATURDAY = "FREQ=MONTHLY;BYDAY=-1SA"
FIRST_DAY = "FREQ=MONTHLY;BYMONTHDAY=1;UNTIL=20270301"


@pytest.mark.parametrize(
    ("locale", "rule", "words"),
    [
        ("pt-br", WEEKLY, "Toda terça-feira e toda quinta-feira"),
        ("pt-br", FORTNIGHTLY, "A cada 2 semanas, na terça-feira e no sábado"),
        ("pt-br", FIRST_FRIDAY, "Todo mês, na primeira sexta-feira"),
        ("pt-br", LAST_SATURDAY, "Todo mês, no último sábado"),
        ("pt-br", FIRST_DAY, "Todo mês, no dia 1, até 1º de março de 2027"),
        ("fr", FORTNIGHTLY, "Toutes les 2 semaines, le mardi et le samedi"),
        ("fr", FIRST_FRIDAY, "Tous les mois, le premier vendredi"),
        ("fr", FIRST_DAY, "Tous les mois, le 1er, jusqu’au 1er mars 2027"),
        ("es", FORTNIGHTLY, "Cada 2 semanas, los martes y los sábados"),
        ("es", LAST_SATURDAY, "Cada mes, el último sábado"),
        ("de", FORTNIGHTLY, "Alle 2 Wochen am Dienstag und Samstag"),
        ("de", FIRST_DAY, "Jeden Monat am 1., bis 1. März 2027"),
    ],
)
def test_a_repetition_is_said_as_people_there_say_it(locale: str, rule: str, words: str) -> None:
    assert describe(read_rule(rule), locale=locale) == words


def test_weekdays_and_months_are_written_small_in_portuguese_dates() -> None:
    with translation.override("pt-br"):
        shown = format_date(date(2026, 12, 4), r"l, j \d\e F \d\e Y")
    assert shown == "sexta-feira, 4 de dezembro de 2026"


@pytest.mark.parametrize("word", ["aus", "keine", "non", "aucun", "aucune", "no", "não", "NÃO"])
def test_off_is_read_in_every_language(word: str) -> None:
    assert is_off(word)
    assert parse_reminders(word).minutes == ()


@pytest.mark.parametrize("word", ["default", "Standard", "défaut", "predeterminado", "padrão"])
def test_default_is_read_in_every_language(word: str) -> None:
    assert is_default(word)


@pytest.mark.parametrize("text", ["2 Std 30", "2 Stunden 30", "2 heures 30", "2 horas 30", "2h30"])
def test_minutes_after_hours_need_no_unit(text: str) -> None:
    assert parse_duration(text).duration == timedelta(hours=2, minutes=30)


@pytest.mark.parametrize("text", ["2 Std 75", "2 Tage 30", "2 Std 5"])
def test_a_bare_number_is_minutes_only_after_hours(text: str) -> None:
    assert parse_duration(text).duration is None
