//! Reads the knowledge that the binary carries, so that no run has to: rules in Cedar's JSON form, documents as trees with
//! positions. What cannot be read is left out; the program then reads it itself, and says what is wrong.
#![allow(clippy::print_stdout, reason = "build scripts speak to cargo on standard output")]

#[allow(dead_code, unreachable_pub, reason = "the program uses more of it")]
#[path = "src/document/yaml.rs"]
mod yaml;
#[allow(dead_code, unreachable_pub, reason = "the program uses more of it")]
#[path = "src/document/yaml_error.rs"]
mod yaml_error;

use std::path::{Path, PathBuf};
use std::{env, error::Error, fs};

use cedar_policy::SchemaFragment;
use cedar_policy_core::parser::parse_policy_or_template_to_est;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?).join("read");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    for folder in ["policies", "provider-profiles", "vocabulary"] {
        println!("cargo::rerun-if-changed={folder}");
        fs::create_dir_all(out.join(folder))?;
        read_folder(Path::new(folder), &out)?;
    }
    for code in ["build.rs", "src/document/yaml.rs", "src/document/yaml_error.rs"] {
        println!("cargo::rerun-if-changed={code}");
    }
    Ok(())
}

fn read_folder(folder: &Path, out: &Path) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read_folder(&path, out)?;
        } else if let Some(form) = read(&path)? {
            let name = out.join(format!("{}.json", path.display()));
            if let Some(parent) = name.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(name, form)?;
        }
    }
    Ok(())
}

/// The form in which the program takes a file.
fn read(path: &Path) -> Result<Option<String>, Box<dyn Error>> {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if !matches!(extension, "cedar" | "cedarschema" | "yaml") {
        return Ok(None);
    }
    let text = fs::read_to_string(path)?;
    Ok(match extension {
        "cedar" => parse_policy_or_template_to_est(&text).ok().map(|rule| serde_json::to_string(&rule)).transpose()?,
        "cedarschema" => match SchemaFragment::from_cedarschema_str(&text) {
            Ok((schema, _)) => Some(schema.to_json_value()?.to_string()),
            Err(_) => None,
        },
        _ => yaml::parse(&text).ok().map(|node| serde_json::to_string(&node.store())).transpose()?,
    })
}
