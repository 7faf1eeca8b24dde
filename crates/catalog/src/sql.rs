//! SQL text with its bound values, built once for both engines.

/// A value to bind.
#[derive(Debug, Clone)]
pub(crate) enum Bind {
    Text(String),
    Int(i64),
    Bytes(Vec<u8>),
}

/// SQL text that grows together with its values. Text comes from literals of this crate only;
/// everything else is bound.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sql {
    text: String,
    binds: Vec<Bind>,
}

impl Sql {
    pub(crate) fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), binds: Vec::new() }
    }

    /// Appends a literal.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a placeholder for a value.
    pub(crate) fn bind(&mut self, value: Bind) -> &mut Self {
        self.binds.push(value);
        self.text.push('$');
        self.text.push_str(&self.binds.len().to_string());
        self
    }

    pub(crate) fn text(&mut self, value: impl Into<String>) -> &mut Self {
        self.bind(Bind::Text(value.into()))
    }

    pub(crate) fn int(&mut self, value: impl Into<i64>) -> &mut Self {
        self.bind(Bind::Int(value.into()))
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) -> &mut Self {
        self.bind(Bind::Bytes(value.to_vec()))
    }

    /// Appends `($1, $2, …)`; an empty list becomes `(NULL)`, which nothing equals.
    pub(crate) fn list(&mut self, values: impl IntoIterator<Item = Bind>) -> &mut Self {
        let mut separator = "(";
        let mut any = false;
        for value in values {
            self.push(separator);
            self.bind(value);
            separator = ", ";
            any = true;
        }
        self.push(if any { ")" } else { "(NULL)" })
    }

    /// Appends another statement's text and values; placeholders are numbered on.
    pub(crate) fn into_parts(self) -> (String, Vec<Bind>) {
        (self.text, self.binds)
    }
}

/// Makes the `sqlx` query of a [`Sql`], whatever the engine: `bound!(query_as::<_, Row>, sql)`.
macro_rules! bound {
    ($query:expr, $sql:expr) => {{
        let (text, binds) = $sql.into_parts();
        let mut query = $query(sqlx::AssertSqlSafe(text));
        for bind in binds {
            query = match bind {
                $crate::sql::Bind::Text(value) => query.bind(value),
                $crate::sql::Bind::Int(value) => query.bind(value),
                $crate::sql::Bind::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

/// `text` as a LIKE pattern that matches itself, with `\` as the escape character.
pub(crate) fn like_literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

/// A DICOM wild card (`*`, `?`; PS3.4 C.2.2.2.4) as a LIKE pattern.
pub(crate) fn like_wild_card(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    let mut last_any = false;
    for character in text.chars() {
        match character {
            // A run of stars means one: 10,000 of them must not make the engine backtrack.
            '*' if last_any => {}
            '*' => pattern.push('%'),
            '?' => pattern.push('_'),
            '%' | '_' | '\\' => {
                pattern.push('\\');
                pattern.push(character);
            }
            other => pattern.push(other),
        }
        last_any = character == '*';
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wild: &str, like: &str) {
        assert_eq!(like_wild_card(wild), like);
    }

    #[test]
    fn wild_cards_become_like_patterns() {
        check("DOE*", "DOE%");
        check("D?E", "D_E");
        check("100%_\\", "100\\%\\_\\\\");
        check(&"*".repeat(10_000), "%");
        assert_eq!(like_literal("a%b*"), "a\\%b*");
    }

    #[test]
    fn an_empty_list_matches_nothing() {
        let mut sql = Sql::new("x IN ");
        sql.list([]);
        assert_eq!(sql.into_parts().0, "x IN (NULL)");
        let mut sql = Sql::new("x IN ");
        sql.list([Bind::Int(1), Bind::Int(2)]);
        assert_eq!(sql.into_parts().0, "x IN ($1, $2)");
    }
}
