//! The Merkle tree over the entries: RFC 6962, section 2.1, by `ct-merkle`.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::Sha256;

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// A tree that grows leaf by leaf.
#[derive(Debug, Default)]
pub struct Tree<'a>(MemoryBackedTree<Sha256, &'a [u8]>);

impl<'a> Tree<'a> {
    /// The tree of some leaves.
    pub fn of(leaves: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut tree = Self::default();
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
        tree
    }

    /// Appends a leaf.
    pub fn push(&mut self, leaf: &'a [u8]) {
        self.0.push(leaf);
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.0.len()
    }

    /// The root hash.
    pub fn root(&self) -> Hash {
        self.0.root().as_bytes().0
    }

    /// The hashes that prove that the leaf with an index, from 0, is in the tree. `None` when there is no such leaf.
    pub fn inclusion(&self, index: u64) -> Option<Vec<Hash>> {
        let place = usize::try_from(index).ok().filter(|_| index < self.size())?;
        Some(hashes(self.0.prove_inclusion(place).as_bytes()))
    }

    /// The hashes that prove that this tree grew from the tree of its first leaves. `None` when it is smaller than that.
    pub fn consistency(&self, first: u64) -> Option<Vec<Hash>> {
        let added = usize::try_from(self.size().checked_sub(first)?).ok()?;
        // Every tree grew from the empty one; the RFC has no proof for that.
        if first == 0 {
            return Some(Vec::new());
        }
        Some(hashes(self.0.prove_consistency(added).as_bytes()))
    }
}

/// Whether a proof shows that a leaf stands at an index, from 0, of the tree with this size and root.
pub fn included(leaf: &[u8], index: u64, proof: &[Hash], size: u64, root: &Hash) -> bool {
    // ct-merkle takes no larger trees.
    if size > u64::MAX / 2 {
        return false;
    }
    let proof = InclusionProof::<Sha256>::try_from_bytes(proof.concat());
    proof.is_ok_and(|proof| RootHash::new((*root).into(), size).verify_inclusion(&leaf, index, &proof).is_ok())
}

/// Whether a proof shows that the second tree grew from the first one. Trees are given by size and root.
pub fn consistent(first: (u64, &Hash), second: (u64, &Hash), proof: &[Hash]) -> bool {
    if first.0 == 0 {
        return proof.is_empty() && *first.1 == Tree::default().root();
    }
    let root = |(size, root): (u64, &Hash)| RootHash::<Sha256>::new((*root).into(), size);
    let proof = ConsistencyProof::<Sha256>::try_from_bytes(proof.concat());
    proof.is_ok_and(|proof| root(second).verify_consistency(&root(first), &proof).is_ok())
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.as_chunks::<32>().0.to_vec()
}
