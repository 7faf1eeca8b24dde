//! Everything that a database holds, as somebody reads it who has its password or its key.

use std::fmt::Write as _;
use std::path::Path;

use lightcase_storage::{KeyRing, SecretName};
use lightcase_testkit::servers::Database;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, SqliteConnection};

use crate::house::House;

/// A table, whole.
pub(crate) struct Table {
    pub(crate) name: String,
    /// Its cells, as the engine prints them.
    pub(crate) text: String,
    /// The bytes of its binary cells.
    pub(crate) bytes: Vec<u8>,
}

/// All tables; those of the embedded database when the server has stopped.
pub(crate) async fn tables(house: &House) -> Vec<Table> {
    match &house.database {
        Some(database) => production(database),
        None => embedded(&house.server.data_dir()).await,
    }
}

fn production(database: &Database) -> Vec<Table> {
    let query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    let names = database.execute(query).unwrap();
    let table = |name: &str| {
        let text = database.execute(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let binary = text.split(['|', '\n']).filter_map(|cell| cell.strip_prefix("\\x"));
        let bytes = binary.flat_map(unhex).collect();
        Table { name: name.to_owned(), text, bytes }
    };
    names.lines().map(table).collect()
}

/// Opened as the program itself does it: the root key unwraps the key of the file.
async fn embedded(data: &Path) -> Vec<Table> {
    let ring = KeyRing::open_or_create(&data.join("keys/root.key"), None).unwrap();
    let key = ring.secret(&SecretName::parse("sqlite").unwrap()).await.unwrap();
    let mut hex = String::new();
    for byte in key.iter() {
        write!(hex, "{byte:02x}").unwrap();
    }
    let options = SqliteConnectOptions::new()
        .filename(data.join("lightcase.db"))
        .pragma("key", format!("\"x'{hex}'\""));
    let mut connection = options.connect().await.unwrap();
    let names = "SELECT name FROM sqlite_master WHERE type = 'table'".to_owned();
    let mut tables = Vec::new();
    for name in texts(&mut connection, names).await {
        let columns = format!("SELECT name FROM pragma_table_info('{name}')");
        let cells: Vec<String> = texts(&mut connection, columns)
            .await
            .iter()
            .map(|column| format!("quote(\"{column}\")"))
            .collect();
        let rows = format!("SELECT {} FROM \"{name}\"", cells.join(" || char(10) || "));
        let rows = texts(&mut connection, rows).await;
        let binary = rows.iter().flat_map(|row| row.lines()).filter_map(|cell| {
            let digits = cell.strip_prefix("X'")?.strip_suffix('\'')?;
            Some(unhex(digits))
        });
        let bytes = binary.flatten().collect();
        // Within quotes a quote is written twice.
        tables.push(Table { name, text: rows.join("\n").replace("''", "'"), bytes });
    }
    connection.close().await.unwrap();
    tables
}

async fn texts(connection: &mut SqliteConnection, sql: String) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(connection).await.unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks_exact(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap_or_default())
        .collect()
}
