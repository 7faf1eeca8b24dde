//! A ZIP archive: each of its files as an object. Archives in it are not opened.

use lightcase_archive::{Unzip, ZipContent, ZipEntry, ZipLimits};

use super::Run;

impl Run<'_> {
    /// Takes what is in an archive, and says where it has to stop.
    pub(super) async fn take_zip(&mut self, label: &str, file: tokio::fs::File) {
        let file = file.into_std().await;
        let mut archive = match Unzip::open(file, ZipLimits::default()) {
            Ok(archive) => archive,
            Err(error) => return self.tally.refuse(label.to_owned(), "Archive", error.to_string()),
        };
        self.bar.inc_length(archive.left());
        loop {
            match archive.next_entry() {
                Ok(Some(entry)) => self.take_entry(label, entry).await,
                Ok(None) => return,
                Err(error) => {
                    let label = format!("{label}, and what follows in it");
                    return self.tally.refuse(label, "Archive", error.to_string());
                }
            }
            self.bar.inc(1);
        }
    }

    async fn take_entry(&mut self, archive: &str, entry: ZipEntry) {
        let label = format!("{archive}: {}", entry.name.expose());
        match entry.content {
            ZipContent::Folder => {}
            ZipContent::Refused(why) => self.tally.refuse(label, "Archive", why.to_owned()),
            ZipContent::File(content) => {
                self.object(label, entry.name, content.into_stream()).await;
            }
        }
    }
}
