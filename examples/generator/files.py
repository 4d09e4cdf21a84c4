"""Writes the partners' files: their rows, with the dirt that real exports have, and a few rows broken on purpose.

Dirt that an adapter must take: words in another spelling or case, stray blanks, the same row twice, rows typed in weeks
late. Damage that it must refuse, and name: see `damage`.
"""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from types import ModuleType
from typing import NamedTuple

import yaml

from examples.generator import (
    at_frauenhaus_aufenthalte,
    at_frauenhaus_plaetze,
    be_ocmw_activiteiten,
    be_ocmw_contacten,
    be_ocmw_vormingen,
    be_secova_activites,
    be_secova_faits,
    bg_bcnl,
    es_violeta_derivaciones,
    es_violeta_ina,
    es_violeta_osa,
    fi_riku,
    fi_seri,
    fr_france_victimes,
    hr_vwssc,
    it_1522_contatti,
    it_1522_volumi,
    it_rete_dafne,
    nl_iom_begeleiding,
    nl_iom_protect,
    nl_iom_samen,
    nl_slachtofferhulp,
    pt_apav,
)
from examples.generator.damage import Damage, break_row, named, ways_to_break

FIRST = ("pt-apav", "nl-slachtofferhulp", "fi-riku")
"""Those whose files are written unless others are asked for: the demo's, with published totals."""
PARTNERS: dict[str, ModuleType] = {
    module.CODE: module
    for module in (
        pt_apav,
        nl_slachtofferhulp,
        fi_riku,
        fr_france_victimes,
        it_rete_dafne,
        hr_vwssc,
        bg_bcnl,
        it_1522_contatti,
        it_1522_volumi,
        nl_iom_begeleiding,
        nl_iom_samen,
        nl_iom_protect,
        es_violeta_ina,
        es_violeta_derivaciones,
        es_violeta_osa,
        at_frauenhaus_aufenthalte,
        at_frauenhaus_plaetze,
        be_secova_faits,
        be_secova_activites,
        be_ocmw_contacten,
        be_ocmw_activiteiten,
        be_ocmw_vormingen,
    )
}
"""Dataset, as its mapping file is called → the module that knows its shape, words and totals."""
IN_FHIR: dict[str, ModuleType] = {fi_seri.CODE: fi_seri}
"""The same of partners who send resources and no table."""
SPELLED_OTHERWISE, STRAY_BLANK, TWICE = 0.02, 0.01, 0.001
"""Shares of rows with each kind of dirt."""
MAPPINGS = Path(__file__).parents[2] / "hub" / "adapters" / "partners"


class Made(NamedTuple):
    """A file that was written. `rows` counts its data rows, or its resources, repeated ones too."""

    path: Path
    partner: str
    rows: int
    broken_positions: list[Damage]


def mapping_of(partner: str) -> Path:
    """The mapping file of one of the partners."""
    return MAPPINGS / f"{partner.replace('-', '_')}.yaml"


def generate(
    folder: Path,
    *,
    year: int = 2025,
    scale: float = 0.01,
    seed: int = 1,
    partners: Sequence[str] | None = None,
    broken: int = 5,
    echo: Callable[[str], None] = lambda _line: None,
) -> list[Made]:
    """Write one file a partner for a year. The same arguments give the same bytes. Without `partners`: the first three.

    `scale` 1 is the partner's published year; `broken` rows a file break a rule, and are named in the result.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for partner in partners or FIRST:
        write = _write_resources if partner in IN_FHIR else _write
        one = write(folder, (PARTNERS | IN_FHIR)[partner], year, scale, seed, broken)
        echo(f"{one.partner}: {one.rows:,} rows in {one.path.name}, {broken} of them broken on purpose")
        made.append(one)
    return made


def _write(folder: Path, partner: ModuleType, year: int, scale: float, seed: int, broken: int) -> Made:
    rng = Random(f"{seed}/{partner.CODE}/{year}")
    path = folder / partner.FILE.format(year=year)
    rules = yaml.safe_load(mapping_of(partner.CODE).read_text("utf-8"))
    ways, empty = ways_to_break(rules), frozenset(rules["source"]["empty"])
    victims = _victims(partner, year, scale, seed, broken)
    damages: list[Damage] = []
    rows, line = 0, 2
    with path.open("w", encoding=partner.ENCODING, errors="surrogateescape", newline="") as out:
        writer = csv.writer(out, delimiter=partner.SEPARATOR, lineterminator=partner.NEWLINE)
        writer.writerow(partner.COLUMNS)
        for cells in _dirty(partner.rows(rng, seed, year, scale), partner, rng):
            if rows in victims:
                cells, chosen = break_row(dict(zip(partner.COLUMNS, cells, strict=True)), ways, rng, empty)
                damages.extend(named(chosen, line))
            writer.writerow(cells)
            rows += 1
            line += 1 + cells[-1].count("\n")  # only the remarks, the last column, hold line breaks
    return Made(path, partner.CODE, rows, damages)


def _write_resources(folder: Path, partner: ModuleType, year: int, scale: float, seed: int, broken: int) -> Made:
    """A resource a line. What is refused stands between the others, and breaks none of them."""
    rng = Random(f"{seed}/{partner.CODE}/{year}")
    lines = list(partner.resources(rng, year, scale))
    strangers = [partner.stranger(number) for number in range(broken)]
    places = sorted(rng.sample(range(len(lines) + broken), broken))
    for at, (resource, _, _) in zip(places, strangers, strict=True):
        lines.insert(at, resource)
    path = folder / partner.FILE.format(year=year)
    path.write_text("".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in lines), "utf-8")
    damages = [Damage(f"line {at + 1}", place, rule) for at, (_, place, rule) in zip(places, strangers, strict=True)]
    return Made(path, partner.CODE, len(lines), damages)


def _victims(partner: ModuleType, year: int, scale: float, seed: int, broken: int) -> set[int]:
    """Which rows get broken. A stream's length is known only at its end, but never below its record count."""
    records = partner.records(scale)
    return set(Random(f"{seed}/broken/{partner.CODE}/{year}").sample(range(records), min(broken, records)))


def _dirty(rows: Iterator[list[str]], partner: ModuleType, rng: Random) -> Iterator[list[str]]:
    r = rng.random
    spellings = [(partner.COLUMNS.index(column), words) for column, words in partner.VARIANTS.items()]
    for row in rows:
        u = r()
        if u < SPELLED_OTHERWISE:
            at, words = spellings[int(r() * len(spellings))]
            row[at] = rng.choice(words.get(row[at], (row[at],)))
        elif u < SPELLED_OTHERWISE + STRAY_BLANK:
            at = int(r() * (len(row) - 1))
            row[at] = f"{row[at]} " if r() < 0.7 else f" {row[at]}"
        yield row
        if u > 1 - TWICE:
            yield list(row)
