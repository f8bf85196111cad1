import resource
import sys

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from gamesched.workarounds.roomy_stack import roomy_stack

DEPTHS, CALLS = 200, 300


def answer(request: HttpRequest) -> HttpResponse:
    """Make many calls at each depth, so that some of them begin at any edge."""
    _go_down(DEPTHS)
    return HttpResponse(request.path)


def _go_down(levels: int) -> None:
    for _ in range(CALLS):
        _return()
    if levels:
        _go_down(levels - 1)


def _return() -> None:
    pass


def faults_of(request: HttpRequest) -> int:
    """Return how often Linux had to find memory for the answer."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert roomy_stack(answer)(request).content == b"/somewhere/"
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


@pytest.mark.skipif(sys.platform != "linux", reason="counts Linux's page faults")
def test_calls_at_any_depth_ask_for_no_memory_again() -> None:
    request = HttpRequest()
    request.path = "/somewhere/"

    assert min(faults_of(request) for _ in range(3)) < CALLS


def test_every_request_goes_through_it_first() -> None:
    assert import_string(settings.MIDDLEWARE[0]) is roomy_stack
