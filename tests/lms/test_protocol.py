"""What an answer means, decided from bytes in the documented shapes."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rkreport.errors import Forbidden, LmsError, MalformedReply, NotFound, ServerTrouble, Throttled, TokenRefused
from rkreport.lms.lists import USERS, PageContent, content_of
from rkreport.lms.protocol import Reply, interpret, is_login_refused, retry_after_seconds
from tests.lms.recorded import document, reply

NOW = datetime(2026, 11, 1, 1, 0, tzinfo=UTC)


def meaning(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> PageContent:
    """The interpreted user page."""
    return content_of(USERS, 3, interpret(Reply(status, headers or {}, body), "users, page 3", NOW))


def test_a_good_page_is_its_parsed_document() -> None:
    """The documented answer comes back with its rows."""
    assert [row["employeeID"] for row in meaning(reply("users_page")).rows] == ["00417", "NIK-2"]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, Throttled),
        (500, ServerTrouble),
        (503, ServerTrouble),
        (401, TokenRefused),
        (403, Forbidden),
        (404, NotFound),
        (408, ServerTrouble),
    ],
)
def test_the_status_decides_where_it_says_enough(status: int, error: type[LmsError]) -> None:
    """Error statuses mean what HTTP says, whatever the body; a web page under 403 comes from a firewall."""
    with pytest.raises(error, match="users, page 3"):
        meaning(b"<html>", status)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_refused(status: int) -> None:
    """A redirect would carry the token to wherever it points, so it ends the fetch."""
    with pytest.raises(LmsError, match="another address") as caught:
        meaning(b"", status, {"location": "https://elsewhere.test"})
    assert caught.type is LmsError


def test_a_refused_token_is_seen_under_http_200() -> None:
    """The documented error body means a refused token although its HTTP status is not documented."""
    with pytest.raises(TokenRefused):
        meaning(reply("token_refused"))


@pytest.mark.parametrize(
    "body",
    [b"{", reply("users_page")[:-20], b"\xff\xfe", b"\xef\xbb\xbf{", b'{"a": "\x01', b'\xef\xbb\xbf{"a":"b'],
)
def test_a_cut_body_can_be_tried_again(body: bytes) -> None:
    """A body that ends too early is the server's trouble, not a wrong shape."""
    with pytest.raises(ServerTrouble, match="cut off in the middle"):
        meaning(body)


@pytest.mark.parametrize("body", [b"", b"  \n"])
def test_an_empty_body_is_called_one(body: bytes) -> None:
    """Nothing was cut off; another try may bring more."""
    with pytest.raises(ServerTrouble, match="users, page 3 is empty"):
        meaning(body)


@pytest.mark.parametrize("body", [b"[" * 100_000, b"{'a': 1}", b"no", b'{"a": 1} {"b": 2}', b"\x00\x01\x02"])
def test_what_is_no_json_is_refused_once(body: bytes) -> None:
    """The same bytes would come again, and nobody is told that they were cut off."""
    with pytest.raises(MalformedReply, match=r"users, page 3 is (no JSON|nested)"):
        meaning(body)


def test_a_web_page_is_named_as_one() -> None:
    """HTML with HTTP 200, as a proxy's log-in page sends it, is told apart."""
    with pytest.raises(ServerTrouble, match="a web page instead of data"):
        meaning(b"  <!DOCTYPE html><html></html>")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": "perhaps"}, "data.items"),
        ({"items": {"0": "perhaps"}}, "data.items"),
        ({"items": [{}] * 10_001}, "more than 10000 rows"),
    ],
)
def test_a_wrong_shape_names_request_and_field_but_no_value(change: dict[str, object], field: str) -> None:
    """The admin learns which field of which page is wrong, and nobody's data."""
    wrong = document("users_page")
    wrong["data"] |= change
    with pytest.raises(MalformedReply, match="users, page 3") as caught:
        meaning(json.dumps(wrong).encode())
    assert field in str(caught.value)
    assert "perhaps" not in str(caught.value)


@pytest.mark.parametrize("body", [b"[]", b"null", b'"text"', b"{}", b'{"status": "success", "data": "text"}'])
def test_json_of_another_kind_is_a_wrong_shape(body: bytes) -> None:
    """JSON that is no page is refused with a sentence."""
    with pytest.raises(MalformedReply):
        meaning(body)


@pytest.mark.parametrize("total", ["many", -3, None, 1.5, True, [1]])
def test_a_total_that_is_no_number_is_no_total(total: object) -> None:
    """Without a total nothing can be counted, but the rows of the page are still good."""
    page = document("users_page")
    page["data"]["totalItems"] = total
    assert meaning(json.dumps(page).encode()).read.total is None


@given(st.binary(max_size=200), st.sampled_from([200, 204, 400, 418, 500]))
def test_any_bytes_give_an_error_of_ours_or_a_page(body: bytes, status: int) -> None:
    """Garbage never escapes as somebody else's exception."""
    try:
        meaning(body, status)
    except LmsError as error:
        assert str(error).endswith(".")  # noqa: PT017 - the point is that nothing else is raised


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("7", 7.0),
        ("Sun, 01 Nov 2026 01:00:20 GMT", 20.0),
        ("0", None),
        ("-5", None),
        ("Sun, 01 Nov 2026 00:59:00 GMT", None),
        ("soon", None),
        ("", None),
        ("999999", 999_999.0),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, seconds: float | None) -> None:
    """Seconds and dates are waits; zero, the past and garbage are no hint."""
    assert retry_after_seconds({"retry-after": text}, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "body", "is_refused"),
    [
        *((status, b"{}", True) for status in (400, 401, 403)),
        *(
            (200, b'{"errorCode": %s, "errorMessage": "no"}' % code, True)
            for code in (b"400", b'"401"', b"403", b"123")
        ),
        *((status, b'{"errorCode": 0, "data": {}}', False) for status in (200, 429, 500)),
        (200, b'{"errorCode": 500}', False),
        (403, b"<!DOCTYPE html><html>", False),
        (200, b"no JSON", False),
        (200, b"[400]", False),
    ],
)
def test_a_login_that_is_refused(status: int, body: bytes, is_refused: bool) -> None:  # noqa: FBT001 - one of two
    """By its status or its error code; a web page is from a proxy, and trouble of the LMS is no refusal."""
    assert is_login_refused(Reply(status, {}, body)) is is_refused
