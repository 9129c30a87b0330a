//! Dependency manifests: which packages a project names itself. Versions that a file only pins for others to use are no dependencies,
//! nor are dependencies of dependencies.

mod dotnet;
mod go;
mod jvm;
mod node;
mod python;
mod rust;
mod toml;

use std::path::Path;

use crate::model::Ecosystem;

/// A package that a project depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    /// Its name as written.
    pub(super) name: String,
    /// The byte at which the name stands.
    pub(super) at: usize,
}

/// The forms of dependency manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// requirements.txt
    Requirements,
    /// pyproject.toml
    PyProject,
    /// Pipfile
    Pipfile,
    /// setup.cfg
    SetupCfg,
    /// environment.yml of conda
    Conda,
    /// package.json
    PackageJson,
    /// pom.xml
    Pom,
    /// build.gradle, build.gradle.kts
    Gradle,
    /// libs.versions.toml of Gradle
    Catalogue,
    /// go.mod
    GoMod,
    /// Cargo.toml
    CargoToml,
    /// *.csproj and the like, packages.config, Directory.Packages.props
    MsBuild,
}

impl Format {
    /// The form of a file by its name.
    pub(super) fn of(path: &Path, name: &str) -> Option<Self> {
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or_default();
        Some(match name {
            "pyproject.toml" => Self::PyProject,
            "Pipfile" => Self::Pipfile,
            "setup.cfg" => Self::SetupCfg,
            "environment.yml" | "environment.yaml" => Self::Conda,
            "package.json" => Self::PackageJson,
            "pom.xml" => Self::Pom,
            "build.gradle" | "build.gradle.kts" => Self::Gradle,
            "go.mod" => Self::GoMod,
            "Cargo.toml" => Self::CargoToml,
            "packages.config" => Self::MsBuild,
            _ => match extension {
                "txt" | "in" if stem.contains("requirements") || folder == "requirements" => Self::Requirements,
                "csproj" | "fsproj" | "vbproj" | "props" | "targets" => Self::MsBuild,
                "toml" if stem.ends_with(".versions") => Self::Catalogue,
                _ => return None,
            },
        })
    }

    /// Where the packages come from.
    pub(super) fn ecosystem(self) -> Ecosystem {
        match self {
            Self::Requirements | Self::PyProject | Self::Pipfile | Self::SetupCfg | Self::Conda => Ecosystem::Pypi,
            Self::PackageJson => Ecosystem::Npm,
            Self::Pom | Self::Gradle | Self::Catalogue => Ecosystem::Maven,
            Self::GoMod => Ecosystem::Go,
            Self::CargoToml => Ecosystem::Cargo,
            Self::MsBuild => Ecosystem::Nuget,
        }
    }

    /// The packages that a text names, in the order of the text. `bare` is the text without comments.
    ///
    /// # Errors
    /// Why the text cannot be read.
    pub(super) fn read(self, text: &str, bare: &str) -> Result<Vec<Dependency>, String> {
        let mut found = match self {
            Self::Requirements => python::requirements(bare),
            Self::PyProject => python::pyproject(text)?,
            Self::Pipfile => python::pipfile(text)?,
            Self::SetupCfg => python::setup_cfg(bare),
            Self::Conda => python::conda(bare),
            Self::PackageJson => node::package_json(text)?,
            Self::Pom => jvm::pom(text)?,
            Self::Gradle => jvm::gradle(bare)?,
            Self::Catalogue => jvm::catalogue(text)?,
            Self::GoMod => go::go_mod(text),
            Self::CargoToml => rust::cargo_toml(text)?,
            Self::MsBuild => dotnet::ms_build(text)?,
        };
        found.sort_by_key(|dependency| dependency.at);
        Ok(found)
    }
}
