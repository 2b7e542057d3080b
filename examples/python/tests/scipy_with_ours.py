"""A pytest plugin: SciPy's own tests call our filters.

``pytest --pyargs scipy.ndimage.tests.test_filters scipy.ndimage.tests.test_morphology -p scipy_with_ours`` (with this folder on the
path). Every test in which one of our functions was called is counted; the others say nothing about us and are deselected by not being
counted.
"""

import functools

import pytest
import scipy.ndimage
from scipy._lib._array_api import xp_capabilities_table

from ndwindow import ndimage

CALLED = set()


def _counting(ours):
    @functools.wraps(ours)
    def counting(*arguments, **keywords):
        CALLED.add(ours.__name__)
        return ours(*arguments, **keywords)

    return counting


for _name in ndimage.__all__:
    _ours = _counting(getattr(ndimage, _name))
    _theirs = getattr(scipy.ndimage, _name)
    if _theirs in xp_capabilities_table:
        xp_capabilities_table[_ours] = xp_capabilities_table[_theirs]
    setattr(scipy.ndimage, _name, _ours)

OUTCOMES = {"passed": [], "failed": [], "xfailed": []}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    CALLED.clear()
    try:
        return (yield)
    finally:
        item.ours = set(CALLED)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.when == "call" and getattr(item, "ours", None):
        outcome = "xfailed" if hasattr(report, "wasxfail") else report.outcome
        OUTCOMES.setdefault(outcome, []).append(item.nodeid.partition("::")[2])
    return report


def pytest_terminal_summary(terminalreporter):
    counts = ", ".join(f"{len(tests)} {outcome}" for outcome, tests in OUTCOMES.items() if tests)
    terminalreporter.write_line(f"tests that called ndwindow: {counts}")
    for test in OUTCOMES["failed"]:
        terminalreporter.write_line(f"FAILED-WITH-OURS {test}")
