"""Signed addresses of objects."""

import time
from io import BytesIO

import pytest
from django.core import signing
from PIL import Image

from gtcrowd.jobs import signed
from tests.portal.conftest import picture, put

GOOD = "s3://heron-data/good.png"


def test_signed_address_opens_without_signing_in(client, bucket):
    response = client.get(signed.address(GOOD, job_id=1))

    assert b"".join(response.streaming_content) == picture(30)
    assert response.headers["Content-Type"] == "image/png"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"].startswith("private")
    assert response.headers["Content-Length"] == str(len(picture(30)))
    assert response.headers["Access-Control-Allow-Origin"] == "*"  # a task reads the pixels of what was painted before
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "sessionid" not in response.cookies


def test_tampered_address_is_not_found(client, bucket):
    address = signed.address(GOOD, job_id=1)

    assert client.get(address[:-3] + "xx/").status_code == 404


def test_refuses_signature_of_another_purpose(client, bucket):
    token = signing.dumps({"job": 1, "uri": GOOD}, salt="something.else")

    assert client.get(f"/work/object/{token}/").status_code == 404


def test_expired_address_is_gone(client, bucket, monkeypatch):
    address = signed.address(GOOD, job_id=1)
    later = time.time() + signed.VALID_SECONDS + 1
    monkeypatch.setattr(time, "time", lambda: later)

    assert client.get(address).status_code == 410


def test_missing_object_is_not_found(client, bucket):
    response = client.get(signed.address("s3://heron-data/none.png", job_id=1))

    assert response.status_code == 404
    assert b"s3://" not in response.content


@pytest.mark.parametrize("content", [b"<html><script>1</script>", b"<svg onload='x'/>", b"", b"BM6", b"RIFF1234WAVE"])
def test_only_pictures_open_inline(client, bucket, content):
    put("s3://heron-data/page.png", content)

    response = client.get(signed.address("s3://heron-data/page.png", job_id=1))

    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    response.close()


def test_picture_is_not_compressed_again(client, bucket):
    response = client.get(signed.address(GOOD, job_id=1), headers={"Accept-Encoding": "gzip"})

    assert b"".join(response.streaming_content) == picture(30)


@pytest.mark.parametrize(
    ("requested", "status", "message", "part"),
    [
        ("bytes=4-7", 206, "bytes 4-7/100", slice(4, 8)),
        ("bytes=90-", 206, "bytes 90-99/100", slice(90, 100)),
        ("bytes=-5", 206, "bytes 95-99/100", slice(95, 100)),
        ("bytes=50-900", 206, "bytes 50-99/100", slice(50, 100)),
        ("bytes=0-", 200, None, slice(0, 100)),
        ("lines=1-2", 200, None, slice(0, 100)),
        ("bytes=100-", 416, "bytes */100", slice(0, 0)),
    ],
)
def test_serves_requested_ranges(client, bucket, requested, status, message, part):
    film = b"\0\0\0\x18ftypmp42" + bytes(range(88))
    put("s3://heron-data/film.mp4", film)

    response = client.get(signed.address("s3://heron-data/film.mp4", job_id=1), headers={"Range": requested})

    sent = b"".join(response.streaming_content) if response.streaming else response.content
    assert (response.status_code, response.headers.get("Content-Range"), sent) == (status, message, film[part])
    if status != 416:
        assert response.headers["Content-Type"] == "video/mp4"
        assert response.headers["Content-Length"] == str(len(sent))


DOCUMENT = b"\n<!DOCTYPE html><script>alert(1)</script><p>Report</p>"


@pytest.mark.parametrize(
    ("destination", "content_type"), [("iframe", "text/html"), ("document", "application/octet-stream")]
)
def test_document_is_shown_in_frames_only(client, bucket, destination, content_type):
    put("s3://heron-data/report.html", DOCUMENT)

    response = client.get(
        signed.address("s3://heron-data/report.html", job_id=1), headers={"Sec-Fetch-Dest": destination}
    )

    assert b"".join(response.streaming_content) == DOCUMENT
    assert response["Content-Type"] == content_type
    assert "X-Frame-Options" not in response
    rules = response["Content-Security-Policy"].split("; ")
    assert "sandbox" in rules
    assert "default-src 'none'" in rules
    response.close()


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.gif", b"GIF89a", "image/gif"), ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        ("a.avif", b"\0\0\0\x20ftypavif", "image/avif"), ("a.bmp", b"BM\x46\0\0\0\0\0\0\0", "image/bmp"),
        ("a.svg", b"<?xml version='1.0'?><!-- a --><svg onload='x'/>", "image/svg+xml"),
        ("a.mp4", b"\0\0\0\x20ftypisom", "video/mp4"), ("a.webm", b"\x1a\x45\xdf\xa3", "video/webm"),
        ("a.ogg", b"OggS", "video/ogg"), ("a.wav", b"RIFF\0\0\0\0WAVE", "audio/wav"), ("a.mp3", b"ID3\x04", "audio/mpeg"),
        ("a.pdf", b"%PDF-1.4", "application/pdf"), ("a.txt", "é".encode(), "text/plain; charset=utf-8"), ("a.csv", b"a,b", "text/plain; charset=utf-8"),
        ("no-extension", b"\xff\xd8\xff", "image/jpeg"), ("photo.png", b"\xff\xd8\xff", "image/jpeg"),
    ],
)  # fmt: skip
def test_media_open_inline(client, bucket, name, content, media_type):
    put(f"s3://heron-data/{name}", content)

    response = client.get(signed.address(f"s3://heron-data/{name}", job_id=1))

    assert b"".join(response.streaming_content) == content
    assert response.headers["Content-Type"] == media_type
    assert "Content-Disposition" not in response.headers or response.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.manifest", b"{}"), ("a.heic", b"\0\0\0\x20ftypheic"), ("a.txt", b"a\0b"), ("a.txt", b"\xff\xfe"), ("a.svg", b"<html>")],
)  # fmt: skip
def test_other_objects_are_downloads(client, bucket, name, content):
    put(f"s3://heron-data/{name}", content)

    response = client.get(signed.address(f"s3://heron-data/{name}", job_id=1))

    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    response.close()


def test_tiff_is_shown_upright(client, bucket):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    written = BytesIO()
    Image.new("RGB", (20, 10), "red").save(written, "TIFF", exif=exif)
    put("s3://heron-data/a.tiff", written.getvalue())

    response = client.get(signed.address("s3://heron-data/a.tiff", job_id=1))

    assert response.headers["Content-Type"] == "image/png"
    with Image.open(BytesIO(response.content)) as shown:
        assert shown.size == (10, 20)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_tiff_is_refused(client, bucket):
    put("s3://heron-data/a.tif", b"II*\0 nothing")

    assert client.get(signed.address("s3://heron-data/a.tif", job_id=1)).status_code == 422
