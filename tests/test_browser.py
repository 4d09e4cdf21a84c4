"""The pages in a real browser: nothing from elsewhere, no error in the console, and a URL that holds the choice."""

import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect, sync_playwright

from dashboards.serve import argv, free_port
from tests import release_fixture

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]')
    return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
        && document.querySelector('h1') && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')
}"""

# Functions, not expressions: an expression that is asked again would need `unsafe-eval`, which our policy refuses.
FITS = """() => [document.documentElement, document.querySelector('[data-testid=stMain]')].every(
    one => one.scrollWidth <= 390)"""


class Seen:
    """A page, and what it did that it should not have done."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("websocket", lambda socket_: self._asked(socket_.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self._said(said.type, said.text, said.location.get("url", "")))

    def open(self, path: str) -> Page:
        response = self.page.goto(self.address + path)
        assert isinstance(response, Response)
        assert response.ok
        return self.settled()

    def settled(self) -> Page:
        self.page.wait_for_function(SETTLED, timeout=30_000)
        return self.page

    def pick(self, label: str, option: str, then: str) -> Page:
        """Choose in a select box, and wait for the URL that says so."""
        self.page.get_by_role("combobox", name=label).click()
        self.page.get_by_role("option", name=option, exact=True).click()
        expect(self.page).to_have_url(re.compile(then), timeout=15_000)
        return self.settled()

    def _asked(self, url: str) -> None:
        ours = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:")
        if not url.startswith(ours):
            self.outside.append(url)

    def _said(self, kind: str, text: str, url: str) -> None:
        # On a deep link Streamlit first looks for its own server below the page's path, and does not find it there.
        searching = re.search(r"/(plans|data)/_stcore/", url)
        if kind in {"error", "warning"} and not searching:
            self.errors.append(f"{kind}: {text} {url}")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages as `hub serve` starts them, from a folder that is not ours, on a free port."""
    folder = tmp_path_factory.mktemp("served")
    release = release_fixture.full(folder / "release.duckdb")
    port = free_port()
    log = folder / "server.log"
    environment = {"HUB_RELEASE": str(release), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
    with (
        log.open("wb") as out,
        subprocess.Popen(argv(port), cwd=folder, env=environment, stdout=out, stderr=out) as server,
    ):
        try:
            await_health(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def await_health(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 40
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    """One browser and one cache: 134 files are not fetched anew for every test. Sessions are new with each page."""
    if CHROMIUM is None:
        raise AssertionError("the browser tests need chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium.new_context(viewport={"width": 1366, "height": 768}, locale="en-GB")
        chromium.close()


@pytest.fixture
def seen(browser: BrowserContext, address: str) -> Iterator[Seen]:
    watched = Seen(browser.new_page(), address)
    yield watched
    watched.page.close()
    assert watched.outside == []
    assert watched.errors == []


@pytest.mark.parametrize("path", ["/plans", "/", "/data"])  # the very first visitor follows a deep link
def test_every_page_opens_asks_nobody_else_obeys_the_keyboard_and_fits_a_phone(seen: Seen, path: str) -> None:
    page = seen.open(path)
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.locator("[data-testid=stException]").count() == 0
    assert page.title().endswith("Victim Support Hub")
    if path != "/data":
        expect(page.locator("[data-testid=stVegaLiteChart] svg").first).to_be_visible()
    assert any(tabbed(page) == "combobox" for _ in range(15))
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function(FITS, timeout=10_000)


def tabbed(page: Page) -> str | None:
    """The role of what the next Tab reaches."""
    page.keyboard.press("Tab")
    role: str | None = page.evaluate("() => document.activeElement.getAttribute('role')")
    return role


def test_the_shell_says_its_language_title_and_policy(address: str) -> None:
    for lang in ("en", "pt"):
        with urllib.request.urlopen(f"{address}/plans?lang={lang}", timeout=10) as answer:
            html = answer.read().decode()
            assert f'<html lang="{lang}" dir="ltr">' in html
            assert "<title>Victim Support Hub</title>" in html
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["referrer-policy"] == "no-referrer"
    asked = urllib.request.Request(f"{address}/", headers={"Accept-Language": "pt-PT,pt;q=0.9"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        assert '<html lang="pt"' in answer.read().decode()


def test_a_filter_changes_the_url_and_back_takes_it_back(seen: Seen) -> None:
    page = seen.open("/?lang=en&q=2025Q4")
    before = page.locator("[data-testid=stMetricValue]").first.inner_text()
    seen.pick("Sex", "Female", r"sex=F")
    expect(page.locator("[data-testid=stMetricValue]").first).not_to_have_text(before)
    page.reload()
    seen.settled()
    assert "sex=F" in page.url
    expect(page.locator("[data-testid=stMetricValue]").first).not_to_have_text(before)
    page.go_back()
    expect(page.locator("[data-testid=stMetricValue]").first).to_have_text(before, timeout=15_000)
    assert "sex=" not in page.url


def test_a_deep_link_is_restored_and_another_language_keeps_it(seen: Seen) -> None:
    page = seen.open("/?q=2025Q3&cc=PT,NL&ctx=IPV&sex=F&age=18-24&lang=en")
    words = ("Q3 2025", "Netherlands", "Violence by a partner or former partner", "Female", "18 to 24 years")
    assert chosen(page, words) == set(words)
    before = page.url
    seen.pick("Language", "Português", r"lang=pt")
    expect(page.get_by_role("heading", level=1)).to_have_text("As pessoas encaminhadas chegam a ter apoio?")
    page.wait_for_function("() => document.documentElement.lang === 'pt'")
    words = ("3.º trim. 2025", "Países Baixos", "Violência por parceiro/a ou ex-parceiro/a", "Feminino", "18 a 24 anos")
    assert chosen(page, words) == set(words)
    assert sorted(re.split("[?&]", page.url)) == sorted(re.split("[?&]", before.replace("lang=en", "lang=pt")))


def chosen(page: Page, words: tuple[str, ...]) -> set[str]:
    """Which of these words stand in the filters."""
    row = page.locator(".st-key-filters")
    said = row.inner_text() + str(row.locator("input").evaluate_all("all => all.map(one => one.value)"))
    return {word for word in words if word in said}


def test_another_page_keeps_countries_and_language(seen: Seen) -> None:
    page = seen.open("/?lang=pt&q=2025Q3&cc=PT")
    page.get_by_role("link", name="Planos de ação").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Os planos de ação estão a ser postos em prática?")
    seen.settled()
    assert re.search(r"/plans\?.*cc=PT", page.url)
    assert "lang=pt" in page.url
    said = page.locator("[data-testid=stMain]").inner_text()
    assert "Encaminhar vítimas para apoio especializado" in said
    assert "Doorverwijzing" not in said


def test_the_download_names_its_release(seen: Seen) -> None:
    page = seen.open("/?lang=en&q=2025Q4")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as CSV").click()
    assert waiting.value.suggested_filename == "vs_overview_2025Q4_r2025Q4_en.csv"
    assert "r2025Q4;".replace(";", ",") in Path(waiting.value.path()).read_text(encoding="utf-8-sig")
