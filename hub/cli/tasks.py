"""What an edge is asked to do with a file: checked before anything is read, then sealed. Nothing here knows a log."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from hub.adapters import find
from hub.adapters.agreement import enforce, load_agreement
from hub.adapters.base import Rejected
from hub.cli.beside import Task, delivered, not_a_file_of
from hub.cli.edge import Sealing
from hub.cli.sender import sender_of
from hub.errors import Reject, Stop
from hub.events.base import Code, PartnerId, Period
from hub.transport import files

Echo = Callable[[str], None]


def push(task: Task, folder: Path, echo: Echo) -> Path:
    """A file as a sealed delivery in a folder, for whoever carries it to the hub."""
    with no_collector(), told_of(task), delivered(task, echo) as delivery:
        return files.send(delivery, folder)


def make_task(
    hub: Sealing,
    path: Path,
    adapter: str,
    partner: str | None,
    *,
    complete: bool,
    confirmed: bool,
    periods: tuple[str, ...],
    link: str | None = None,
    agreement: Path | None = None,
) -> Task:
    """What a person typed, checked before anything is read, with the keys of whoever delivers.

    `agreement`, or the one that lies beside the mapping file, must allow all that the mapping would send.
    """
    for form, values, option in (
        (TypeAdapter(list[Period]), list(periods), "--period"),
        (TypeAdapter(list[PartnerId]), [partner] if partner else [], "--partner"),
        (TypeAdapter(list[Code]), [link] if link else [], "--link"),
    ):
        try:
            form.validate_python(values)
        except ValidationError:
            raise Stop(f"{option} has another form: see docs/commands.md") from None
    try:
        found = find(adapter)
        sender = sender_of(found, partner, path)
    except Rejected as rejected:
        raise Reject(f"{path.name} is not a file of {Path(adapter).stem}: {rejected}") from None
    except OSError as error:
        raise Reject(f"{path.name} cannot be read: {error.strerror}") from None
    if agreed := agreement or beside(adapter):
        enforce(load_agreement(agreed), found, sender.partner, date.today())
    keys = tuple(key.public_bytes_raw() for key in hub.readers(sender.partner))
    return Task(path, adapter, sender, hub.token_keys(sender.partner, link), keys, complete, confirmed, periods)  # type: ignore[arg-type]


def beside(adapter: str) -> Path | None:
    """The agreement that lies beside a mapping file: `haven.agreement.yaml` beside `haven.yaml`."""
    path = Path(adapter)
    lies = path.with_suffix(".agreement.yaml")
    return lies if path.suffix in (".yaml", ".yml") and lies.exists() else None


@contextmanager
def told_of(task: Task) -> Iterator[None]:
    """What can be wrong with a file as a whole."""
    try:
        yield
    except Rejected as rejected:
        raise not_a_file_of(task, rejected) from None
    except OSError as error:
        raise Reject(f"{task.path.name} cannot be read: {error.strerror}") from None


@contextmanager
def no_collector() -> Iterator[None]:
    """Bulk work makes millions of objects and no cycles: the cyclic collector would only walk them again and again."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
