"""The web entry: Streamlit behind a shell that sets language, title and security headers of the HTML page.

Streamlit writes `<html lang="en">` and `<title>Streamlit</title>` whatever the page says, and sends no policy.
"""

import re
from pathlib import Path
from urllib.parse import parse_qs

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboards.words import PRODUCT, direction, languages

POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' blob:",  # blob: carries the inline module of our language switch (components v2)
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws: wss:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"x-robots-tag", b"noindex"),
]
OURS = {name for name, _ in HEADERS}
STALE = {b"content-length", b"etag", b"last-modified"}
INLINE = re.compile(rb"<script>\s*window.prerenderReady = false\s*</script>")
"""A word to crawlers, who are not wanted here: the policy would refuse it and complain."""
CONDITIONAL = {b"if-none-match", b"if-modified-since", b"accept-encoding"}
"""Kept from an HTML route: it must come whole (no 304) and unpacked (no gzip), or it cannot be rewritten."""


def language_of(scope: Scope) -> str:
    """`?lang=`, then what the browser asks for, then English."""
    known = languages()
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [])
    accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    browser = [part.split(";")[0].strip().split("-")[0].lower() for part in accepted.split(",")]
    return next((code for code in (*asked, *browser) if code in known), "en")


def dressed(html: bytes, lang: str) -> bytes:
    """The page's shell with its language, its direction and our name."""
    opening = f'<html lang="{lang}" dir="{direction(lang)}">'.encode()
    title = f"<title>{PRODUCT}</title>".encode()
    html = INLINE.sub(b"", html)
    return html.replace(b'<html lang="en">', opening).replace(b"<title>Streamlit</title>", title)


class Shell:
    """Middleware: dresses every HTML answer, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request through."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if "." not in scope["path"].rsplit("/", 1)[-1] and not scope["path"].startswith(("/_stcore", "/media")):
            scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in CONDITIONAL]}
        start: Message = {}
        body = b""

        async def out(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                kept = [pair for pair in message["headers"] if pair[0] not in OURS]
                start = {**message, "headers": kept + HEADERS}
                if not is_html(start):
                    await send(start)
            elif not is_html(start):
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body"):
                    page = dressed(body, language_of(scope))
                    kept = [pair for pair in start["headers"] if pair[0] not in STALE]
                    size = (b"content-length", str(len(page)).encode())
                    await send({**start, "headers": [*kept, size, (b"vary", b"Accept-Language")]})
                    await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, out)


def is_html(start: Message) -> bool:
    """Whether an answer that starts like this is a page."""
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


app = st.App(Path(__file__).parent / "app.py", middleware=[Middleware(Shell)])
