//! Ids, tokens and texts in the forms that OSCAL asks for.

use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::source::sha256;

/// The name of our properties.
pub(super) const NAMESPACE: &str = "urn:tidegate:oscal";

/// The same id for the same thing, in every export (UUID version 5).
pub(super) fn id(parts: &[&str]) -> String {
    let ours = Uuid::new_v5(&Uuid::NAMESPACE_URL, NAMESPACE.as_bytes());
    Uuid::new_v5(&ours, parts.join("\0").as_bytes()).to_string()
}

/// A token for the id of a rule or a pack: `gdpr_28-processor-contract` for `gdpr/28-processor-contract`. No two ids have one token.
pub(super) fn token(id: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    let token: String = id.chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
    let starts = if token.starts_with(|first: char| first.is_ascii_alphabetic()) { "" } else { "_" };
    let exact = starts.is_empty() && id.matches(|letter| !plain(letter)).all(|letter| letter == "/");
    if exact && id.matches('/').count() <= 1 {
        return token;
    }
    format!("{starts}{token}_{}", &sha256(id.as_bytes())[..8])
}

/// The assessment objective of a rule.
pub(super) fn objective(rule: &str) -> String {
    format!("{}_obj", token(rule))
}

/// A property of ours.
pub(super) fn prop(name: &str, value: &str) -> Json {
    let value = line(value);
    json!({ "name": name, "ns": NAMESPACE, "value": if value.is_empty() { "none".to_owned() } else { value } })
}

/// A text in one line, without spaces around it.
pub(super) fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A title: one line of markup in which nothing is marked up. Never empty.
pub(super) fn title(text: &str) -> String {
    let title = prose(&line(text));
    if title.is_empty() { "untitled".to_owned() } else { title }
}

/// A text of several lines in which nothing is marked up.
pub(super) fn prose(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '\\' | '`' | '*' | '[' | ']' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_tokens_and_differ() {
        assert_eq!(token("gdpr/28-processor-contract"), "gdpr_28-processor-contract");
        assert_eq!(token("pci-dss/12.8-attestation"), "pci-dss_12.8-attestation");
        let odd = ["a/b_c", "a_b/c", "a_b_c", "a/b/c", "3/d", "_3_d", "個資/第五條", "個資/第六條", ""];
        let tokens: std::collections::BTreeSet<String> = odd.into_iter().map(token).collect();
        assert_eq!(tokens.len(), odd.len());
        for token in tokens {
            assert!(token.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_'), "{token}");
            assert!(token.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)), "{token}");
        }
    }

    #[test]
    fn texts_mark_nothing_up() {
        assert_eq!(title(" a\n<b>*c*"), "a &lt;b>\\*c\\*");
        assert_eq!(title("\n"), "untitled");
        assert_eq!(prop("x", " ")["value"], "none");
    }

    #[test]
    fn ids_keep_their_parts_apart() {
        assert_eq!(id(&["a", "b"]), id(&["a", "b"]));
        assert_ne!(id(&["a", "b"]), id(&["ab", ""]));
    }
}
