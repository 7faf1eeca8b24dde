//! Files of the corpus that its index says can be stored.

use std::path::{Path, PathBuf};

use lightcase_dataset::{Limits, Part10Prefix, Scanner, TransferSyntax};

/// One file.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    /// As in the index.
    pub(crate) path: String,
    pub(crate) file: PathBuf,
    /// As its data set says, else its file meta information.
    pub(crate) class: Option<String>,
    pub(crate) instance: Option<String>,
    pub(crate) syntax: String,
    /// Where the data set begins.
    pub(crate) offset: usize,
}

impl Sample {
    fn read(root: &Path, path: &str) -> Self {
        Self { path: path.to_owned(), ..Self::of_file(&root.join(path)) }
    }

    /// A file from anywhere.
    pub(crate) fn of_file(file: &Path) -> Self {
        let bytes = std::fs::read(file).unwrap();
        let mut prefix = Part10Prefix::new();
        let meta = prefix.push(&bytes).and_then(|meta| meta.map_or_else(|| prefix.finish(), Ok));
        let Ok(meta) = meta else {
            let (class, instance, syntax) = (None, None, String::new());
            let (path, file) = (String::new(), file.to_owned());
            return Self { path, file, class, instance, syntax, offset: 0 };
        };
        let offset = usize::try_from(meta.meta_len).unwrap();
        let mut scanner =
            Scanner::new(&TransferSyntax::of(&meta.transfer_syntax), Limits::default());
        // One that is damaged further on has said who it is before.
        drop(scanner.push(&bytes[offset..]));
        let identity = scanner.identity();
        let class = identity.map(|identity| identity.sop_class.to_string());
        let instance = identity.map(|identity| identity.sop_instance.to_string());
        Self {
            path: String::new(),
            file: file.to_owned(),
            class: class.or_else(|| meta.sop_class.map(|uid| uid.to_string())),
            instance: instance.or_else(|| meta.sop_instance.map(|uid| uid.to_string())),
            syntax: meta.transfer_syntax.to_string(),
            offset,
        }
    }

    pub(crate) fn data_set(&self) -> Vec<u8> {
        std::fs::read(&self.file).unwrap().split_off(self.offset)
    }
}

/// All samples, in the order of the index; `None`, said so, where there is no corpus.
pub(crate) fn samples(test: &str) -> Option<Vec<Sample>> {
    let Some(root) = environment("LIGHTCASE_CORPUS") else {
        assert!(environment("LIGHTCASE_REQUIRE_CORPUS").is_none(), "{test} needs LIGHTCASE_CORPUS");
        println!("skipped: {test} needs LIGHTCASE_CORPUS");
        return None;
    };
    let root = Path::new(&root).join("public");
    let index = std::fs::read_to_string(root.join("index.csv")).unwrap();
    let rows: Vec<Vec<String>> = index.lines().map(cells).collect();
    assert_eq!(rows[0].first().unwrap(), "path");
    assert_eq!(rows[0].last().unwrap(), "expected");
    let good = rows.iter().filter(|row| row.last().unwrap().starts_with("store ok"));
    let samples: Vec<_> = good.map(|row| Sample::read(&root, &row[0])).collect();
    assert!(samples.len() > 500, "{}", samples.len());
    Some(samples)
}

/// One line of RFC 4180; no cell of the index has a line break.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for character in line.chars() {
        match character {
            // A doubled quote closes and opens, and leaves itself out: no cell that matters has one.
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            _ => cells.last_mut().unwrap().push(character),
        }
    }
    cells
}

#[expect(clippy::disallowed_methods, reason = "tests are told of the corpus by the environment")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
