"""What may be put into a bucket, and under which keys; every error under /api/ is a problem."""

import pytest

from gtcrowd.jobs import media_types, store

URL = "/api/v1/objects/heron/"
HEADS = {
    "PNG": b"\x89PNG\r\n\x1a\n", "JPEG": b"\xff\xd8\xff", "GIF": b"GIF89a", "WebP": b"RIFF\x24\0\0\0WEBPVP8 ",
    "AVIF": b"\0\0\0\x20ftypavif", "BMP": b"BM\x46\0\0\0\0\0\0\0", "SVG": b"<svg xmlns='x'/>", "TIFF": b"MM\0*\0\0\0\x08",
    "MP4": b"\0\0\0\x20ftypisom", "WebM": b"\x1a\x45\xdf\xa3", "Ogg": b"OggS", "WAV": b"RIFF\0\0\0\0WAVE", "MP3": b"ID3",
    "PDF": b"%PDF-1.4", "CSV": b"a,b\n", "plain text": "é\n".encode(), "manifest": b'{"source":"a"}\n',
}  # fmt: skip
LEGAL = [
    "a b/ü/日本.png",
    "%25?#&=+:*|<>\"'`{}^~[];!$@,().png",
    "\t\x7f.png",
    "😀.png",
    "-.png",
    "é/" * 200 + "a.png",
]
NOT_KEPT = ["a//b.png", "./a.png", "a/../b.png", "x" * 256 + ".png", "a/" * 600 + "b.png"]


def put(call, key, body=HEADS["PNG"]):
    return call.generic("PUT", URL + quoted(key), body, content_type="application/octet-stream")


def quoted(key):
    return "".join(f"%{byte:02X}" for byte in key.encode()).replace("%2F", "/")


@pytest.mark.parametrize(
    ("row", "extension"), [(row, extension) for row in media_types.TYPES for extension in row.extensions]
)
def test_puts_each_media_type(call, row, extension):
    response = put(call, f"media/a{extension}", HEADS[row.name])

    assert (response.status_code, response.json()["uri"]) == (201, f"s3://heron/media/a{extension}")


@pytest.mark.parametrize(
    ("key", "body"),
    [("a.png", HEADS["GIF"]), ("a.wav", HEADS["WebP"]), ("a.mp4", HEADS["AVIF"]), ("a.txt", b"\xff\xd8"), ("a.svg", b"<html>"), ("a.exe", b"MZ")],
)  # fmt: skip
def test_refuses_other_content(call, key, body):
    refused = put(call, key, body)

    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize("key", LEGAL)
def test_keeps_legal_key(call, key):
    response = put(call, key)

    assert (response.status_code, response.json()["uri"]) == (201, f"s3://heron/{key}")
    assert store.store().size(f"s3://heron/{key}") == 8


@pytest.mark.parametrize("key", NOT_KEPT)
def test_refuses_key_that_is_no_path(call, key):
    refused = put(call, key)

    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert "the store cannot keep" in refused.json()["detail"]


def test_refuses_key_below_an_object(call):
    assert put(call, "birds.png").status_code == 201
    assert put(call, "birds.png/a.png").status_code == 422
    assert put(call, "owls/a.png").status_code == 201
    assert put(call, "owls/a.png/b.png").status_code == 422


@pytest.mark.parametrize("uri", ["s3://heron/a\0b", "s3://heron/\ud800", "s3://heron/" + "a" * 1025])
def test_refuses_unreadable_address(uri):
    with pytest.raises(store.BadAddress) as refused:
        store.store().open(uri)

    str(refused.value).encode()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing/", 404), ("GET", "/api/nothing", 404), ("DELETE", "/api/v1/jobs/", 405),
        ("PUT", "/api/v1/objects/heron/a%00.png", 400), ("GET", "/api/v1/objects/heron/a.png", 405),
        ("POST", "/api/v1/jobs/%00/", 400), ("PUT", "/api/v1/objects/heron/a%0Ab.png", 404),
    ],
)  # fmt: skip
def test_every_error_is_a_problem(call, method, path, status):
    response = call.generic(method, path)

    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert response.json()["status"] == status


def test_address_without_last_slash_is_redirected(call):
    assert call.get("/api/v1/jobs").status_code == 301
