//! JavaScript and TypeScript: package.json.

use serde_json::Value;

use super::Dependency;

const SECTIONS: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

pub(super) fn package_json(text: &str) -> Result<Vec<Dependency>, String> {
    let root: Value = serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
    let mut found = Vec::new();
    for section in SECTIONS {
        let Some(packages) = root[section].as_object() else { continue };
        let start = key(text, 0, section).unwrap_or(0);
        for (name, version) in packages {
            // `"ai": "npm:openai@4"` gives a package another name.
            let alias = version.as_str().and_then(|version| version.strip_prefix("npm:"));
            let package = alias.map(|alias| alias.rfind('@').filter(|at| *at > 0).map_or(alias, |at| &alias[..at]));
            let at = key(text, start, name).map_or(start, |quote| quote + 1);
            found.push(Dependency { name: package.unwrap_or(name).to_owned(), at });
        }
    }
    Ok(found)
}

/// The quote before a key of the name.
fn key(text: &str, from: usize, name: &str) -> Option<usize> {
    let quoted = Value::from(name).to_string();
    let places = text[from..].match_indices(&quoted).map(|(at, _)| from + at);
    let mut keys = places.filter(|at| text[at + quoted.len()..].trim_start().starts_with(':'));
    keys.next()
}

#[cfg(test)]
mod tests {
    use super::package_json;

    #[test]
    fn names_not_values() {
        let text = r#"{"name": "c", "keywords": ["a"], "scripts": {"a": "b"},
            "dependencies": {"@x/a": "^1", "b": "npm:@y/c@4"}, "devDependencies": {"a": "1"}}"#;
        let found = package_json(text).unwrap();
        let found: Vec<_> = found.iter().map(|found| (found.name.as_str(), &text[found.at..found.at + 4])).collect();
        assert_eq!(found, [("@x/a", "@x/a"), ("@y/c", "b\": "), ("a", "a\": ")]);
        assert!(package_json("{").is_err());
    }
}
