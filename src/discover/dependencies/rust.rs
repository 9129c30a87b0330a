//! Rust: Cargo.toml.

use toml::de::DeValue;

use super::{Dependency, toml as places};

const SECTIONS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

pub(super) fn cargo_toml(text: &str) -> Result<Vec<Dependency>, String> {
    let root = places::parse(text)?;
    let mut found = Vec::new();
    let targets = places::tables(places::table(&root, &["target"]));
    for table in std::iter::once(&root).chain(targets) {
        for section in SECTIONS.iter().filter_map(|section| places::table(table, &[section])) {
            for (key, value) in section.iter() {
                // `llm = {package = "async-openai"}` gives a package another name.
                let renamed = match value.get_ref() {
                    DeValue::Table(value) => places::value(value, "package").and_then(places::text),
                    _ => None,
                };
                let (name, at) = renamed.unwrap_or_else(|| (key.get_ref().to_string(), key.span().start));
                found.push(Dependency { name, at });
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::cargo_toml;

    #[test]
    fn dependencies_in_every_style() {
        let text = "[package]\nname = \"x\"\n[dependencies]\na = '1'\nb = {package = \"c\", version = '1'}\n[dependencies.d]\nversion = '1'\n\
                    [target.'cfg(unix)'.dependencies]\ne.workspace = true\n[workspace.dependencies]\nf = '1'\n[features]\ng = ['a']\n";
        let mut names: Vec<_> = cargo_toml(text)
            .unwrap()
            .into_iter()
            .map(|found| {
                assert!(text[found.at..].starts_with(&found.name), "{found:?}");
                found.name
            })
            .collect();
        names.sort();
        assert_eq!(names, ["a", "c", "d", "e"]);
    }
}
