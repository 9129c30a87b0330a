//! Java, Kotlin and Scala: pom.xml of Maven, build files and version catalogues of Gradle.

use quick_xml::Reader;
use quick_xml::events::Event;
use regex::Regex;
use toml::de::DeValue;

use super::{Dependency, toml as places};

pub(super) fn pom(text: &str) -> Result<Vec<Dependency>, String> {
    let mut reader = Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let (mut group, mut artifact) = (String::new(), None);
    let mut found = Vec::new();
    loop {
        let at = position(&reader);
        match reader.read_event().map_err(|error| format!("it is not XML: {error}"))? {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                if name == "dependency" {
                    (group, artifact) = (String::new(), None);
                }
                path.push(name);
            }
            Event::Text(part) => {
                let steps: Vec<&str> = path.iter().map(String::as_str).collect();
                let start = text.get(at..).map_or(at, |rest| at + rest.len() - rest.trim_start().len());
                let part = part.trim().to_owned();
                match steps.as_slice() {
                    [.., "dependency", "groupId"] => group = part,
                    [.., "dependency", "artifactId"] => artifact = Some((part, start)),
                    _ => {}
                }
            }
            Event::End(_) => {
                // What is managed is a version for those who depend on it; a plug-in's dependencies belong to the build.
                let managed = path.iter().any(|step| step == "dependencyManagement" || step == "plugin");
                if path.pop().as_deref() == Some("dependency")
                    && !managed
                    && let Some((artifact, at)) = artifact.take()
                {
                    found.push(Dependency { name: format!("{group}:{artifact}"), at });
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

/// The byte at which the next event starts.
pub(super) fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

/// `implementation("group:artifact:1.0")`, `api 'group:artifact'`, `implementation group: 'g', name: 'a'`.
pub(super) fn gradle(bare: &str) -> Result<Vec<Dependency>, String> {
    let short = r#"(?m)^[ \t]*"?[A-Za-z]+"?[ \t(]+["']([\w.-]+):([\w.-]+)(?::(?u:[^"'\n]*))?["']"#;
    let long = r#"(?m)^[ \t]*[A-Za-z]+[ \t(]+group[ \t]*[:=][ \t]*["']([\w.-]+)["'],[ \t]*name[ \t]*[:=][ \t]*["']([\w.-]+)["']"#;
    let mut found = Vec::new();
    for pattern in [short, long] {
        let pattern = Regex::new(&format!("(?-u){pattern}")).map_err(|error| error.to_string())?;
        for captures in pattern.captures_iter(bare) {
            if let (Some(group), Some(artifact)) = (captures.get(1), captures.get(2)) {
                let name = format!("{}:{}", group.as_str(), artifact.as_str());
                found.push(Dependency { name, at: group.start() });
            }
        }
    }
    Ok(found)
}

/// `libs.versions.toml`: build files name its entries by an alias, so its own names count.
pub(super) fn catalogue(text: &str) -> Result<Vec<Dependency>, String> {
    let root = places::parse(text)?;
    let Some(libraries) = places::table(&root, &["libraries"]) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (_, library) in libraries.iter() {
        let stated = match library.get_ref() {
            DeValue::String(_) => places::text(library),
            DeValue::Table(table) => match places::value(table, "module") {
                Some(module) => places::text(module),
                None => {
                    let part = |key| places::value(table, key).and_then(places::text);
                    part("group").zip(part("name")).map(|((group, at), (name, _))| (format!("{group}:{name}"), at))
                }
            },
            _ => None,
        };
        if let Some((name, at)) = stated {
            // `group:artifact:version` is a short form.
            let parts: Vec<&str> = name.split(':').take(2).collect();
            found.push(Dependency { name: parts.join(":"), at });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::Dependency;
    use super::{catalogue, gradle, pom};

    fn names(found: &[Dependency]) -> Vec<&str> {
        found.iter().map(|found| found.name.as_str()).collect()
    }

    #[test]
    fn maven_and_what_it_only_manages() {
        let text = "<project><dependencyManagement><dependencies><dependency><groupId>z</groupId><artifactId>z</artifactId></dependency>\
            </dependencies></dependencyManagement><dependencies><dependency>\n<groupId>a.b</groupId>\n<artifactId> c </artifactId>\
            <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions></dependency></dependencies></project>";
        let found = pom(text).unwrap();
        assert_eq!(names(&found), ["a.b:c"]);
        assert!(text[found[0].at..].starts_with("c "));
        assert!(pom("<a></b>").is_err());
    }

    #[test]
    fn gradle_in_every_style() {
        let text = "dependencies {\n  implementation 'a.b:c:1.0'\n  api(\"d:e\")\n  \"kapt\"(\"f:g:1\")\n  runtimeOnly group: 'h', name: 'i', version: '1'\n\
            }\ndescription = 'x:y:z'\nexclude group: 'k', module: 'l'\n";
        assert_eq!(names(&gradle(text).unwrap()), ["a.b:c", "d:e", "f:g", "h:i"]);
        let text = "[versions]\nv = '1'\n[libraries]\na = {module = 'b:c', version.ref = 'v'}\nd = 'e:f:1'\ng = {group = 'h', name = 'i'}\n";
        let found = catalogue(text).unwrap();
        let mut names = names(&found);
        names.sort_unstable();
        assert_eq!(names, ["b:c", "e:f", "h:i"]);
    }
}
