"""What tests/outside/packaging.sh asks of the package and of the pipelines.

`pipelines` takes the steps out of the very files that users copy, and runs them in a repository as the service would: the same
shell, the same variables. What only the service can do (caches, uploads, the download of a release) is not run.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

from ruamel.yaml import YAML

read = YAML(typ="safe", pure=True).load


def fail(message):
    sys.exit(f"✗ {message}")


def version(text):
    return tuple(int(part) for part in (text.split(".") + ["0", "0"])[:3])


def package(metadata, listed):
    packages = json.loads(pathlib.Path(metadata).read_text())["packages"]
    [ours] = [each for each in packages if each["name"] == "tidegate"]
    stated = version(ours["rust_version"])
    younger = [
        f"{each['name']} {each['version']} needs Rust {each['rust_version']}"
        for each in packages
        if each["rust_version"] and version(each["rust_version"]) > stated
    ]
    if younger:
        fail("rust-version of Cargo.toml is too low:\n  " + "\n  ".join(younger))
    listed = set(pathlib.Path(listed).read_text().splitlines())
    wanted = set()
    for source in pathlib.Path("src").rglob("*.rs"):
        text = source.read_text()
        wanted.update(os.path.normpath(source.parent / name) for name in re.findall(r'include_(?:str|bytes)!\(\s*"([^"]+)"', text))
        for folder in re.findall(r'include_dir!\(\s*"\$CARGO_MANIFEST_DIR/([^"]+)"', text):
            wanted.update(str(path) for path in pathlib.Path(folder).rglob("*") if path.is_file())
        wanted.add(str(source))
    if len(wanted) < 300:
        fail(f"only {len(wanted)} embedded files found; has the way of embedding changed?")
    if missing := sorted(wanted - listed):
        fail("the package lacks what the program embeds:\n  " + "\n  ".join(missing))


def run(script, folder, variables):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "TIDEGATE_"))}
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], cwd=folder, env=environment | variables, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def github(folder, as_of, root):
    """The check step of action.yml, with its inputs at their defaults but for the day."""
    action = read((root / "action.yml").read_text())
    [step] = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
    inputs = {name: each["default"] for name, each in action["inputs"].items()} | {"as-of": as_of}
    inputs["formats"] = "html=tidegate.html\r\njunit=tidegate.xml\n"
    variables = {}
    for name, text in step["env"].items():
        given = re.fullmatch(r"\$\{\{ inputs\.([a-z-]+) \}\}", text)
        variables[name] = inputs[given[1]] if given else "tidegate"
    for name in ["output", "step_summary"]:
        (folder / name).write_text("")
        variables[f"GITHUB_{name.upper()}"] = str(folder / name)
    variables["GITHUB_ACTION_PATH"] = str(root)
    code, said = run(step["run"], folder, variables)
    output = dict(line.split("=", 1) for line in (folder / "output").read_text().splitlines())
    summary = (folder / "step_summary").read_text()
    verdict = {0: "permitted", 10: "conditional", 11: "undetermined", 12: "refused"}.get(code, "error")
    if output != {"exit-code": str(code), "verdict": verdict}:
        fail(f"action.yml: outputs {output} at exit code {code}")
    if verdict == "error" and "::error title=Tidegate::" not in said:
        fail(f"action.yml does not tell that nothing was decided:\n{said}")
    if code in (0, 12) and "Tidegate" not in summary:
        fail("action.yml: no summary of the step")
    return code, said, ["tidegate.sarif", "tidegate.html", "tidegate.xml"]


def gitlab(folder, as_of, root):
    file = read((root / "packaging/gitlab/tidegate.gitlab-ci.yml").read_text())
    job = file["tidegate"]
    code, said = run("\n".join(job["script"]), folder, {"TIDEGATE_AS_OF": as_of})
    artifacts = job["artifacts"]
    return code, said, [*artifacts["paths"], *artifacts["reports"].values()]


def azure(folder, as_of, root):
    steps = read((root / "packaging/azure/tidegate.azure-pipelines.yml").read_text())["steps"]
    [step] = [step for step in steps if step.get("displayName") == "tidegate check"]
    code, said = run(step["bash"], folder, {"TIDEGATE_AS_OF": as_of})
    inputs = [step["inputs"] for step in steps if "inputs" in step]
    files = [each[key] for each in inputs for key in ("testResultsFiles", "targetPath") if key in each]
    [summary] = [step for step in steps if step.get("displayName") == "Summary"]
    if code == 0 and "##vso[task.uploadsummary]" not in run(summary["bash"], folder, {})[1]:
        fail("Azure: no summary")
    return code, said, [*files, "tidegate.md"]


def jenkins(folder, as_of, root):
    text = (root / "packaging/jenkins/Jenkinsfile").read_text()
    [clean] = re.findall(r"sh '([^'\n]+)'", text)
    [script] = re.findall(r"sh '''(.*?)'''", text, re.S)
    code, said = run(f"{clean}\n{script}", folder, {"TIDEGATE_AS_OF": as_of})
    return code, said, re.findall(r"(?:testResults|artifacts|pattern): '([^']+)'", text)


def pipelines(folder, as_of, root):
    folder, root = pathlib.Path(folder), pathlib.Path(root)
    services = [github, gitlab, azure, jenkins]

    def each(expected, files_there):
        for service in services:
            before = {path for path in folder.iterdir()}
            code, said, files = service(folder, as_of, root)
            if code != expected:
                fail(f"{service.__name__}: exit code {code}, expected {expected}\n{said}")
            for name in files:
                if (folder / name).is_file() != files_there:
                    fail(f"{service.__name__}: {name} is {'missing' if files_there else 'there'}\n{said}")
            for path in set(folder.iterdir()) - before:
                path.unlink()

    # No manifest yet. The forms tell it, so files may be there or not; the exit code is what counts.
    for service in services:
        code, said, _ = service(folder, as_of, root)
        if code != 4:
            fail(f"{service.__name__}: exit code {code} without a manifest, expected 4\n{said}")
    for path in folder.iterdir():
        if path.is_file() and path.name != "readme.yaml":
            path.unlink()
    subprocess.run(["tidegate", "init"], cwd=folder, check=True, capture_output=True)
    each(0, True)
    # The five steps of docs/pipelines.md: a further flow, one that the law forbids.
    first = folder / "ai-integrations/website-texts.integration.yaml"
    text = first.read_text()
    second = folder / "ai-integrations/letters.integration.yaml"
    changes = {
        "id: website-texts": "id: letters",
        "service: openai/api": "service: openai/chatgpt-consumer",
        "features: [chat-completions]": "features: [chat]",
        "laws: [none]": "laws: [gdpr]",
        "class: org.public.documentation": "class: user.name",
    }
    for old, new in changes.items():
        if old not in text:
            fail(f"the starter has no `{old}` any more")
        text = text.replace(old, new)
    second.write_text(text)
    each(12, True)
    second.write_text("kind: integration\nversion: 1\n")
    each(3, False)
    second.unlink()
    each(0, True)
    # Words of a user stay words: neither a command nor a further option can come of them.
    step = {"TIDEGATE": "tidegate", "PATHS": "$(touch injected)\n--format=json=injected", "AS_OF": as_of, "SARIF": "a b.sarif"}
    (folder / "output").write_text("")
    run(str(root / "packaging/github/check.sh"), folder, step | {"GITHUB_OUTPUT": str(folder / "output")})
    if (folder / "injected").exists():
        fail("packaging/github/check.sh runs what a path says")
    install(folder, root)


def install(folder, root):
    """A release is taken only with its checksum and provenance; `gh` is played by a script that hands out a folder."""
    archive = next((root / "target/packaging").glob("*.tar.gz"))
    name = "tidegate-v0.0.0-x86_64-unknown-linux-musl"
    served, bin = folder.parent / "served", folder.parent / "gh-bin"
    bin.mkdir()
    (bin / "gh").write_text(
        '#!/usr/bin/env bash\nset -eu\ncase "$1 $2" in\n'
        '"release download") while [ "$1" != --dir ]; do shift; done; cp "$SERVED"/* "$2" ;;\n'
        '"attestation verify") grep -q "refs/tags/v0.0.0" <<<"$*" && [ "${PROVENANCE}" = right ] ;;\nesac\n'
    )
    (bin / "gh").chmod(0o755)

    def attempt(provenance="right", spoil=None, version="v0.0.0"):
        shutil.rmtree(served, ignore_errors=True)
        served.mkdir()
        subprocess.run(["tar", "-xzf", archive, "-C", served], check=True)
        [unpacked] = served.iterdir()
        unpacked.rename(served / name)
        subprocess.run(["tar", "-C", served, "-czf", served / f"{name}.tar.gz", name], check=True)
        shutil.rmtree(served / name)
        subprocess.run(f"sha256sum -- * >{folder.parent}/sums && mv {folder.parent}/sums SHA256SUMS", shell=True, cwd=served, check=True)
        if spoil:
            spoil()
        into = folder.parent / "installed"
        shutil.rmtree(into, ignore_errors=True)
        variables = {"FOLDER": str(into), "VERSION": version, "REPOSITORY": "example/tidegate", "RUNNER_OS": "Linux"}
        variables |= {"RUNNER_ARCH": "X64", "SERVED": str(served), "PROVENANCE": provenance}
        variables |= {"PATH": f"{bin}:{os.environ['PATH']}", "GITHUB_ACTION_PATH": str(root)}
        code, said = run(str(root / "packaging/github/install.sh"), folder, variables)
        return code, said, (into / "bin/tidegate").exists()

    code, said, there = attempt()
    if code or not there:
        fail(f"a good release is not installed:\n{said}")
    wrong = {
        "provenance": dict(provenance="wrong"),
        "checksum": dict(spoil=lambda: (served / f"{name}.tar.gz").write_bytes(b"other")),
        "list": dict(spoil=lambda: (served / "SHA256SUMS").write_text("")),
        "version": dict(version="v1; touch injected"),
    }
    for what, arguments in wrong.items():
        code, said, there = attempt(**arguments)
        if not code or there or "::error" not in said:
            fail(f"a release with a wrong {what} is installed:\n{said}")


if __name__ == "__main__":
    {"package": package, "pipelines": pipelines}[sys.argv[1]](*sys.argv[2:])
