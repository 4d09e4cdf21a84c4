"""The topics as AsyncAPI 3.0, `schemas/asyncapi.yaml`: from the names, sizes and schemas that the code goes by."""

from typing import Any

import yaml

from hub.events import NEWEST
from hub.events.cloudevent import BINARY, VERSION
from hub.events.public import LEFT_OUT, PUBLIC, data_schema
from hub.events.schema import envelope_schema
from hub.transport import topics
from hub.transport.arrivals import SEALED
from hub.transport.kafka import RETENTION_DAYS

Node = dict[str, Any]
FILE = "asyncapi.yaml"
LETTER = 16 * 1024 + 48
"""Bytes of a sealed letter: most are one size, and the rest a multiple of its plain text."""
OPAQUE: Node = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
PARTNER: Node = {"description": "The partner: two letters of its country, then its own.", "examples": ["it-1522"]}
ABOUT = """\
What travels between partners' edges, the hub, and whoever reads its public events. Every message is a CloudEvent 1.0 in
Kafka's binary mode: attributes are headers `ce_…`, data is the message's value. None has a time.

The operations are the hub's. Of `vs.deliveries.{partner}` and `vs.receipts.{partner}`, the other side is that partner's
edge alone; of `vs.public`, whoever may read it, with `isolation.level=read_committed`. docs/kafka.md says the rest.
"""
SECURITY: Node = {
    "scram512": {"type": "scramSha512", "description": "A user and its password, over TLS."},
    "scram256": {"type": "scramSha256", "description": "The same, for brokers that have no SHA-512."},
    "mutualTls": {"type": "X509", "description": "A certificate of one's own, beside the broker's: mutual TLS."},
}


def asyncapi() -> dict[str, str]:
    """The document as text, by its path below `schemas/`."""
    return {FILE: yaml.dump(document(), Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)}


