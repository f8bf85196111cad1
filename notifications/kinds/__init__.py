"""One module a notice: whom it is told to, its text and buttons, and until when it is true.

The modules are found by themselves, so a new notice is a new module. One that lacks something
fails when they are imported, which every process does as it starts.
"""

from importlib import import_module
from pkgutil import iter_modules

from django.core.exceptions import ImproperlyConfigured

from notifications.kinds.base.context import Context
from notifications.kinds.base.event import GameEvent
from notifications.kinds.base.notice import KINDS, ChangeNotice, Notice, label_of

__all__ = ["KINDS", "ChangeNotice", "Context", "GameEvent", "Notice", "label_of"]

_NAMES = {module.name for module in iter_modules(__path__) if not module.ispkg}

for _name in sorted(_NAMES):
    import_module(f"{__name__}.{_name}")

if _wrong := _NAMES ^ KINDS.keys():
    raise ImproperlyConfigured(f"a notice is registered under its module's name, unlike {_wrong}")
