"""The session's own rules: a clean environment, and skips that fail where none is allowed."""

import os
from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
SKIPPING = """
import pytest

def test_fine():
    pass

@pytest.mark.skip(reason="no browser here")
def test_marked():
    pass

def test_called():
    pytest.skip("no browser there")

@pytest.mark.xfail(reason="known")
def test_expected():
    assert False
"""
SKIPPING_MODULE = (
    'import pytest\npytest.skip("nothing for this machine", allow_module_level=True)\n'
)


def run(pytester: pytest.Pytester, *options: str, no_skips: bool) -> pytest.RunResult:
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.makepyfile(test_some=SKIPPING, test_module=SKIPPING_MODULE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUGOPS_NO_SKIPS", "1" if no_skips else "")
        return pytester.runpytest_subprocess("-rA", "--continue-on-collection-errors", *options)


def test_the_environment_holds_no_setting() -> None:
    assert not [n for n in os.environ if n.startswith(("HUGOPS_", "DISCORD_", "HF_"))]


def test_a_skip_is_a_skip_by_default(pytester: pytest.Pytester) -> None:
    run(pytester, no_skips=False).assert_outcomes(passed=1, skipped=3, xfailed=1)


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "in a worker"])
def test_a_skip_fails_and_is_named_where_none_is_allowed(
    pytester: pytest.Pytester, options: tuple[str, ...]
) -> None:
    result = run(pytester, *options, no_skips=True)
    result.assert_outcomes(passed=1, failed=1, errors=2, xfailed=1)
    result.stdout.fnmatch_lines_random(
        [
            "*test_some.py::test_marked was skipped*no browser here*",
            "*test_some.py::test_called was skipped*no browser there*",
            "*test_module.py was skipped*nothing for this machine*",
        ]
    )
