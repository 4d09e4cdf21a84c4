"""schemas/indicators/: the JSON Schema of a definition, and the figures' structure as SDMX-JSON 2.0 has it."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, get_args

from hub.indicators.compiled import COLUMNS, KEY
from hub.indicators.definition import Definition
from hub.indicators.units import CountingUnit

AGENCY = "VSHUB"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
MEASURE = "value"
STATES = {"A": "Normal", "P": "Provisional", "U": "Range or mostly unknown", "L": "Not collected", "M": "Cannot exist"}


def files(definitions: Sequence[Definition]) -> dict[str, str]:
    """Both files, by their path."""
    schema = {"$schema": DIALECT, "$id": "vs.indicators.definition.v1", **Definition.model_json_schema()}
    made = {"definition": schema, "structure": structure(definitions)}
    return {
        f"schemas/indicators/{name}.json": json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        for name, content in made.items()
    }


def structure(definitions: Sequence[Definition]) -> dict[str, Any]:
    """A structure message: dimensions, the measure and its attributes, and the code lists that are the hub's own."""
    dimensions = [{"id": name.upper(), "position": at} for at, name in enumerate(KEY, 1)]
    attributes = [{"id": name.upper()} for name, _ in COLUMNS if name not in (*KEY, MEASURE)]
    components = {
        "dimensionList": {"id": "DimensionDescriptor", "dimensions": [_listed(each) for each in dimensions]},
        "measureList": {"id": "MeasureDescriptor", "measures": [{"id": "OBS_VALUE"}]},
        "attributeList": {"id": "AttributeDescriptor", "attributes": [_listed(each) for each in attributes]},
    }
    return {
        "meta": {"schema": "SDMX-JSON structure 2.0.0", "id": "VSHUB_INDICATORS"},
        "data": {
            "codelists": [*_codelists(definitions)],
            "dataStructures": [
                {"id": "DSD_INDICATORS", "agencyID": AGENCY, "version": "1.0", "dataStructureComponents": components}
            ],
            "dataflows": [{"id": "DF_INDICATORS", "agencyID": AGENCY, "version": "1.0", "structure": "DSD_INDICATORS"}],
        },
    }


def _codelists(definitions: Sequence[Definition]) -> Iterator[dict[str, Any]]:
    indicators = [
        {"id": each.id, "name": each.name["en"], "names": each.name, "description": each.definition}
        for each in definitions
    ]
    measures = sorted({name for each in definitions for name in each.measures})
    columns = sorted({"TOTAL", "partner"}.union(*(_columns(each) for each in definitions)))
    yield _codelist("CL_INDICATOR", indicators)
    yield _codelist("CL_MEASURE", [{"id": name} for name in measures])
    yield _codelist("CL_BREAKDOWN", [{"id": name} for name in columns])
    yield _codelist("CL_COUNTING_UNIT", [{"id": unit} for unit in get_args(CountingUnit)])
    yield _codelist("CL_OBS_STATUS", [{"id": code, "name": name} for code, name in STATES.items()])


def _columns(definition: Definition) -> set[str]:
    return {*definition.breakdowns, *(part for measure in definition.measures.values() for part in measure.parts)}


def _codelist(name: str, codes: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": name, "agencyID": AGENCY, "version": "1.0", "codes": codes}


def _listed(component: dict[str, Any]) -> dict[str, Any]:
    """A component with the code list that it is of, where that is one of these."""
    known = {"INDICATOR", "MEASURE", "BREAKDOWN", "COUNTING_UNIT", "OBS_STATUS"}
    return {**component, "codelist": f"CL_{component['id']}"} if component["id"] in known else component
