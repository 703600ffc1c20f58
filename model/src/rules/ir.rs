//! The intermediate form all back ends share: a hash-consed graph of truth
//! nodes over atoms over numbers. It knows fields by id and holds no date:
//! the day judged comes in with [`super::dated::Dated`].

use rustc_hash::FxHashMap;

use crate::{
    catalogue::{FieldId, RelationId},
    domain::{Number, Tri},
};

/// Index of a truth node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// Index of an atom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AtomId(pub u32);

/// Index of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NumId(pub u32);

/// Whose field is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// The subject judged.
    Subject,
    /// The unit of the policy (a child, a hire).
    Unit,
    /// The member a quantifier is looking at.
    Member,
}

/// A field of somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldRef {
    /// Whose.
    pub scope: Scope,
    /// Which; always a stored field, derived ones are expanded.
    pub field: FieldId,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Op {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

impl Op {
    /// What it says about an ordering.
    #[must_use]
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        use std::cmp::Ordering::{Equal, Greater, Less};
        match self {
            Op::Equal => ordering == Equal,
            Op::NotEqual => ordering != Equal,
            Op::Less => ordering == Less,
            Op::AtMost => ordering != Greater,
            Op::Greater => ordering == Greater,
            Op::AtLeast => ordering != Less,
        }
    }

    /// The comparison with its sides exchanged.
    #[must_use]
    pub fn flipped(self) -> Op {
        match self {
            Op::Less => Op::Greater,
            Op::AtMost => Op::AtLeast,
            Op::Greater => Op::Less,
            Op::AtLeast => Op::AtMost,
            same => same,
        }
    }

    /// As written in CEL and SQL (`==` excepted there).
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Op::Equal => "==",
            Op::NotEqual => "!=",
            Op::Less => "<",
            Op::AtMost => "<=",
            Op::Greater => ">",
            Op::AtLeast => ">=",
        }
    }
}

/// A set of small numbers: positions in a code list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Mask(pub [u64; 4]);

impl Mask {
    /// Adds a position.
    pub fn insert(&mut self, position: u8) {
        self.0[usize::from(position >> 6)] |= 1 << (position & 63);
    }

    /// Whether the position is in it.
    #[must_use]
    pub fn contains(&self, position: u8) -> bool {
        self.0[usize::from(position >> 6)] >> (position & 63) & 1 == 1
    }

    /// Positions in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u8> + '_ {
        [0_u8, 64, 128, 192].into_iter().zip(self.0).flat_map(|(first, mut bits)| {
            std::iter::from_fn(move || {
                let next = u8::try_from(bits.trailing_zeros()).ok().filter(|_| bits != 0)?;
                bits &= bits - 1;
                Some(first + next)
            })
        })
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == [0; 4]
    }
}

/// A length of time back from the day judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// Calendar months; years are twelve of them.
    Months(i32),
    /// Days.
    Days(i32),
}

/// A numeric expression; dates are days since 1970-01-01.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Num {
    /// A whole-number, money or date field.
    Field(FieldRef),
    /// A fixed-point field, divided by 10^6.
    Decimal(FieldRef),
    /// A literal quotient, reduced.
    Literal(i128, i128),
    /// The day judged.
    AsOf,
    /// Sum.
    Add(NumId, NumId),
    /// Difference.
    Sub(NumId, NumId),
    /// Product.
    Mul(NumId, NumId),
    /// Quotient; without a divisor, or with zero, unknown.
    Div(NumId, NumId),
    /// The smaller.
    Min(NumId, NumId),
    /// The larger.
    Max(NumId, NumId),
    /// The largest whole number not above.
    Floor(NumId),
    /// One or the other; while the choice is unknown, known only where both agree.
    Choose(NodeId, NumId, NumId),
    /// A date moved by months, clamped to the month's end.
    AddMonths(NumId, NumId),
    /// Completed years from the date to the day judged.
    Years(NumId),
    /// Completed months from the date to the day judged.
    Months(NumId),
    /// Calendar year of a date.
    Year(NumId),
    /// Calendar month of a date.
    Month(NumId),
    /// A local parameter of the nearest ancestor of a region.
    Param {
        /// Its name.
        name: String,
        /// The region field.
        region: FieldRef,
        /// Whether the stored value is scaled by 10^6.
        decimal: bool,
    },
    /// How many facts.
    CountFacts(FieldRef, Mask, Option<Span>),
    /// Money over facts.
    SumFacts(FieldRef, Mask, Option<Span>),
    /// How many members, those that pass the filter.
    CountMembers(RelationId, Option<NodeId>),
    /// First day of the relation to a unit or member.
    Since(Scope),
    /// Last day of the relation to a unit or member.
    Until(Scope),
}

