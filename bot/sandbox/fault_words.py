"""Each fault of the Hugging Face stand-in in one plain sentence, in the order the drawer shows."""

from dataclasses import dataclass

REFUSES = "It refuses"
TROUBLE = "It has trouble of its own"
SILENT = "It never answers"
BADLY = "Made, and something is wrong with it"


@dataclass(frozen=True, kw_only=True)
class FaultWords:
    """What `name` does, under the heading `group`."""

    name: str
    group: str
    text: str


def _group(group: str, **texts: str) -> tuple[FaultWords, ...]:
    names = ((name.removeprefix("_"), text) for name, text in texts.items())
    return tuple(FaultWords(name=name, group=group, text=text) for name, text in names)


WORDS = (
    *_group(
        REFUSES,
        _400_list="A setting of the request is wrong; the reasons come as a list.",
        _400_object="A setting of the request is wrong; the reason comes as an object.",
        _401="The token is missing, wrong or revoked.",
        _402="The month's included credit is used up.",
        _403="The token lacks the permission to make pictures.",
        _404="Nobody knows this model.",
        _410="The model was retired.",
        _422_text="The request cannot be read, and the answer is plain text.",
        _429="Too many calls: come back in 20 seconds.",
        _429_retry_after="Too many calls, with nothing but a time to come back.",
        _429_bare="Too many calls, without a word about when to come back.",
        gated="The model's licence was not accepted yet.",
        not_supported="No provider serves this model.",
    ),
    *_group(
        TROUBLE,
        _500="The service stumbles over a fault of its own.",
        _502_html="A proxy cannot reach the service and sends a web page.",
        _503_loading="The model is still being loaded; about 20 seconds more.",
        _503_text="The service is down for now and says so in plain text.",
        _504_html="A proxy gave up waiting and sends a web page.",
        empty_200="Nothing at all, sent as if all were well.",
        html_200="A maintenance page, sent as if all were well.",
        json_200="An error in JSON, sent as if all were well.",
    ),
    *_group(
        SILENT,
        hang="The call is taken and never answered.",
        reset="The connection breaks before anything is made.",
    ),
    *_group(
        BADLY,
        reset_after_work="The picture is made, but the connection breaks before it is sent.",
        truncated="The picture is made, but only half of it arrives.",
        drip="The picture is made, but comes a byte at a time.",
        large="The picture is made and whole, and 12 MB large.",
        huge="The picture is made, but padded to 40 MB.",
        bomb="A small file that grows to 400 million pixels when it is opened.",
        wrong_type="The picture is made, but sent as if it were text.",
    ),
)
