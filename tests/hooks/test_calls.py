"""Calls to hooks: signed, bounded, and never to where the network ends and we begin."""

import hashlib
import hmac
import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint, EntryPoints

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from gtcrowd.hooks import addresses, calls, outgoing
from gtcrowd.hooks.calls import Call, HookFault
from tests import hooking

EVENT = {"version": "2018-10-16", "dataObject": {"source": "Möwe"}}


def call(target, stage="pre", **more):
    return calls.ask(Call(target=target, stage=stage, event=EVENT, secret="s3cret", key="k1"), **more)


@pytest.fixture
def named(monkeypatch):
    """Makes a name that resolves to these addresses, as another's name server might have it."""

    def _named(*addresses, then=()):
        answers = iter([addresses, *then])

        def look_up(host, port, *args, **details):
            assert host == "hook.example"
            return [
                (socket.AF_INET6 if ":" in item else socket.AF_INET, socket.SOCK_STREAM, 6, "", (item, port))
                for item in next(answers)
            ]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)

    return _named


def test_calls_hook(hook):
    hook.reply = lambda event: {"taskInput": {"seen": event["dataObject"]["source"]}}

    assert call(hook.url) == {"taskInput": {"seen": "Möwe"}}


def test_signs_body_with_timestamp(hook):
    before = int(time.time())
    call(hook.url)
    after = time.time()

    ((headers, body),) = hook.asked
    moment, signature = (part.partition("=")[2] for part in headers["x-gtcrowd-signature"].split(","))
    assert signature == hmac.new(b"s3cret", f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    assert before <= int(moment) <= after
    assert body == '{"version":"2018-10-16","dataObject":{"source":"Möwe"}}'.encode()
    assert (headers["content-type"], headers["idempotency-key"]) == ("application/json", "k1")
    assert headers["host"] == hook.url.split("/")[2]


@pytest.mark.parametrize("status", [500, 503])
def test_retries_transient_error_with_same_key(hook, status):
    answers = iter([(status, b""), (status, b""), {"taskInput": {}}])
    hook.reply = lambda event: next(answers)

    assert call(hook.url) == {"taskInput": {}}
    assert [headers["idempotency-key"] for headers, _body in hook.asked] == ["k1", "k1", "k1"]


def test_fails_after_three_attempts(hook):
    hook.reply = lambda event: (500, b"")

    with pytest.raises(HookFault, match="answered with status 500"):
        call(hook.url)
    assert len(hook.asked) == 3


def test_does_not_retry_refusal(hook):
    hook.reply = lambda event: (403, b"")

    with pytest.raises(HookFault, match="answered with status 403"):
        call(hook.url)
    assert len(hook.asked) == 1


@pytest.mark.parametrize("content", [b"<html>", b"", b"{", b'{"taskInput": NaN}', b"\xff", b"[" * 100_000])
def test_refuses_reply_that_is_not_json(hook, content):
    hook.reply = lambda event: (200, content)

    with pytest.raises(HookFault, match="is not valid JSON"):
        call(hook.url)


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "3000000"}])
def test_reply_size_is_limited(hook, headers):
    hook.reply = lambda event: (200, b'"' + b"x" * 2_999_998 + b'"', headers)

    with pytest.raises(HookFault, match="longer than 2,000,000 bytes"):
        call(hook.url)


def test_silent_hook_times_out(hook, settings):
    settings.GTCROWD_HOOK_SECONDS = 0.3
    given_up = threading.Event()
    hook.reply = lambda event: given_up.wait()

    with pytest.raises(HookFault, match=r"did not answer within 0\.3 s"):
        call(hook.url, patient=False)
    given_up.set()


def drip(given_up):
    """Answers a byte at a time, without an end until the caller has given up."""

    def write(file):
        while not given_up.wait(0.1):
            file.write(b"1")
            file.flush()

    return write


@pytest.mark.parametrize("length", [{}, {"Content-Length": "1000000"}])
def test_slow_reply_times_out(hook, settings, length):
    settings.GTCROWD_HOOK_SECONDS = 0.4
    given_up = threading.Event()
    hook.reply = lambda event: (200, drip(given_up), length)

    with pytest.raises(HookFault, match="did not answer within"):
        call(hook.url, patient=False)
    given_up.set()


def test_refused_connection_is_an_error(hook):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"

    with pytest.raises(HookFault, match="could not be reached"):
        call(url)


def test_redirects_are_not_followed(hook):
    with hooking.serving() as other:
        hook.reply = lambda event: (307, b"", {"Location": other.url})

        with pytest.raises(HookFault, match="Redirects are not followed"):
            call(hook.url)
        assert (len(hook.asked), other.asked) == (1, [])


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1",
        "fd00:ec2::254", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_refuses_private_addresses(address, settings):
    assert not addresses.allowed(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::1111", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"])
def test_public_addresses_are_allowed(address):
    assert addresses.allowed(address)


