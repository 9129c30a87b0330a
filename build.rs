//! Rebuilds when a file is added to the embedded knowledge; changed files are tracked by the compiler.
#![allow(clippy::print_stdout, reason = "build scripts speak to cargo on standard output")]

fn main() {
    for folder in ["policies", "provider-profiles", "vocabulary"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