def document() -> Node:
    """The whole of it."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Victim Support Hub", "version": "1.0.0", "description": ABOUT},
        "defaultContentType": BINARY,
        "servers": {
            "broker": {
                "host": "{host}:9093", "protocol": "kafka-secure",
                "description": "Apache Kafka over TLS; `kafka.yaml` in $HUB_HOME says who signs its certificate.",
                "variables": {"host": {"description": "A broker.", "default": "broker.example"}},
                "security": [{"$ref": f"#/components/securitySchemes/{name}"} for name in SECURITY],
            }
        },
        "channels": _channels(),
        "operations": _operations(),
        "components": {"securitySchemes": SECURITY, "messages": _messages(), "schemas": _schemas()},
    }  # fmt: skip


def _channels() -> Node:
    partner = {"partner": PARTNER}
    return {
        "deliveries": _channel(topics.deliveries("{partner}"), "Deliveries of a partner, sealed to the hub.",
                               (topics.FRAME, topics.LAST_FRAME), parameters=partner),
        "receipts": _channel(topics.receipts("{partner}"), "What the hub answers a partner, sealed to it.",
                             (topics.RECEIPT, topics.REFUSED, topics.WANTED), parameters=partner),
        "deadletters": _channel(topics.DEAD_LETTERS, "What could not be applied, by place and rule, sealed to the hub.",
                                (topics.DEAD_LETTER,)),
        "public": _channel(topics.PUBLIC, "Events of the log that are about nobody, each once, in the log's order.",
                           tuple(_public()), days=None),
    }  # fmt: skip


def _channel(address: str, about: str, messages: tuple[str, ...], *, days: int | None = RETENTION_DAYS,
             **more: Node) -> Node:  # fmt: skip
    kept = -1 if days is None else days * 24 * 3600 * 1000
    topic = {"partitions": 1, "topicConfiguration": {"retention.ms": kept, "max.message.bytes": 2 * SEALED}}
    return {
        "address": address, "description": about, **more,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"kafka": {**topic, "bindingVersion": "0.5.0"}},
    }  # fmt: skip


def _operations() -> Node:
    group = {"kafka": {"groupId": {"type": "string", "pattern": r"^vs\.hub(\..+)?$"}, "bindingVersion": "0.5.0"}}
    return {
        "receiveDeliveries": _operation("receive", "deliveries", "hub receive; an edge sends by hub push.", group),
        "sendReceipts": _operation("send", "receipts", "hub receive; an edge reads them by hub push."),
        "sendDeadLetters": _operation("send", "deadletters", "hub receive; the hub's operator alone can open them."),
        "sendPublicEvents": _operation("send", "public", "hub relay; anybody reads whom the broker lets."),
    }  # fmt: skip


def _operation(action: str, channel: str, about: str, bindings: Node | None = None) -> Node:
    found: Node = {"action": action, "channel": {"$ref": f"#/channels/{channel}"}, "summary": about}
    return {**found, "bindings": bindings} if bindings else found


def _messages() -> Node:
    frame: Node = {"type": "string", "format": "binary", "minLength": SEALED, "maxLength": SEALED}
    letter: Node = {"type": "string", "format": "binary", "minLength": LETTER}
    number = {f"ce_{topics.SEQUENCE}": {"type": "string", "pattern": "^[0-9]{1,5}$", "description": "From 0."}}
    partner: Node = {"type": "string", "pattern": "^/partners/[a-z]{2}-[a-z0-9-]{1,37}$"}
    hub: Node = {"const": topics.HUB}
    said = {
        topics.FRAME: ("A part of a delivery, of one size, sealed to the hub; others follow.", partner, number, frame),
        topics.LAST_FRAME: ("The last part; it too is padded to that size.", partner, number, frame),
        topics.RECEIPT: ("A receipt with its counts and inclusion proof.", hub, {}, letter),
        topics.REFUSED: ("By which rule a delivery was put aside as a whole.", hub, {}, letter),
        topics.WANTED: ("Send again all that has no answer.", hub, {}, {"type": "string", "maxLength": 0}),
        topics.DEAD_LETTER: ("Topic, partition, offsets and rule of what could not be applied.", hub, {}, letter),
    }
    key = {"kafka": {"key": {**OPAQUE, "description": "The delivery, or a random id."}, "bindingVersion": "0.5.0"}}
    sealed = {
        name: {"name": name, "summary": about, "contentType": BINARY, "headers": _headers(name, BINARY, source, more),
               "payload": payload, "bindings": key}
        for name, (about, source, more, payload) in said.items()
    }  # fmt: skip
    return {**sealed, **_public()}


def _headers(kind: str, content: str, source: Node, more: Node) -> Node:
    attributes = {
        "ce_specversion": {"const": VERSION}, "ce_id": {"type": "string", "minLength": 1, "maxLength": 64},
        "ce_source": source, "ce_type": {"const": kind}, **more, "content-type": {"const": content},
    }  # fmt: skip
    return {"type": "object", "required": [*attributes], "properties": attributes, "additionalProperties": False}


def _public() -> Node:
    """A message for every public event, with its JSON Schema, by stored type."""
    found = {}
    for model in (NEWEST[name] for name in PUBLIC):
        common = {"$ref": "#/components/schemas/publicHeaders"}
        said = {"ce_type": {"const": model.topic()}, "ce_dataschema": {"const": data_schema(model)}}
        folder = "wire" if model.name in LEFT_OUT else "events"
        found[model.topic()] = {
            "name": model.topic(), "title": model.name, "contentType": "application/json",
            "headers": {"allOf": [common, {"type": "object", "properties": said}]},
            "payload": {"$ref": f"./{folder}/{data_schema(model)}.json"},
            "bindings": {"kafka": {"key": {**OPAQUE, "description": "The stream: ce_subject."},
                                   "bindingVersion": "0.5.0"}},
        }  # fmt: skip
    return found


def _schemas() -> Node:
    clear = envelope_schema()["oneOf"][1]["properties"]
    always = ("specversion", "id", "source", "type", "subject", "tenant", "country", "knownmonth")
    headers = {f"ce_{name}": clear[name] for name in (*always, "corrects", "reason")}
    headers["ce_type"] = {"type": "string"}
    headers["ce_subject"] = {**OPAQUE, "description": "The stream: the record that the fact is about. A keyed hash."}
    headers |= {
        "ce_dataschema": {"type": "string", "description": "The JSON Schema that the data keeps to, by its $id."},
        "ce_streamseq": {"type": "string", "pattern": "^[1-9][0-9]{0,9}$", "description": "The place in its stream."},
        "ce_part": {"type": "string", "maxLength": 40, "description": "Tells apart facts of one type in a record."},
        "ce_position": {"type": "string", "pattern": "^[A-Za-z0-9+/]{48}$",
                        "description": "How far the log was, sealed to the hub: it counts events about people too."},
        "content-type": {"const": "application/json"},
    }  # fmt: skip
    required = [*(f"ce_{name}" for name in always), "ce_dataschema", "ce_streamseq", "ce_position", "content-type"]
    return {"publicHeaders": {"type": "object", "required": required, "properties": headers}}


class _Plain(yaml.SafeDumper):
    """Without anchors, which few readers of YAML follow."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  the signature is PyYAML's
        """Always."""
        return True
