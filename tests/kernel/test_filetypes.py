"""What a file is, is found by its bytes; what could run is nothing that is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenantline.kernel.filetypes import ENDINGS, MOST_PIXELS, is_shown, sniff
from tests.support.media_host import png

pytestmark = pytest.mark.once
GIF = b"GIF89a\x05\x00\x04\x00\x00\x00\x00"
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc0\x00\x0b\x08\x00\x04\x00\x05\x01\x01\x11\x00\xff\xd9"
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x03\x00\x00"
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L\x00\x00\x00\x00\x2f\x04\xc0\x00\x00" + b"\x00" * 8


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (png(5, 4), "image/png"),
        (GIF, "image/gif"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (LOSSLESS, "image/webp"),
    ],
)
def test_a_picture_says_how_large_it_is(data, mime):
    found = sniff(data)
    assert found is not None
    assert (found.mime, found.width, found.height) == (mime, 5, 4)


@pytest.mark.parametrize(
    ("data", "mime"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x00\x00\x00\x20ftyp3gp4", "video/3gpp"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x20ftypheic", "image/heic"),
        (b"#!AMR\n", "audio/amr"),
        (b"\xef\xbb\xbfBEGIN:VCARD\r\nVERSION:3.0", "text/vcard"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
    ],
)
def test_other_kinds_that_a_phone_sends_are_known(data, mime):
    found = sniff(data)
    assert found is not None
    assert found.mime == mime


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html><script>alert(1)</script>",
        b"<!DOCTYPE html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        b"<?xml version='1.0'?><svg/>",
        b"MZ\x90\x00",
        b"\x7fELF",
        b"PK\x03\x04",
        b"#!/bin/sh\n",
        b"hello",
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_what_could_run_and_what_nobody_knows_is_nothing(data):
    assert sniff(data) is None


@given(st.binary(max_size=64), st.sampled_from([b"", GIF, JPEG, WEBP, LOSSLESS, png()[:40]]))
def test_no_bytes_break_it(tail, head):
    for cut in (head + tail, head[: len(tail)]):
        found = sniff(cut)
        assert found is None or found.mime in ENDINGS


@pytest.mark.parametrize(
    ("mime", "width", "height", "shown"),
    [
        ("image/png", 4000, 3000, True),
        ("image/png", MOST_PIXELS, 2, False),
        ("image/png", None, None, False),
        ("image/jpeg", 0, 10, False),
        ("image/heic", 10, 10, False),
        ("application/pdf", None, None, False),
    ],
)
def test_only_a_picture_of_a_sane_size_is_shown(mime, width, height, shown):
    assert is_shown(mime, width, height) is shown
