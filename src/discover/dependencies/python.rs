//! Python: requirements files, pyproject.toml, Pipfile, setup.cfg, environment files of conda.

use super::{Dependency, toml};

/// The package of a requirement such as `openai[datalib]>=1.0; python_version > "3.8"`.
fn requirement(text: &str, at: usize) -> Option<Dependency> {
    let trimmed = text.trim_start();
    let at = at + text.len() - trimmed.len();
    let end = trimmed.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(trimmed.len());
    let (name, rest) = trimmed.split_at(end);
    let first = name.chars().next()?;
    // Options (`-r more.txt`) and addresses (`https://…`, `./wheels/…`) are no names of packages.
    let ends = rest.trim_start().chars().next().is_none_or(|next| "[(<>=!~;@,".contains(next));
    (first.is_ascii_alphanumeric() && ends).then(|| Dependency { name: name.to_owned(), at })
}

/// Each line with the byte at which it starts.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end())
    })
}

pub(super) fn requirements(text: &str) -> Vec<Dependency> {
    // A line may go on with `\`, as before hashes.
    lines(text).filter_map(|(at, line)| requirement(line.trim_end_matches('\\').trim_end(), at)).collect()
}

pub(super) fn pyproject(text: &str) -> Result<Vec<Dependency>, String> {
    let root = toml::parse(text)?;
    let mut stated = Vec::new();
    if let Some(project) = toml::table(&root, &["project"]) {
        stated.extend(toml::texts(toml::value(project, "dependencies")));
    }
    let tools = [&["tool", "uv"][..], &["tool", "pdm"]];
    for tool in tools.into_iter().filter_map(|path| toml::table(&root, path)) {
        stated.extend(toml::texts(toml::value(tool, "dev-dependencies")));
    }
    let groups: [&[&str]; 3] =
        [&["project", "optional-dependencies"], &["dependency-groups"], &["tool", "pdm", "dev-dependencies"]];
    for group in groups.into_iter().filter_map(|path| toml::table(&root, path)) {
        stated.extend(group.iter().flat_map(|(_, list)| toml::texts(Some(list))));
    }
    let mut found: Vec<Dependency> = stated.iter().filter_map(|(text, at)| requirement(text, *at)).collect();
    found.extend(toml::keys(toml::table(&root, &["tool", "poetry", "dependencies"])));
    found.extend(toml::keys(toml::table(&root, &["tool", "poetry", "dev-dependencies"])));
    for group in toml::tables(toml::table(&root, &["tool", "poetry", "group"])) {
        found.extend(toml::keys(toml::table(group, &["dependencies"])));
    }
    Ok(found)
}

pub(super) fn pipfile(text: &str) -> Result<Vec<Dependency>, String> {
    let root = toml::parse(text)?;
    let mut found = toml::keys(toml::table(&root, &["packages"]));
    found.extend(toml::keys(toml::table(&root, &["dev-packages"])));
    Ok(found)
}

pub(super) fn setup_cfg(text: &str) -> Vec<Dependency> {
    let (mut section, mut key) = ("", String::new());
    let mut found = Vec::new();
    for (at, line) in lines(text) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            (section, key) = (name.trim(), String::new());
            continue;
        }
        let mut value = (at, line);
        // Lines that go on are indented.
        if !line.starts_with([' ', '\t'])
            && let Some((name, first)) = line.split_once('=')
        {
            key = name.trim().to_owned();
            value = (at + name.len() + 1, first);
        }
        let wanted = match section {
            "options" => key == "install_requires",
            "options.extras_require" => !key.is_empty(),
            _ => false,
        };
        found.extend(wanted.then(|| requirement(value.1, value.0)).flatten());
    }
    found
}

/// The items of every list: among them are channels, but those have other names than packages.
pub(super) fn conda(text: &str) -> Vec<Dependency> {
    let items = lines(text).filter_map(|(at, line)| {
        let item = line.trim_start().strip_prefix("- ")?;
        let item = item.trim_matches(['"', '\'']);
        let item = item.rsplit("::").next()?;
        Some((at + line.find(item)?, item))
    });
    items.filter_map(|(at, item)| requirement(item, at)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::Dependency;
    use super::{conda, pyproject, requirements, setup_cfg};

    #[track_caller]
    fn names(text: &str, found: &[Dependency], expected: &[&str]) {
        let names: Vec<&str> = found.iter().map(|dependency| dependency.name.as_str()).collect();
        assert_eq!(names, expected);
        for dependency in found {
            assert!(text[dependency.at..].starts_with(&dependency.name), "{dependency:?}");
        }
    }

    #[test]
    fn requirements_are_names() {
        let text = "a==1 \\\n  --hash=sha256:0\n-r more.txt\nb_c[x]>=2; python_version > '3'\nhttps://x/y.whl\n./z\n  D.e\nf @ git+https://x\n";
        names(text, &requirements(text), &["a", "b_c", "D.e", "f"]);
    }

    #[test]
    fn pyproject_in_every_style() {
        let text = "[project]\nname = 'z'\ndependencies = [\"a>=1\", 'b[c]']\n[project.optional-dependencies]\nx = ['d']\n\
                    [dependency-groups]\ndev = ['e', {include-group = 'x'}]\n[tool.poetry.dependencies]\nf = '^1'\n\
                    [tool.poetry.group.g.dependencies]\nh = {version = '1'}\n";
        names(text, &pyproject(text).unwrap(), &["a", "b", "d", "e", "f", "h"]);
        assert!(pyproject("[project").is_err());
    }

    #[test]
    fn setup_cfg_and_conda() {
        let text = "[metadata]\nname = z\n[options]\npackages = p\ninstall_requires = a>=1\n    b\n[options.extras_require]\nx =\n  c; x\n";
        names(text, &setup_cfg(text), &["a", "b", "c"]);
        let text = "name: z\ndependencies:\n  - conda-forge::a=1\n  - pip:\n    - \"b>=2\"\n";
        names(text, &conda(text), &["a", "b"]);
    }
}
