"""What every test runs under: a clean environment, hypothesis profiles, no silent skips in CI."""

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["pytester"]

NO_SKIPS = "HUGOPS_NO_SKIPS"
_no_skips = os.environ.get(NO_SKIPS) == "1"

SHARED = "HUGOPS_SHARED"  # where the checker of Discord traffic lies; read by tests only

# At import, so that child processes and fixtures of the session start clean as well.
for _name in [n for n in os.environ if n.startswith(("HUGOPS_", "DISCORD_", "HF_"))]:
    if _name != SHARED:
        del os.environ[_name]

# A busy machine makes examples slowly: that says nothing about the code.
_patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", _patient, max_examples=50)
settings.register_profile("ci", _patient, max_examples=200, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What looks at all records comes last, and never in one of several workers."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        items[:] = [item for item in items if not _comes_last(item)]
    items.sort(key=_comes_last)


def _comes_last(item: pytest.Item) -> bool:
    return item.path.parent.name == "afterwards"


def _skip_reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    return report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With HUGOPS_NO_SKIPS=1 a skipped test is a failed one; an expected failure stays as it is."""
    report = yield
    if _no_skips and report.skipped and not hasattr(report, "wasxfail"):
        report.longrepr = f"{item.nodeid} was skipped, but {NO_SKIPS}=1: {_skip_reason(report)}"
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself."""
    report = yield
    if _no_skips and report.skipped:
        report.longrepr = (
            f"{collector.nodeid} was skipped, but {NO_SKIPS}=1: {_skip_reason(report)}"
        )
        report.outcome = "failed"
    return report
