//! .NET: project files, packages.config, Directory.Packages.props.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Dependency;
use super::jvm::position;

/// Elements that name a package, with the attribute that does. `PackageVersion` only pins a version for projects that refer to it.
const NAMED: [(&str, &str); 3] =
    [("PackageReference", "Include"), ("GlobalPackageReference", "Include"), ("package", "id")];

pub(super) fn ms_build(text: &str) -> Result<Vec<Dependency>, String> {
    let mut reader = Reader::from_str(text);
    let mut found = Vec::new();
    loop {
        let start = position(&reader);
        match reader.read_event().map_err(|error| format!("it is not XML: {error}"))? {
            Event::Start(tag) | Event::Empty(tag) => {
                let Some((_, key)) = NAMED.iter().find(|(element, _)| tag.local_name().as_ref() == *element) else {
                    continue;
                };
                for attribute in tag.attributes().flatten().filter(|attribute| attribute.key.as_ref() == *key) {
                    let name = attribute.value.into_owned();
                    let within = text.get(start..).and_then(|rest| rest.find(&name)).unwrap_or(0);
                    found.push(Dependency { name, at: start + within });
                }
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ms_build;

    #[test]
    fn references_count_and_versions_do_not() {
        let text = "<Project><ItemGroup>\n<PackageReference Include=\"A.B\" Version=\"1\" />\n<PackageVersion Include=\"C\"/>\
            <!-- <PackageReference Include=\"D\"/> --><PackageReference Include=\"E\"><Version>1</Version></PackageReference></ItemGroup></Project>";
        let found = ms_build(text).unwrap();
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["A.B", "E"]);
        assert!(text[found[0].at..].starts_with("A.B"));
        assert_eq!(ms_build("<packages><package id=\"F\" version=\"1\"/></packages>").unwrap()[0].name, "F");
    }
}
