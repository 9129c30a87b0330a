//! What the pages mean: the tree of tags that readers aloud and converters follow.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use krilla::tagging::{Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree};

/// The tree while it grows. Node 0 is the whole document.
pub(super) struct Tree {
    nodes: Vec<Branch>,
    /// The links of a node, by span.
    links: BTreeMap<(usize, usize), usize>,
}

struct Branch {
    meaning: Meaning,
    children: Vec<Child>,
}

enum Child {
    Branch(usize),
    Content(Identifier),
}

/// What a part of the document is.
pub(super) enum Meaning {
    Document,
    Section,
    Heading(u16, String),
    Paragraph,
    Table(String),
    Head,
    Body,
    Row,
    ColumnHead,
    RowHead,
    Cell,
    Link,
}

impl Tree {
    pub(super) fn new() -> Self {
        Self { nodes: vec![Branch { meaning: Meaning::Document, children: Vec::new() }], links: BTreeMap::new() }
    }

    /// Adds a part to a part, after what is there.
    pub(super) fn add(&mut self, parent: usize, meaning: Meaning) -> usize {
        let index = self.nodes.len();
        self.nodes.push(Branch { meaning, children: Vec::new() });
        self.push(parent, Child::Branch(index));
        index
    }

    fn push(&mut self, parent: usize, child: Child) {
        if let Some(branch) = self.nodes.get_mut(parent) {
            branch.children.push(child);
        }
    }

    /// The link that a span of a part is.
    pub(super) fn link(&mut self, parent: usize, span: usize) -> usize {
        match self.links.get(&(parent, span)) {
            Some(known) => *known,
            None => {
                let link = self.add(parent, Meaning::Link);
                self.links.insert((parent, span), link);
                link
            }
        }
    }

    /// Says that what was drawn belongs to a part.
    pub(super) fn content(&mut self, parent: usize, drawn: Identifier) {
        self.push(parent, Child::Content(drawn));
    }

    pub(super) fn finish(mut self) -> TagTree {
        let children = self.take(0);
        let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
        children.into_iter().for_each(|child| tree.push(child));
        tree
    }

    fn take(&mut self, index: usize) -> Vec<Node> {
        let children = self.nodes.get_mut(index).map(|branch| std::mem::take(&mut branch.children)).unwrap_or_default();
        children.into_iter().map(|child| self.node(child)).collect()
    }

    #[allow(clippy::needless_pass_by_value, reason = "a child becomes a node and is no more")]
    fn node(&mut self, child: Child) -> Node {
        match child {
            Child::Content(drawn) => drawn.into(),
            Child::Branch(index) => {
                let children = self.take(index);
                let kind = self.nodes.get(index).map_or_else(|| Tag::P.into(), |branch| branch.meaning.kind());
                TagGroup::with_children(kind, children).into()
            }
        }
    }
}

impl Meaning {
    fn kind(&self) -> TagKind {
        match self {
            Self::Document | Self::Section => Tag::Section.into(),
            Self::Heading(level, title) => {
                Tag::Hn(NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN), Some(title.clone())).into()
            }
            Self::Paragraph => Tag::P.into(),
            Self::Table(label) => Tag::Table.with_summary(Some(label.clone())).into(),
            Self::Head => Tag::THead.into(),
            Self::Body => Tag::TBody.into(),
            Self::Row => Tag::TR.into(),
            Self::ColumnHead => Tag::TH(TableHeaderScope::Column).into(),
            Self::RowHead => Tag::TH(TableHeaderScope::Row).into(),
            Self::Cell => Tag::TD.into(),
            Self::Link => Tag::Link.into(),
        }
    }
}
