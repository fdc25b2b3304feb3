"""Pictures above what Discord takes, on their way to people."""

import pytest

from cogs import _fitting
from tests.cogs.test_answers import http_error
from tests.cogs.test_delivery import Post, delivery


async def test_a_picture_too_large_is_made_smaller_and_said() -> None:
    post = Post(picture=b"x" * (_fitting.UPLOAD_MAX + 1))
    assert await post.tell(delivery()) == ["begin", "done"]
    [parcel] = post.ladder.told
    assert parcel.picture
    assert len(parcel.picture.data) == _fitting.UPLOAD_MAX
    assert [file.filename for file in parcel.files()] == ["hugops-k3f9abcd.jpg"]
    assert "Here is a smaller one" in str(parcel.card.description)


@pytest.mark.parametrize(("size", "sent"), [(800, [800, 400, 100]), (40, [40, 20])])
async def test_a_picture_that_discord_refuses_is_said_in_words_at_last(
    size: int, sent: list[int]
) -> None:
    refused = [http_error(413, 0), http_error(400, 40005), http_error(413, 0)]
    post = Post(picture=b"x" * size, errors=refused[: len(sent)])
    assert await post.tell(delivery()) == ["begin", "done"]
    *pictured, words = post.ladder.told
    assert [len(parcel.picture.data) for parcel in pictured if parcel.picture] == sent
    assert words.picture is None
    assert "Whoever runs me can copy the original" in str(words.card.description)


async def test_other_trouble_with_a_smaller_picture_is_tried_again() -> None:
    post = Post(picture=b"x" * 800, errors=[http_error(413, 0), http_error(503, 0)])
    assert await post.tell(delivery()) == ["begin", "retry"]
