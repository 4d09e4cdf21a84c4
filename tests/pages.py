"""A page run without a browser: opened with a release, and read. Its fixtures are taken by name, in each test file."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.definitions import ALL
from tests import release_fixture
from tests.pipe import ROOT

APP = ROOT / "dashboards" / "app.py"
Open = Callable[..., AppTest]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release_fixture.full(tmp_path_factory.mktemp("release") / "release.duckdb")


@pytest.fixture(scope="module", autouse=True)
def no_search_for_components() -> Iterator[None]:
    """Every AppTest reads the metadata of every installed package, which takes longer than the page itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", lambda: [])
        yield


@pytest.fixture
def counted(release: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(release), read_only=True) as connection:
        yield connection


@pytest.fixture
def opened(release: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    def open_(path: Path = release, page: str = "", **codes: str) -> AppTest:
        monkeypatch.setenv("HUB_RELEASE", str(path))
        app = AppTest.from_file(str(APP), default_timeout=30)
        if page:
            app.switch_page(page)
        for key, code in codes.items():
            app.query_params[key] = code
        return sound(app.run())

    return open_


def sound(app: AppTest) -> AppTest:
    assert not app.exception, [problem.value for problem in app.exception]
    return app


def texts(app: AppTest) -> str:
    """Everything that a run wrote, without the escapes that keep markdown out."""
    kinds = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.metric)
    said = [f"{one.value} {getattr(one, 'delta', '')}" for kind in kinds for one in kind]
    said += [html.proto.body for html in app.get("html")]
    said += [str(value) for table in app.table for value in (*table.value.columns, *table.value.to_numpy().flat)]
    return plain("\n".join(said))


def plain(text: object) -> str:
    return re.sub(r"\\(.)", r"\1", str(text))


def metric(app: AppTest, code: str) -> str:
    return plain(app.metric[[one.code for one in ALL].index(code)].value)


def row(app: AppTest, country: str) -> list[str]:
    """A country's line in the overview's table."""
    table = app.table[0].value
    return [plain(value) for value in next(line for line in table.to_numpy() if line[0] == country)]


def number(question: str, connection: duckdb.DuckDBPyConnection) -> int:
    return int((connection.execute(question).fetchone() or [0])[0] or 0)
