"""What happened to jobs, kept until somebody takes it."""

from bot.core.jobs import JobKey
from bot.services.changes import Changes


def test_a_key_is_told_once_however_often_it_changed() -> None:
    changes = Changes()
    for key in ("a", "b", "a"):
        changes.note(JobKey(key))
    assert changes.event.is_set()
    assert changes.take() == {"a", "b"}


def test_after_taking_there_is_nothing_until_the_next_change() -> None:
    changes = Changes()
    changes.note(JobKey("a"))
    changes.take()
    assert not changes.event.is_set()
    assert changes.take() == set()
