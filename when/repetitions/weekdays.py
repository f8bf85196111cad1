"""Weekdays and months as they stand within a sentence, where a language gives them other forms.

Portuguese says "toda terça-feira" and "na terça-feira", and writes all of them small; Spanish says
"los martes"; the nth of a weekday has the weekday's gender.
"""

from django.utils.translation import gettext_lazy, pgettext_lazy

from when.repetitions.rule import LAST

SATURDAY = 5
EVERY_WEEKDAY = (
    pgettext_lazy("every", "Monday"),
    pgettext_lazy("every", "Tuesday"),
    pgettext_lazy("every", "Wednesday"),
    pgettext_lazy("every", "Thursday"),
    pgettext_lazy("every", "Friday"),
    pgettext_lazy("every", "Saturday"),
    pgettext_lazy("every", "Sunday"),
)
ON_WEEKDAY = (
    pgettext_lazy("on", "Monday"),
    pgettext_lazy("on", "Tuesday"),
    pgettext_lazy("on", "Wednesday"),
    pgettext_lazy("on", "Thursday"),
    pgettext_lazy("on", "Friday"),
    pgettext_lazy("on", "Saturday"),
    pgettext_lazy("on", "Sunday"),
)
WORKING_DAYS = {
    1: pgettext_lazy("Monday to Friday", "the first %(weekday)s"),
    2: pgettext_lazy("Monday to Friday", "the second %(weekday)s"),
    3: pgettext_lazy("Monday to Friday", "the third %(weekday)s"),
    4: pgettext_lazy("Monday to Friday", "the fourth %(weekday)s"),
    LAST: pgettext_lazy("Monday to Friday", "the last %(weekday)s"),
}
WEEKEND_DAYS = {
    1: pgettext_lazy("Saturday and Sunday", "the first %(weekday)s"),
    2: pgettext_lazy("Saturday and Sunday", "the second %(weekday)s"),
    3: pgettext_lazy("Saturday and Sunday", "the third %(weekday)s"),
    4: pgettext_lazy("Saturday and Sunday", "the fourth %(weekday)s"),
    LAST: pgettext_lazy("Saturday and Sunday", "the last %(weekday)s"),
}
# Django's own names, which it writes with a capital in Portuguese. In our catalogue they override
# Django's wherever a date is shown.
_NAMES = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
    gettext_lazy("January"),
    gettext_lazy("February"),
    gettext_lazy("March"),
    gettext_lazy("April"),
    gettext_lazy("May"),
    gettext_lazy("June"),
    gettext_lazy("July"),
    gettext_lazy("August"),
    gettext_lazy("September"),
    gettext_lazy("October"),
    gettext_lazy("November"),
    gettext_lazy("December"),
)