/// A test that is true, false or unknown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Atom {
    /// A comparison of numbers.
    Compare(Op, NumId, NumId),
    /// A yes-or-no field.
    Flag(FieldRef),
    /// A code in a set; codes in the second set cannot be told (no rank).
    Code(FieldRef, Mask, Mask),
    /// A region within another, by dense index.
    Within(FieldRef, u16),
    /// An industry (or any of a set of them) within one of the dense ranges.
    Industry(FieldRef, Vec<(u16, u16)>),
    /// A set that has one of the members.
    Has(FieldRef, Vec<u16>),
    /// Text that equals, or contains.
    Text(FieldRef, TextTest, String),
    /// Two fields with the same value.
    Same(FieldRef, FieldRef),
    /// A fact that holds on the day judged.
    Holds(FieldRef, Mask),
    /// A fact within the span up to the day judged, or ever.
    Had(FieldRef, Mask, Option<Span>),
    /// Some member for whom the body is true.
    Exists(RelationId, NodeId),
    /// No member for whom the body is false.
    All(RelationId, NodeId),
}

impl Atom {
    /// The fields it reads itself, not those within its numbers or its body.
    pub fn fields(&self) -> impl Iterator<Item = FieldRef> + use<> {
        let (first, second) = match self {
            Atom::Flag(field)
            | Atom::Code(field, ..)
            | Atom::Within(field, _)
            | Atom::Industry(field, _)
            | Atom::Has(field, _)
            | Atom::Text(field, ..)
            | Atom::Holds(field, _)
            | Atom::Had(field, ..) => (Some(*field), None),
            Atom::Same(left, right) => (Some(*left), Some(*right)),
            Atom::Compare(..) | Atom::Exists(..) | Atom::All(..) => (None, None),
        };
        first.into_iter().chain(second)
    }
}

/// What is asked of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextTest {
    /// The whole text.
    Equals,
    /// A part of it.
    Contains,
}

/// A three-valued truth expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Node {
    /// Decided at compile time.
    Const(Truth),
    /// An atom.
    Atom(AtomId),
    /// A clause that a person judges, by its number in the program.
    Manual(u32),
    /// Negation.
    Not(NodeId),
    /// Conjunction.
    And(Vec<NodeId>),
    /// Disjunction.
    Or(Vec<NodeId>),
    /// Choice (see [`Tri::choose`]).
    Choose(NodeId, NodeId, NodeId),
    /// At least so many of them.
    AtLeast(usize, Vec<NodeId>),
}

/// A hashable [`Tri`].
pub type Truth = Tri;

/// The graph. Equal expressions have equal ids.
#[derive(Debug, Default, Clone)]
pub struct Graph {
    nodes: Vec<Node>,
    manual: Vec<bool>,
    atoms: Vec<Atom>,
    nums: Vec<Num>,
    node_ids: FxHashMap<Node, NodeId>,
    atom_ids: FxHashMap<Atom, AtomId>,
    num_ids: FxHashMap<Num, NumId>,
}

#[expect(clippy::cast_possible_truncation, reason = "a graph has far fewer than 2^32 nodes")]
impl Graph {
    /// The node of an id of this graph.
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The atom of an id of this graph.
    #[must_use]
    pub fn atom(&self, id: AtomId) -> &Atom {
        &self.atoms[id.0 as usize]
    }

    /// The number of an id of this graph.
    #[must_use]
    pub fn num(&self, id: NumId) -> &Num {
        &self.nums[id.0 as usize]
    }

    /// Every atom, in the order of its id.
    #[must_use]
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Every number, in the order of its id.
    #[must_use]
    pub fn nums(&self) -> &[Num] {
        &self.nums
    }

    /// How many nodes there are.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// How many atoms there are.
    #[must_use]
    pub fn atom_count(&self) -> usize {
        self.atoms.len()
    }

    /// How many numbers there are.
    #[must_use]
    pub fn num_count(&self) -> usize {
        self.nums.len()
    }

    /// Whether a clause that a person judges stands under the node.
    #[must_use]
    pub fn has_manual(&self, id: NodeId) -> bool {
        self.manual[id.0 as usize]
    }

    /// Interns a number.
    pub fn intern_num(&mut self, num: Num) -> NumId {
        if let Some(id) = self.num_ids.get(&num) {
            return *id;
        }
        let id = NumId(self.nums.len() as u32);
        self.nums.push(num.clone());
        self.num_ids.insert(num, id);
        id
    }

    /// A literal; both parts reduced so that equal numbers have equal ids.
    pub fn literal(&mut self, value: Number) -> NumId {
        let divisor = gcd(value.num().unsigned_abs(), value.den().unsigned_abs());
        let divisor = i128::try_from(divisor).unwrap_or(1).max(1);
        self.intern_num(Num::Literal(value.num() / divisor, value.den() / divisor))
    }

