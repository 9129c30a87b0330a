"""Has the OSCAL files imported and validated by compliance-trestle, and looks after what it does not: that references lead somewhere,
and that every id of a finding follows from what the finding says.

usage: oscal.py TRESTLE FOLDER SCRATCH
"""

import copy
import json
import pathlib
import shutil
import subprocess
import sys
import uuid

KINDS = {
    "assessment-plan.json": "assessment-plan",
    "assessment-results.json": "assessment-results",
    "catalog.json": "catalog",
}
OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:tidegate:oscal")


def run(*words, inside):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=600, check=False, cwd=inside)
    return done.returncode, done.stdout + done.stderr


def expect(condition, message):
    if not condition:
        sys.exit(f"oscal: {message}")


def workspace(trestle, at):
    shutil.rmtree(at, ignore_errors=True)
    at.mkdir(parents=True)
    code, said = run(trestle, "init", "--full", inside=at)
    expect(code == 0, f"trestle init: {said}")
    return at


def imported(trestle, at, name, document):
    """True when trestle imports the document and finds it valid; both must say the same."""
    source = at.parent / f"{at.name}-{name}.json"
    source.write_text(json.dumps(document), encoding="utf-8")
    kind = next(iter(document))
    code, said = run(trestle, "import", "--file", source, "--output", name, inside=at)
    if code != 0:
        expect("Import failed" in said or "Error" in said, f"trestle failed for another reason: {said}")
        return False, said
    code, said = run(trestle, "validate", "--type", kind, "--name", name, inside=at)
    valid = "VALID: Model" in said and "INVALID" not in said
    expect(valid == (code == 0), f"trestle ended with {code} and said: {said}")
    return valid, said


def every(value, key):
    """All values of a key, wherever it stands."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == key:
                yield inner
            yield from every(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from every(inner, key)


def prop(of, name):
    return next(prop["value"] for prop in of["props"] if prop["name"] == name)


def faults(documents):
    """References that lead nowhere, and findings that do not say what their ids were made from."""
    results = documents["assessment-results.json"]["assessment-results"]
    catalog = set(every(documents["catalog.json"], "id"))
    found = []
    for document in documents.values():
        ids = set(every(document, "uuid"))
        for key in ("subject-uuid", "component-uuid", "actor-uuid", "observation-uuid", "risk-uuid"):
            found += [f"{key} {value}" for value in every(document, key) if value not in ids]
        for href in every(document, "href"):
            if href.startswith("#") and href[1:] not in ids or href.endswith(".json") and "/" not in href and href not in KINDS:
                found.append(f"href {href}")
        for key in ("control-id", "target-id"):
            found += [f"{key} {value}" for value in every(document, key) if value not in catalog]
    for finding in results["results"][0].get("findings", []):
        status = finding["target"]["status"]
        said = ["finding", prop(finding, "integration"), prop(finding, "flow"), prop(finding, "rule"), status["state"], status["reason"]]
        if finding["uuid"] != str(uuid.uuid5(OURS, "\0".join(said))):
            found.append(f"finding {finding['uuid']} says {said[1:]}")
        if (status["state"] == "satisfied") != (prop(finding, "status") == "satisfied"):
            found.append(f"finding {finding['uuid']} is {status['state']}")
    return found


def tampered(results):
    """Changed results, and whether trestle must see it or only the ids tell."""

    def first(document, test=lambda finding: True):
        return next(finding for finding in document["assessment-results"]["results"][0]["findings"] if test(finding))

    def failed(finding):
        return finding["target"]["status"]["state"] == "not-satisfied"

    changed = copy.deepcopy(results)
    first(changed, failed)["target"]["status"] = {"state": "satisfied", "reason": "pass"}
    yield "a finding turned into its opposite", changed, False
    changed = copy.deepcopy(results)
    used = first(changed, failed)["related-risks"][0]["risk-uuid"]
    risks = changed["assessment-results"]["results"][0]["risks"]
    risks[:] = [risk for risk in risks if risk["uuid"] != used]
    yield "a risk taken out", changed, False
    changed = copy.deepcopy(results)
    first(changed)["target"]["status"]["state"] = "permitted"
    yield "a state that OSCAL does not have", changed, True
    changed = copy.deepcopy(results)
    first(changed)["uuid"] = changed["assessment-results"]["uuid"]
    yield "one id for two things", changed, True
    changed = copy.deepcopy(results)
    first(changed)["target"]["target-id"] = "gdpr/28"
    yield "a token that is none", changed, True
    changed = copy.deepcopy(results)
    del changed["assessment-results"]["results"][0]["observations"][0]["collected"]
    yield "an observation without its time", changed, True
    changed = copy.deepcopy(results)
    changed["assessment-results"]["results"][0]["start"] = "2026-11-22T08:30:15"
    yield "a time without its zone", changed, True


def main(trestle, folder, scratch):
    folder, scratch = pathlib.Path(folder), pathlib.Path(scratch)
    documents = {name: json.loads((folder / name).read_text(encoding="utf-8")) for name in KINDS}
    at = workspace(trestle, scratch / "trestle")
    for name, kind in KINDS.items():
        expect(list(documents[name]) == [kind], f"{name} is no {kind}")
        valid, said = imported(trestle, at, kind, documents[name])
        expect(valid, f"{name}: {said[-2000:]}")
    found = faults(documents)
    expect(not found, f"{len(found)} faults, the first: {found[:3]}")
    result = documents["assessment-results.json"]["assessment-results"]["results"][0]
    counts = {key: len(result.get(key, [])) for key in ("findings", "observations", "risks")}
    print(f"oscal: imported and valid: {', '.join(f'{number} {key}' for key, number in counts.items())}")

    results = copy.deepcopy(documents["assessment-results.json"])
    # Of a few findings; what they refer to matters only to our own look at references, which sees the whole.
    small = results["assessment-results"]["results"][0]
    passed = [finding for finding in small["findings"] if finding["target"]["status"]["state"] == "satisfied"]
    failed = [finding for finding in small["findings"] if finding["target"]["status"]["state"] != "satisfied"]
    small["findings"] = passed[:10] + failed[:10]
    for key in ("observations", "risks"):
        small[key] = small[key][:20]
    expect(imported(trestle, at, "small", results)[0], "trestle refuses unchanged results")
    known = set(faults({**documents, "assessment-results.json": results}))
    for number, (name, changed, seen) in enumerate(tampered(results)):
        if seen:
            valid, _ = imported(trestle, at, f"tampered-{number}", changed)
            expect(not valid, f"trestle accepts {name}")
        else:
            expect(set(faults({**documents, "assessment-results.json": changed})) - known, f"nothing wrong is found in {name}")
    print("oscal: changed states, ids, tokens, times and risks are all noticed")


if __name__ == "__main__":
    main(*sys.argv[1:])
