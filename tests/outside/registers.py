"""Judges the registers: JSON-LD by two processors that may fetch nothing, its terms by the list of DPV 2.3, the calendar by a parser,
the tables by Python's reader. Each judge must also reject a broken file, for one that sees nothing finds nothing."""

import csv
import datetime
import json
import sys
from pathlib import Path

import icalendar
import rdflib
from pyld import jsonld

OUT = Path(sys.argv[1])
TERMS = {line for line in Path(sys.argv[2]).read_text().splitlines() if not line.startswith("#")}
DPV = "https://w3id.org/dpv"


def no_loading(url: str, *_) -> dict:
    sys.exit(f"the record asks for {url}")


def iris(expanded: object) -> set[str]:
    """Every IRI in an expanded document: properties, types and references."""
    if isinstance(expanded, list):
        return set().union(*map(iris, expanded))
    if not isinstance(expanded, dict):
        return set()
    found = {key for key in expanded if not key.startswith("@")}
    found |= set(expanded.get("@type", [])) if "@value" not in expanded else {expanded.get("@type")} - {None}
    found |= {expanded["@id"]} if "@id" in expanded else set()
    return found.union(*(iris(value) for key, value in expanded.items() if not key.startswith("@")))


def strangers(document: dict) -> set[str]:
    used = {iri for iri in iris(jsonld.expand(document)) if iri.startswith(DPV)}
    return used - TERMS


def check_json_ld() -> None:
    jsonld.set_document_loader(no_loading)
    text = (OUT / "records-of-processing.jsonld").read_text(encoding="utf-8")
    document = json.loads(text)
    expanded = jsonld.expand(document)
    used = {iri for iri in iris(expanded) if iri.startswith(DPV)}
    if used - TERMS:
        sys.exit(f"not in DPV 2.3: {sorted(used - TERMS)}")
    # What expansion drops, such as a key without a prefix, would be lost without a word.
    if len(jsonld.to_rdf(document)["@default"]) != len(rdflib.Graph().parse(data=text, format="json-ld")):
        sys.exit("two processors read different graphs")
    graph = rdflib.Graph().parse(data=text, format="json-ld")
    in_graph = {str(node) for triple in graph for node in triple if str(node).startswith(DPV)}
    if in_graph != used:
        sys.exit(f"lost on the way to a graph: {sorted(used ^ in_graph)}")
    relative = [str(node) for triple in graph for node in triple if isinstance(node, rdflib.URIRef) and ":" not in str(node)]
    if relative:
        sys.exit(f"relative addresses: {relative}")
    query = "SELECT ?p WHERE { ?r a <https://w3id.org/dpv#ROPA> ; <https://w3id.org/dpv#hasProcess> ?p . }"
    processes = len(list(graph.query(query)))
    if processes != len(document["dpv:hasProcess"]) or not processes:
        sys.exit(f"{processes} processes in the graph, {len(document['dpv:hasProcess'])} in the file")
    print(f"ok -- records-of-processing.jsonld: {processes} processes, {len(graph)} triples, {len(used)} terms of DPV 2.3")
    document["dpv:hasProcess"][0]["@type"] = "dpv:NoSuchTerm"
    if strangers(document) != {f"{DPV}#NoSuchTerm"}:
        sys.exit("a term that does not exist is not noticed")


def check_calendar() -> None:
    data = (OUT / "expiry.ics").read_bytes()
    lines = data.split(b"\r\n")
    if b"\n" in data.replace(b"\r\n", b"") or max(map(len, lines)) > 75:
        sys.exit("lines do not end or fold as RFC 5545 asks")
    for line in lines:
        line.decode("utf-8")
    calendar = icalendar.Calendar.from_ical(data)
    events = calendar.walk("VEVENT")
    broken = [error for part in calendar.walk() for error in part.errors]
    if broken or not events:
        sys.exit(f"expiry.ics: {broken or 'no event'}")
    for event in events:
        alarms = event.walk("VALARM")
        if type(event["DTSTART"].dt) is not datetime.date or len(alarms) != 1:
            sys.exit(f"no all-day event with one alarm: {event}")
        if alarms[0]["TRIGGER"].dt != datetime.timedelta(days=-30) or not event["SUMMARY"] or not event["DTSTAMP"].dt.tzinfo:
            sys.exit(f"odd: {event}")
    if len({event["UID"] for event in events}) != len(events):
        sys.exit("two events have one UID")
    print(f"ok -- expiry.ics: {len(events)} events, from {min(e['DTSTART'].dt for e in events)}")
    cut = icalendar.Calendar.from_ical(data.replace(b"DTSTART;VALUE=DATE:2", b"DTSTART;VALUE=DATE:x", 1))
    if not [error for part in cut.walk() for error in part.errors]:
        sys.exit("the parser accepts a day that is none")


def check_tables() -> None:
    for path in sorted(OUT.glob("*.csv")):
        data = path.read_bytes()
        if data.startswith(b"\xef\xbb\xbf") or b"\r\n" not in data:
            sys.exit(f"{path}: a byte order mark, or lines that do not end with CRLF")
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file, strict=True)
        wrong = [row for row in rows if len(row) != len(head) or any(not cell or cell[0] in "=+-@\t\r" for cell in row)]
        if wrong or not rows or len(set(head)) != len(head):
            sys.exit(f"{path}: {wrong or 'no row, or a column twice'}")
        print(f"ok -- {path.name}: {len(rows)} rows of {len(head)} cells")


check_json_ld()
check_calendar()
check_tables()
