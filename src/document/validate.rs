//! JSON Schema errors as problems: at the exact place, in the words of the document.

use std::ops::Range;
use std::sync::Arc;

use jsonschema::error::ValidationErrorKind as Fault;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::wording::{dotted, keys, mend_type, say, say_type, schema_of, wanted};
use super::yaml::{Node, escape};
use crate::problem::{Problem, did_you_mean, suggest};
use crate::source::SourceFile;

/// Checks a value against the schema of its kind; every error becomes a problem.
pub(super) fn check(
    file: &Arc<SourceFile>,
    node: &Node,
    value: &Value,
    (schema, validator): (&Value, &Validator),
    problems: &mut Vec<Problem>,
) {
    // Most documents are right; looking for the errors one by one costs more.
    if validator.is_valid(value) {
        return;
    }
    let errors: Vec<ValidationError<'_>> = validator.iter_errors(value).collect();
    for (index, error) in errors.iter().enumerate() {
        if !errors.iter().enumerate().any(|(other, cause)| follows(error, index, cause, other, schema)) {
            let lacking = lacking(error, &errors);
            problems.extend(Fault_ { file, node, schema, error }.explain(&lacking));
        }
    }
}
