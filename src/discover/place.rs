//! What a file or folder is for, by its name alone.

use std::path::Path;

use super::comments::{C, HASH, HCL, JSON, MARKUP, PHP, PLAIN_HASH, POWERSHELL, PYTHON, RUST, Syntax};
use super::dependencies::Format;

/// Folders of others' files: dependencies, and what tools write.
const VENDORED: [&str; 16] = [
    ".git",
    ".gradle",
    ".next",
    ".nuxt",
    ".terraform",
    ".tox",
    ".venv",
    ".yarn",
    "__pycache__",
    "bower_components",
    "dist",
    "node_modules",
    "site-packages",
    "target",
    "third_party",
    "vendor",
];
/// Folders of tests: what they name is made up, or replaced by a double.
const TESTS: [&str; 9] =
    ["__fixtures__", "__mocks__", "__tests__", "fixtures", "spec", "specs", "test", "testdata", "tests"];
const DOCUMENTATION: [&str; 3] = ["doc", "docs", "documentation"];
/// Files that tools write, with all dependencies of dependencies.
const LOCKS: [&str; 12] = [
    "Cargo.lock",
    "Gemfile.lock",
    "Pipfile.lock",
    "bun.lock",
    "composer.lock",
    "go.sum",
    "npm-shrinkwrap.json",
    "package-lock.json",
    "packages.lock.json",
    "pnpm-lock.yaml",
    "poetry.lock",
    "uv.lock",
];
/// Endings that mark a file of tests: of the name without its last extension.
const TEST_STEMS: [&str; 8] = ["_spec", "_test", "-test", ".spec", ".test", "Spec", "Test", "Tests"];

/// What a file is for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Use {
    /// To be searched: its comments' form, and the form of its dependencies if it names some.
    Searched(&'static Syntax, Option<Format>),
    /// Of a kind that is searched, but left out for a reason.
    LeftOut(&'static str),
    /// Neither source nor configuration.
    Other,
}

/// Why a folder is left out, if it is.
pub(super) fn folder(path: &Path) -> Option<&'static str> {
    let name = path.file_name()?.to_str()?;
    if VENDORED.contains(&name) {
        Some("code of others, or written by tools")
    } else if TESTS.contains(&name) || name.ends_with(".Tests") || name.ends_with(".UnitTests") {
        Some("tests")
    } else if DOCUMENTATION.contains(&name) {
        Some("documentation")
    } else {
        None
    }
}

/// What a file is for.
pub(super) fn file(path: &Path) -> Use {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Use::Other };
    if LOCKS.contains(&name) {
        return Use::LeftOut("a lock file");
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let format = Format::of(path, name);
    let Some(syntax) = syntax(name, extension).or(format.map(|_| &PLAIN_HASH)) else { return Use::Other };
    if TEST_STEMS.iter().any(|end| stem.ends_with(end)) || stem.starts_with("test_") || stem == "conftest" {
        return Use::LeftOut("tests");
    }
    if stem.ends_with(".min") || stem.ends_with(".bundle") {
        return Use::LeftOut("code of others, or written by tools");
    }
    Use::Searched(syntax, format)
}

fn syntax(name: &str, extension: &str) -> Option<&'static Syntax> {
    let first = name.split('.').next().unwrap_or_default();
    Some(match extension {
        "py" | "pyi" => &PYTHON,
        "rs" => &RUST,
        "php" => &PHP,
        "ps1" | "psm1" => &POWERSHELL,
        "tf" | "tfvars" | "hcl" => &HCL,
        "json" | "ipynb" => &JSON,
        "js" | "jsx" | "mjs" | "cjs" | "ts" | "tsx" | "mts" | "cts" | "java" | "kt" | "kts" | "scala" | "groovy"
        | "gradle" | "go" | "cs" | "fs" | "swift" | "dart" | "c" | "h" | "cc" | "cpp" | "hpp" | "bicep" | "jsonc"
        | "json5" => &C,
        "vue" | "svelte" | "cshtml" | "razor" | "xml" | "config" | "csproj" | "fsproj" | "vbproj" | "props"
        | "targets" => &MARKUP,
        "rb" | "sh" | "bash" | "zsh" | "fish" | "yaml" | "yml" | "toml" | "ini" | "cfg" | "conf" | "properties"
        | "env" | "mk" => &HASH,
        _ => match first {
            "Dockerfile" | "Containerfile" | "Makefile" | "Procfile" | "Gemfile" => &HASH,
            "Jenkinsfile" => &C,
            // `.env`, `.env.example`, `.envrc`, `.env.production.template`
            "" if name.starts_with(".env") => &HASH,
            _ => match extension {
                "dockerfile" | "Dockerfile" => &HASH,
                _ => return None,
            },
        },
    })
}
