"""Decides requests of the evidence again: with Cedar's command line, and with cedarpy, which tells every reason.

usage: cedar.py CEDAR FOLDER SCRATCH
"""

import collections
import copy
import json
import pathlib
import subprocess
import sys

import cedarpy

PERMITTED = "permitted-unless-forbidden"
SAMPLE = 5  # requests that `cedar authorize` also decides, with the schema


def run(*words):
    """The exit code and everything that was said."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=600, check=False)
    return done.returncode, done.stdout + done.stderr


def expect(condition, message):
    if not condition:
        sys.exit(f"cedar: {message}")


def read(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in pathlib.Path(folder).iterdir()}


def write(folder, files):
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


class Evidence:
    """The files, and what is to come out."""

    def __init__(self, cedar, folder):
        self.cedar, self.folder = cedar, pathlib.Path(folder)
        files = read(folder)
        self.tests = json.loads(files["tests.json"])
        self.requests = json.loads(files["requests.json"])
        self.policies = cedarpy.PolicySet.from_str(files["policies.cedar"])
        self.schema = cedarpy.Schema.from_str(files["schema.cedarschema"])

    def validate(self):
        """True when rules and schema fit each other, strictly and without a warning."""
        code, said = run(self.cedar, "validate", "--deny-warnings", "--policies", self.folder / "policies.cedar", "--schema",
                         self.folder / "schema.cedarschema")
        return code == 0, said

    def run_tests(self):
        """True when the command line decides every test as it is written."""
        code, said = run(self.cedar, "run-tests", "--policies", self.folder / "policies.cedar", "--tests",
                         self.folder / "tests.json")
        passed = f"results: {len(self.tests)} passed, 0 failed" in said
        expect(passed == (code == 0), f"exit code {code} and the results differ:\n{said[-2000:]}")
        return passed, said

    def faults(self):
        """What is wrong when every reason is looked at, and entities and requests are held against the schema."""
        faults = []
        tests = {test["name"]: test for test in self.tests}
        if len(tests) != len(self.tests):
            faults.append("two tests have one name")
        answers = collections.Counter()
        for request in self.requests["list"]:
            violated, open_rules = set(request["violated"]), set(request["undetermined"])
            answer = "whole" if not open_rules else "violations" if violated else "open"
            answers[request["answer"]] += 1
            if request["answer"] not in (answer, "open"):
                faults.append(f"{request['name']}: {request['answer']}, not {answer}")
            if bool(request["tests"]) == (request["answer"] == "open"):
                faults.append(f"{request['name']}: {request['answer']}, with {len(request['tests'])} tests")
            for name in request["tests"]:
                test = tests.pop(name, None)
                if test is None:
                    faults.append(f"there is no test {name}")
                    continue
                try:
                    decision, reasons = self.decide(test)
                except ValueError as error:
                    faults.append(f"{name}: {error}")
                    continue
                if decision != test["decision"] or decision != ("deny" if violated else "allow"):
                    faults.append(f"{name}: {decision}")
                if not violated <= reasons <= violated | open_rules:
                    faults.append(f"{name}: {sorted(reasons ^ violated)}")
        faults += [f"{name}: of no request" for name in tests]
        if dict(answers) != {word: count for word, count in self.requests["answers"].items() if count}:
            faults.append(f"the counts are {dict(answers)}")
        return faults

    def decide(self, test):
        request = {key: test["request"][key] for key in ("principal", "action", "resource", "context")}
        result = cedarpy.is_authorized(request, self.policies, json.dumps(test["entities"]), self.schema)
        if result.diagnostics.errors:
            raise ValueError(result.diagnostics.errors[0])
        ids = result.diagnostics.id_annotations_by_reason
        return result.decision.value.lower(), {ids[reason] for reason in result.diagnostics.reasons} - {PERMITTED}

    def authorize(self, scratch):
        """Single requests, by the command line with the schema."""
        for test in self.tests[:: max(1, len(self.tests) // SAMPLE)]:
            files = {"entities.json": json.dumps(test["entities"]), "request.json": json.dumps(test["request"])}
            at = write(scratch, files)
            code, said = run(self.cedar, "authorize", "--verbose", "--policies", self.folder / "policies.cedar", "--schema",
                             self.folder / "schema.cedarschema", "--entities", at / "entities.json", "--request-json",
                             at / "request.json")
            expect(code == {"allow": 0, "deny": 2}[test["decision"]], f"authorize {test['name']}: exit {code}\n{said}")
            reasons = {line.strip() for line in said.splitlines()} & ({PERMITTED} | self.rules())
            _, expected = self.decide(test)
            expect(reasons == (expected or {PERMITTED}), f"authorize {test['name']}: {reasons}, not {expected}\n{said}")

    def rules(self):
        return {line.split('"')[1] for line in (self.folder / "policies.cedar").read_text(encoding="utf-8").splitlines()
                if line.startswith('@id("')}


def cut(files):
    """The evidence of a few requests: enough to change something in it."""
    requests = json.loads(files["requests.json"])
    denied = [request for request in requests["list"] if request["answer"] == "whole" and request["violated"]]
    several = next(request for request in denied if len(request["violated"]) > 1)
    names = {request["name"] for request in [*requests["list"][:4], denied[0], several]}
    kept = [request for request in requests["list"] if request["name"] in names]
    answers = collections.Counter(request["answer"] for request in kept)
    of_kept = {name for request in kept for name in request["tests"]}
    tests = [test for test in json.loads(files["tests.json"]) if test["name"] in of_kept]
    requests = {**requests, "requests": len(kept), "answers": answers, "list": kept}
    return {**files, "requests.json": json.dumps(requests), "tests.json": json.dumps(tests)}


def tampered(files):
    """Changed evidence, by what was done to it, and whether `run-tests` must see it."""
    tests = json.loads(files["tests.json"])
    requests = json.loads(files["requests.json"])

    # A fact without which the rules do not apply.
    for at, test in enumerate(tests):
        if test["decision"] == "deny":
            changed = copy.deepcopy(tests)
            for entity in changed[at]["entities"]:
                if entity["uid"]["type"] == "Flow":
                    entity["attrs"]["laws"] = []
                if entity["uid"]["type"] == "Contract":
                    entity["attrs"]["covers"] = []
                if entity["uid"]["type"] == "DataItem":
                    entity["attrs"]["personal"] = False
            yield "a changed fact", {**files, "tests.json": json.dumps(changed)}, True
            break
    # A rule that denied.
    violated = next(request["violated"][0] for request in requests["list"] if request["answer"] == "whole" and request["violated"])
    policies = files["policies.cedar"]
    start = policies.index(f'@id("{violated}")')
    end = policies.find('\n@id("', start)
    yield "a rule taken out", {**files, "policies.cedar": policies[:start] + policies[end if end > 0 else len(policies):]}, True
    # A refusal told as a permission.
    changed = copy.deepcopy(tests)
    denied = next(test for test in changed if test["decision"] == "deny")
    denied["decision"], denied["reason"] = "allow", [PERMITTED]
    yield "a changed decision", {**files, "tests.json": json.dumps(changed)}, True
    # A reason hidden: `run-tests` looks only whether the reasons given are among those found, so the whole comparison must tell.
    changed, listed = copy.deepcopy(tests), copy.deepcopy(requests)
    hidden = next(request for request in listed["list"] if request["answer"] == "whole" and len(request["violated"]) > 1)
    reason = hidden["violated"].pop()
    for test in changed:
        if test["name"] in hidden["tests"]:
            test["reason"].remove(reason)
    yield "a hidden reason", {**files, "tests.json": json.dumps(changed), "requests.json": json.dumps(listed)}, False


def main(cedar, folder, scratch):
    scratch = pathlib.Path(scratch)
    evidence = Evidence(cedar, folder)
    valid, said = evidence.validate()
    expect(valid, f"validate: {said[-2000:]}")
    passed, said = evidence.run_tests()
    expect(passed, f"run-tests: {said[-2000:]}")
    faults = evidence.faults()
    expect(not faults, f"{len(faults)} faults, the first: {faults[:3]}")
    evidence.authorize(scratch / "authorize")
    answers = evidence.requests["answers"]
    print(f"cedar: {evidence.requests['requests']} requests: {answers['whole']} decided again in full, {answers['violations']} as far "
          f"as they are known, {answers['open']} hang on unknown facts; {len(evidence.tests)} tests passed")

    files = cut(read(folder))
    same = Evidence(cedar, write(scratch / "cedar-cut", files))
    expect(same.run_tests()[0] and not same.faults(), f"unchanged evidence is refused: {same.faults()[:3]}")
    for number, (name, changed, told) in enumerate(tampered(files)):
        other = Evidence(cedar, write(scratch / f"cedar-{number}", changed))
        passed, _ = other.run_tests()
        expect(passed != told, f"run-tests on {name}: {'passed' if passed else 'failed'}")
        expect(other.faults(), f"nothing wrong is found in {name}")
    broken = {**files, "policies.cedar": files["policies.cedar"].replace("resource.", "resource.no_such_", 1)}
    valid, _ = Evidence(cedar, write(scratch / "cedar-broken", broken)).validate()
    expect(not valid, "validate accepts a fact that the schema does not have")
    print("cedar: a changed fact, rule, decision, reason and name of a fact are all noticed")


if __name__ == "__main__":
    main(*sys.argv[1:])