@pytest.mark.parametrize(
    ("address", "network"), [("10.1.2.3", "10.1.0.0/16"), ("::ffff:10.1.2.3", "10.1.0.0/16"), ("fd00::5", "fd00::/8")]
)
def test_operator_may_allow_a_network(address, network, settings):
    settings.GTCROWD_HOOK_NETWORKS = [network]

    assert addresses.allowed(address)
    assert not addresses.allowed("192.168.0.1")


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/",
        "http://127.0.0.1:{port}/",
        "http://2130706433:{port}/",
        "http://127.1:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
    ],
)
def test_refuses_loopback_by_any_name(hook, settings, url):
    settings.GTCROWD_HOOK_NETWORKS = []

    with pytest.raises(HookFault, match="not a public address"):
        call(url.format(port=hook.url.split(":")[2].split("/")[0]))
    assert hook.asked == []


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1"])
def test_refuses_name_with_private_address(hook, settings, named, address):
    settings.GTCROWD_HOOK_NETWORKS = []
    named(address)

    with pytest.raises(HookFault, match=f"hook.example is at {address}, which is not a public address"):
        call(f"http://hook.example:{hook.url.split(':')[2]}")
    assert hook.asked == []


def test_calls_checked_address_after_dns_change(hook, named):
    with hooking.serving("127.0.0.2") as other:
        port = other.url.split(":")[2].split("/")[0]
        named("127.0.0.2", then=[("127.0.0.1",)])

        assert call(f"http://hook.example:{port}/") == {"taskInput": {"source": "Möwe"}}
        assert (len(other.asked), other.asked[0][0]["host"]) == (1, f"hook.example:{port}")


def test_calls_only_public_address_of_several(hook, settings, named):
    settings.GTCROWD_HOOK_NETWORKS = ["127.0.0.1/32"]
    named("127.0.0.2", "127.0.0.1")

    assert call(f"http://hook.example:{hook.url.split(':')[2]}") == {"taskInput": {"source": "Möwe"}}


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://example.org/", "http:// is not allowed here"),
        ("ftp://example.org/", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("https://user:word@example.org/", "must not have a user name"),
        ("https:///path", "is not a valid URL"),
        ("https://example.org:0/", "is not a valid URL"),
        ("https://example.org:99999/", "is not a valid URL"),
        ("https://exa mple.org/", "is not a valid URL"),
        ("https://example.org/a b", "is not a valid URL"),
        ("https://example.org/ä", "is not a valid URL"),
        ("https://[::1/", "is not a valid URL"),
        ("elsewhere", "Installed: none"),
    ],
)
def test_refuses_invalid_target_before_outgoing(url, message):
    assert message in calls.caller().fault(url, "pre")


def test_tls_needs_valid_certificate(hook):
    with pytest.raises(HookFault, match=r"could not be reached|certificate"):
        call(hook.url.replace("http://", "https://"))


@pytest.fixture
def certified(tmp_path, monkeypatch):
    """A server's side of encryption, with a certificate for hook.example that this process trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hook.example")])
    now = datetime.now(UTC)
    created = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hook.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "hook.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + created.public_bytes(pem))
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_tls_calls_checked_address_by_name(certified, settings, named):
    settings.GTCROWD_HOOK_NETWORKS = ["127.0.0.0/8"]
    named("127.0.0.1")
    with hooking.serving(tls=certified) as hooked:
        port = hooked.url.split(":")[2].split("/")[0]

        assert call(f"https://hook.example:{port}/x?y=1") == {"taskInput": {"source": "Möwe"}}
        assert hooked.asked[0][0]["host"] == f"hook.example:{port}"


def test_refuses_certificate_of_another_name(certified, settings):
    settings.GTCROWD_HOOK_NETWORKS = ["127.0.0.0/8"]
    with hooking.serving(tls=certified) as hooked:
        with pytest.raises(HookFault, match=r"The TLS certificate of 127\.0\.0\.1 is invalid"):
            call(hooked.url.replace("http://", "https://"))
        assert hooked.asked == []


def test_slow_tls_reply_times_out(certified, settings, named):
    settings.GTCROWD_HOOK_NETWORKS, settings.GTCROWD_HOOK_SECONDS = ["127.0.0.0/8"], 0.5
    named("127.0.0.1")
    given_up = threading.Event()
    with hooking.serving(tls=certified) as hooked:
        hooked.reply = lambda event: (200, drip(given_up))
        with pytest.raises(HookFault, match="did not answer within"):
            call(f"https://hook.example:{hooked.url.split(':')[2]}", patient=False)


def test_call_repr_hides_secret():
    page = repr(Call(target="https://a.example/", stage="pre", event=EVENT, secret="s3cret", key="k"))

    assert "s3cret" not in page
    assert "Möwe" not in page


@pytest.fixture
def installed(monkeypatch):
    """Installs a hook as an operator's package does."""

    def _installed(name, value, group="gtcrowd.pre"):
        created = EntryPoints([EntryPoint(name, value, group)])
        monkeypatch.setattr(outgoing, "entry_points", created.select)

    return _installed


def test_hook_can_be_installed(installed):
    installed("echo", "json:dumps")

    assert calls.caller().fault("echo", "pre") is None
    assert json.loads(call("echo")) == EVENT


def test_reports_failed_installed_hook(installed):
    installed("broken", "json:loads")

    with pytest.raises(HookFault, match="The hook broken failed: TypeError: "):
        call("broken")


def test_installed_hook_must_answer_json(installed):
    installed("odd", "builtins:object.__class__")

    with pytest.raises(HookFault, match="is not valid JSON"):
        call("odd")


def test_log_hides_body_and_secret(hook, caplog):
    caplog.set_level("INFO")
    call(f"{hook.url}?token=abc")

    assert "hook.called" in caplog.text
    for hidden in ("Möwe", "s3cret", "abc"):
        assert hidden not in caplog.text