    /// Interns an atom and gives the node that stands for it.
    pub fn intern_atom(&mut self, atom: Atom) -> NodeId {
        let id = if let Some(id) = self.atom_ids.get(&atom) {
            *id
        } else {
            let id = AtomId(self.atoms.len() as u32);
            self.atoms.push(atom.clone());
            self.atom_ids.insert(atom, id);
            id
        };
        self.intern(Node::Atom(id))
    }

    /// A constant.
    pub fn constant(&mut self, value: Tri) -> NodeId {
        self.intern(Node::Const(value))
    }

    /// Negation, with double negations removed.
    pub fn not(&mut self, id: NodeId) -> NodeId {
        match self.node(id) {
            Node::Not(inner) => *inner,
            Node::Const(value) => {
                let value = !*value;
                self.constant(value)
            }
            _ => self.intern(Node::Not(id)),
        }
    }

    /// Conjunction: flattened, without duplicates, cheap parts first.
    pub fn and(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.join(parts, Tri::False, Tri::True, |node| match node {
            Node::And(inner) => Some(inner),
            _ => None,
        })
    }

    /// Disjunction: flattened, without duplicates, cheap parts first.
    pub fn or(&mut self, parts: impl IntoIterator<Item = NodeId>) -> NodeId {
        self.join(parts, Tri::True, Tri::False, |node| match node {
            Node::Or(inner) => Some(inner),
            _ => None,
        })
    }

    /// Choice, folded where the condition is decided or the branches agree.
    pub fn choose(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId) -> NodeId {
        match self.node(condition) {
            Node::Const(Tri::True) => then,
            Node::Const(Tri::False) => otherwise,
            _ if then == otherwise => then,
            _ => self.intern(Node::Choose(condition, then, otherwise)),
        }
    }

    /// At least `count` of the parts.
    pub fn at_least(&mut self, count: usize, parts: Vec<NodeId>) -> NodeId {
        if count == 0 {
            return self.constant(Tri::True);
        }
        if count > parts.len() {
            return self.constant(Tri::False);
        }
        if count == parts.len() {
            return self.and(parts);
        }
        if count == 1 {
            return self.or(parts);
        }
        self.intern(Node::AtLeast(count, parts))
    }

    /// A clause that a person judges.
    pub fn manual(&mut self, number: u32) -> NodeId {
        self.intern(Node::Manual(number))
    }

    fn join(
        &mut self,
        parts: impl IntoIterator<Item = NodeId>,
        absorbing: Tri,
        neutral: Tri,
        inner: impl Fn(&Node) -> Option<&Vec<NodeId>>,
    ) -> NodeId {
        let mut flat: Vec<NodeId> = Vec::new();
        for part in parts {
            let members = match inner(self.node(part)) {
                Some(members) => members.clone(),
                None => vec![part],
            };
            for member in members {
                match self.node(member) {
                    Node::Const(value) if *value == absorbing => return member,
                    Node::Const(value) if *value == neutral => {}
                    _ if flat.contains(&member) => {}
                    _ => flat.push(member),
                }
            }
        }
        flat.sort_by_key(|id| (self.cost(*id), *id));
        match flat.as_slice() {
            [] => self.constant(neutral),
            [only] => *only,
            _ if absorbing == Tri::False => self.intern(Node::And(flat)),
            _ => self.intern(Node::Or(flat)),
        }
    }

    /// Rough cost of a node for one row, so that cheap parts go first: regions
    /// rule whole blocks out, member lists need another table.
    pub(crate) fn cost(&self, id: NodeId) -> u32 {
        match self.node(id) {
            Node::Const(_) | Node::Manual(_) => 0,
            Node::Not(inner) => self.cost(*inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                parts.iter().map(|part| self.cost(*part)).fold(10, u32::saturating_add)
            }
            Node::Choose(a, b, c) => {
                10 + self.cost(*a).saturating_add(self.cost(*b)).saturating_add(self.cost(*c))
            }
            Node::Atom(atom) => match self.atom(*atom) {
                Atom::Within(..) => 1,
                Atom::Flag(_) => 2,
                Atom::Code(..) => 3,
                Atom::Industry(..) => 4,
                Atom::Compare(..) => 6,
                Atom::Has(..) | Atom::Same(..) => 12,
                Atom::Text(..) => 30,
                Atom::Holds(..) | Atom::Had(..) => 40,
                Atom::Exists(..) | Atom::All(..) => 200,
            },
        }
    }

    fn intern(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.node_ids.get(&node) {
            return *id;
        }
        let manual = match &node {
            Node::Const(_) | Node::Atom(_) => false,
            Node::Manual(_) => true,
            Node::Not(inner) => self.has_manual(*inner),
            Node::And(parts) | Node::Or(parts) | Node::AtLeast(_, parts) => {
                parts.iter().any(|part| self.has_manual(*part))
            }
            Node::Choose(a, b, c) => [a, b, c].iter().any(|part| self.has_manual(**part)),
        };
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(node.clone());
        self.manual.push(manual);
        self.node_ids.insert(node, id);
        id
    }
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
