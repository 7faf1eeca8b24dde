//! JSON without fractions, written in one way only: RFC 8785.

use std::collections::BTreeMap;
use std::fmt;

/// A JSON value as events use it. There are no fractions, because their text differs between
/// writers; numbers are integers that every reader holds exactly (RFC 7493 section 2.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// An integer.
    Integer(Integer),
    /// A string.
    Text(String),
    /// An array.
    List(Vec<Json>),
    /// An object.
    Object(BTreeMap<String, Json>),
}

/// An integer between −(2⁵³−1) and 2⁵³−1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Integer(i64);

/// Why bytes are not [`Json`].
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// Not JSON at all.
    #[error("the text is not JSON")]
    Syntax(#[from] serde_json::Error),
    /// A fraction, or an integer beyond 2⁵³−1.
    #[error("the text has a number that is not an integer below 2^53")]
    Number,
}

impl Integer {
    const LIMIT: i64 = (1 << 53) - 1;

    /// The value.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl Json {
    /// An object of these members.
    pub(crate) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }

    /// An integer; beyond 2⁵³−1 its decimal text, as RFC 7493 section 2.2 advises.
    pub fn integer(value: impl Into<i128>) -> Self {
        let value = value.into();
        match i64::try_from(value) {
            Ok(small) if (-Integer::LIMIT..=Integer::LIMIT).contains(&small) => {
                Self::Integer(Integer(small))
            }
            Ok(_) | Err(_) => Self::Text(value.to_string()),
        }
    }

    /// Reads JSON. Of a name given twice the last counts; compare with [`Json::to_vec`] where the
    /// text itself matters.
    pub fn parse(text: &[u8]) -> Result<Self, JsonError> {
        serde_json::from_slice::<serde_json::Value>(text)?.try_into()
    }

    /// A member of an object.
    pub fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.get(name),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Text(_) | Self::List(_) => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The value of an integer.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(integer.get()),
            Self::Null | Self::Bool(_) | Self::Text(_) | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// The one encoding of RFC 8785: no white space, names sorted by UTF-16 code units.
    pub fn to_vec(&self) -> Vec<u8> {
        self.to_string().into_bytes()
    }
}

impl fmt::Display for Json {
    /// The one encoding of RFC 8785.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Integer(value) => write!(f, "{}", value.get()),
            Self::Text(text) => string(f, text),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    item.fmt(f)?;
                }
                f.write_str("]")
            }
            Self::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
                f.write_str("{")?;
                for (index, (name, value)) in sorted.into_iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { "," })?;
                    string(f, name)?;
                    f.write_str(":")?;
                    value.fmt(f)?;
                }
                f.write_str("}")
            }
        }
    }
}

/// A string as RFC 8785 section 3.2.2.2 writes it.
fn string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for character in text.chars() {
        match character {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\u{8}' => f.write_str("\\b")?,
            '\t' => f.write_str("\\t")?,
            '\n' => f.write_str("\\n")?,
            '\u{c}' => f.write_str("\\f")?,
            '\r' => f.write_str("\\r")?,
            '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(character))?,
            plain => fmt::Write::write_char(f, plain)?,
        }
    }
    f.write_str("\"")
}

impl TryFrom<serde_json::Value> for Json {
    type Error = JsonError;

    fn try_from(value: serde_json::Value) -> Result<Self, JsonError> {
        use serde_json::Value;
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(value),
            Value::Number(number) => match Self::integer(number.as_i64().ok_or(JsonError::Number)?)
            {
                integer @ Self::Integer(_) => integer,
                Self::Null | Self::Bool(_) | Self::Text(_) | Self::List(_) | Self::Object(_) => {
                    return Err(JsonError::Number);
                }
            },
            Value::String(text) => Self::Text(text),
            Value::Array(items) => {
                Self::List(items.into_iter().map(Self::try_from).collect::<Result<_, _>>()?)
            }
            Value::Object(members) => Self::Object(
                members
                    .into_iter()
                    .map(|(name, value)| Ok((name, Self::try_from(value)?)))
                    .collect::<Result<_, JsonError>>()?,
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(given: &str, expected: &str) {
        assert_eq!(Json::parse(given.as_bytes()).unwrap().to_string(), expected);
    }

    #[test]
    fn the_examples_of_rfc_8785_without_their_fractions() {
        // Section 3.2.2.
        check(
            r#"{ "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#,
            r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#,
        );
        // Section 3.2.3: the order of UTF-16 code units is not that of code points.
        check(
            r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
        );
    }

    #[test]
    fn only_exact_integers_are_numbers() {
        for refused in ["1.5", "1e2", "9007199254740992", "-9007199254740992", "1 2"] {
            assert!(Json::parse(refused.as_bytes()).is_err(), "{refused}");
        }
        check("9007199254740991", "9007199254740991");
        assert_eq!(Json::integer(1_u64 << 53), Json::Text("9007199254740992".to_owned()));
        assert_eq!(Json::integer(u64::MAX), Json::Text(u64::MAX.to_string()));
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            any::<i64>().prop_map(Json::integer),
            any::<String>().prop_map(Json::Text),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::List),
                prop::collection::btree_map(any::<String>(), inner, 0..5).prop_map(Json::Object),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_encoding_is_json_and_a_fixed_point(json in any_json()) {
            let once = json.to_vec();
            prop_assert_eq!(Json::parse(&once).unwrap().to_vec(), once);
        }

        #[test]
        fn strings_are_what_another_writer_makes_of_them(text: String) {
            prop_assert_eq!(Json::Text(text.clone()).to_string(), serde_json::to_string(&text).unwrap());
        }
    }
}
