"""Options: what is taken, what is lowered to its cap, what is refused with its range."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.checks import Lowered, Wish, check, conform, visible
from bot.core.errors import BadValue
from bot.core.jobs import Request, Size
from bot.core.servers import ServerRules
from tests.factories import MODEL, make_request, make_wish

FRESH = 4242


def checked(wish: Wish) -> Request:
    request, _ = check(wish, default_model=MODEL, fresh_seed=FRESH)
    return request


def lowered(wish: Wish) -> list[Lowered]:
    _, caps = check(wish, default_model=MODEL, fresh_seed=FRESH)
    return caps


def refusal(wish: Wish) -> tuple[str, str, str]:
    with pytest.raises(BadValue) as refused:
        checked(wish)
    return refused.value.option, refused.value.given, refused.value.allowed


def test_what_is_left_out_takes_the_default_model_and_a_fresh_seed() -> None:
    assert checked(Wish(prompt="a cat")) == Request(prompt="a cat", model=MODEL, seed=FRESH)


def test_every_option_reaches_the_request() -> None:
    wish = Wish(
        prompt="a cat",
        model="other/model-2.1",
        size="wide",
        negative_prompt="fog",
        seed=0,
        steps=50,
        guidance=20.0,
        private=True,
        spoiler=True,
    )
    assert checked(wish) == Request(
        prompt="a cat",
        model="other/model-2.1",
        size=Size.WIDE,
        negative_prompt="fog",
        seed=0,
        steps=50,
        guidance=20.0,
        private=True,
        spoiler=True,
    )
    assert lowered(wish) == []


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("@everyone <@1> <#2> <@&3>", "@everyone <@1> <#2> <@&3>"),
        ("**bold** `code` ||spoiler|| [a](b)", "**bold** `code` ||spoiler|| [a](b)"),
        ("\u202eevil\u202c \u200fcat\u2066", "evil cat"),
        ("c\u200ba\ufefft", "cat"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("bell\x07 null\x00", "bell null"),
        ("half \ud83d pair", "half  pair"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0631\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0631\u0645",
        ),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("  \u200d around \u200c ", "around"),
    ],
    ids=[
        "mentions",
        "markdown",
        "right to left marks",
        "zero width",
        "new lines",
        "control characters",
        "half a surrogate pair",
        "a Persian word",
        "a compound emoji",
        "joiners at the ends",
    ],
)
def test_a_prompt_keeps_what_can_be_seen(typed: str, kept: str) -> None:
    assert checked(make_wish(typed)).prompt == kept


@pytest.mark.parametrize(
    "typed",
    ["", "   \n", "\u200b\u200b", "\u202e", "\u200c\u200d", "\u200c \u200d \u200c"],
    ids=["empty", "blanks", "zero width", "a mark", "joiners", "joiners between blanks"],
)
def test_a_prompt_with_nothing_to_read_is_refused(typed: str) -> None:
    expected = ("prompt", "nothing to read", "1-1500 characters")
    assert refusal(make_wish(typed)) == expected


@given(st.text(alphabet=" \t\n\u200b\u200c\u200d\u202e\ufeff", max_size=12))
def test_nothing_visible_is_left_of_what_cannot_be_seen(typed: str) -> None:
    assert visible(typed) == ""


@given(st.text())
def test_cleaning_twice_changes_nothing(typed: str) -> None:
    assert visible(visible(typed)) == visible(typed)


def test_a_prompt_of_1500_characters_is_taken() -> None:
    assert checked(make_wish("x" * 1500)).prompt == "x" * 1500


def test_a_longer_prompt_is_refused() -> None:
    expected = ("prompt", "1,501 characters", "1-1500 characters")
    assert refusal(make_wish("x" * 1501)) == expected


@pytest.mark.parametrize("typed", [None, "", " \u200b "])
def test_a_negative_prompt_with_nothing_to_read_is_left_out(typed: str | None) -> None:
    assert checked(replace(make_wish(), negative_prompt=typed)).negative_prompt is None


def test_a_longer_negative_prompt_is_refused() -> None:
    wish = replace(make_wish(), negative_prompt="x" * 1501)
    assert refusal(wish) == ("negative_prompt", "1,501 characters", "1-1500 characters")


@pytest.mark.parametrize(
    "typed",
    [
        "../secret",
        "acme/../painter",
        "acme/pain..ter",
        "ac me/painter",
        "acme/painter/extra",
        "https://huggingface.co/acme/painter",
        "acme",
        "/painter",
        "acme/",
        "-acme/painter",
        "acme/painter?x=1",
        "acme/pаinter",  # noqa: RUF001 - a Cyrillic letter is the point
        "",
    ],
)
def test_an_impossible_model_is_refused(typed: str) -> None:
    wish = replace(make_wish(), model=typed)
    assert refusal(wish) == ("model", typed, "a name like `owner/model`, as on Hugging Face")


def test_a_model_name_that_is_too_long_is_refused_and_quoted_in_part() -> None:
    option, quoted, _ = refusal(replace(make_wish(), model="acme/" + "x" * 92))
    assert (option, quoted) == ("model", "acme/" + "x" * 91)


def test_a_model_name_loses_what_cannot_be_seen() -> None:
    assert checked(replace(make_wish(), model=" acme/pain\u200bter ")).model == "acme/painter"


def test_an_unknown_size_is_refused_with_those_on_offer() -> None:
    allowed = "square-512, square-1024, portrait, landscape, wide"
    assert refusal(replace(make_wish(), size="9x9")) == ("size", "9x9", allowed)


@pytest.mark.parametrize("seed", [0, 1, 2**53 - 1])
def test_a_seed_that_every_side_can_carry_is_taken(seed: int) -> None:
    assert checked(replace(make_wish(), seed=seed)).seed == seed


@pytest.mark.parametrize("seed", [-1, 2**53, 2**64])
def test_any_other_seed_is_refused(seed: int) -> None:
    expected = ("seed", str(seed), "0-9007199254740991")
    assert refusal(replace(make_wish(), seed=seed)) == expected


@pytest.mark.parametrize("steps", [0, -5])
def test_too_few_steps_are_refused(steps: int) -> None:
    assert refusal(replace(make_wish(), steps=steps)) == ("steps", str(steps), "1-50")


def test_too_many_steps_are_lowered_and_said() -> None:
    wish = replace(make_wish(), steps=9999)
    assert checked(wish).steps == 50
    assert lowered(wish) == [Lowered(option="steps", given="9999", allowed="1-50", used="50")]


@pytest.mark.parametrize(("guidance", "said"), [(-0.5, "-0.5"), (float("nan"), "nan")])
def test_an_impossible_guidance_is_refused(guidance: float, said: str) -> None:
    assert refusal(replace(make_wish(), guidance=guidance)) == ("guidance", said, "0-20")


@pytest.mark.parametrize(("guidance", "said"), [(20.5, "20.5"), (float("inf"), "inf")])
def test_too_much_guidance_is_lowered_and_said(guidance: float, said: str) -> None:
    wish = replace(make_wish(), guidance=guidance)
    assert checked(wish).guidance == 20.0
    assert lowered(wish) == [Lowered(option="guidance", given=said, allowed="0-20", used="20")]


@pytest.mark.parametrize(
    ("asked", "largest", "used"),
    [
        (None, None, None),
        (Size.WIDE, None, Size.WIDE),
        (None, Size.PORTRAIT, Size.PORTRAIT),
        (Size.SQUARE_512, Size.PORTRAIT, Size.SQUARE_512),
        (Size.WIDE, Size.PORTRAIT, Size.PORTRAIT),
    ],
)
def test_a_server_without_a_largest_size_takes_every_size(
    asked: Size | None, largest: Size | None, used: Size | None
) -> None:
    rules = ServerRules(largest=largest)
    fitting, caps = conform(replace(make_request(), size=asked), rules, age_restricted=False)
    assert fitting.size is used
    assert len(caps) == (asked is Size.WIDE and largest is not None)
