//! Go: go.mod.

use super::Dependency;

pub(super) fn go_mod(text: &str) -> Vec<Dependency> {
    let mut found = Vec::new();
    let (mut at, mut required) = (0, false);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let (stated, comment) = line.split_once("//").unwrap_or((line, ""));
        // Such a module is a dependency of a dependency.
        let indirect = comment.trim_start().starts_with("indirect");
        let mut words = stated.split_whitespace().peekable();
        match words.peek().copied() {
            Some(")") => required = false,
            Some("require") => {
                words.next();
                required = words.peek() == Some(&"(");
                if required {
                    continue;
                }
            }
            _ if !required => continue,
            _ => {}
        }
        if let (Some(path), Some(_version)) = (words.next(), words.next())
            && !indirect
            && let Some(place) = line.find(path)
        {
            found.push(Dependency { name: path.trim_matches('"').to_owned(), at: start + place });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::go_mod;

    #[test]
    fn what_is_required_directly() {
        let text = "module m\nrequire a.b/c v1.0.0 // why\nrequire (\n\td.e/f/v2 v2.1.0\n\tg.h/i v0.1.0 // indirect\n)\n\
                    replace (\n\tj.k/l v1 => m.n/o v1\n)\n";
        let found = go_mod(text);
        let names: Vec<_> = found.iter().map(|found| found.name.as_str()).collect();
        assert_eq!(names, ["a.b/c", "d.e/f/v2"]);
        assert!(found.iter().all(|found| text[found.at..].starts_with(&found.name)));
    }
}
