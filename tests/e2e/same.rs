//! What `lightcase deid` writes under a project's profile, key and issuer is what the archive holds of
//! the same objects: data sets, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use lightcase_catalog::{Catalog, Database, SqliteKey};
use lightcase_dataset::write_file_meta;
use lightcase_model::{ProjectName, SopClassUid, SopInstanceUid, Timestamp, TransferSyntaxUid};
use lightcase_storage::{KeyRing, SecretName};
use lightcase_testkit::phantom::{Instance, PATIENT_ISSUER, Study};
use serde_json::{Value, json};

use crate::caller::Caller;
use crate::corpus::sample::samples;
use crate::house::{Backend, House, write_private};
use crate::multipart::{OBJECTS, parts, split};
use crate::scu::{outgoing, send};

on_both!(phantoms_are_cleaned_alike);

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const RLE: &str = "1.2.840.10008.1.2.5";
/// Bytes of the pixels of a CT of these tests.
const PIXELS: usize = 64 * 64 * 2;
const ISSUER: &str = "Analytical Society";
/// The CT of these tests writes into its images, the MR does not.
const PROFILE: &str = "
name = 'same'
options = ['clean-pixel-data', 'clean-descriptors', 'retain-modified-dates', 'retain-device-identity']
[[device]]
manufacturer = 'Lightcase Phantoms'
model = 'Shepp-Logan'
rows = 64
columns = 64
regions = [[0, 0, 64, 8], [10, 20, 5, 5]]
";

/// An object as it is sent, and as a file.
struct Object {
    class: &'static str,
    instance: String,
    syntax: &'static str,
    data_set: Vec<u8>,
}

impl Object {
    fn of(instance: &Instance) -> Self {
        Self {
            class: instance.sop_class,
            instance: instance.sop_instance.clone(),
            syntax: EXPLICIT,
            data_set: instance.data_set.clone(),
        }
    }

    fn file(&self) -> Vec<u8> {
        let class = SopClassUid::parse(self.class).unwrap();
        let instance = SopInstanceUid::parse(&self.instance).unwrap();
        let syntax = TransferSyntaxUid::parse(self.syntax).unwrap();
        [write_file_meta(&class, &instance, &syntax), self.data_set.clone()].concat()
    }

    /// With its pixels in one frame of RLE Lossless; they stand last.
    fn compressed(self) -> Self {
        let (head, pixels) = self.data_set.split_at(self.data_set.len() - PIXELS);
        let frame = rle(pixels);
        let mut data_set = head[..head.len() - 12].to_vec();
        data_set.extend_from_slice(b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff");
        data_set.extend_from_slice(b"\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0");
        data_set.extend_from_slice(&u32::try_from(frame.len()).unwrap().to_le_bytes());
        data_set.extend_from_slice(&frame);
        data_set.extend_from_slice(b"\xfe\xff\xdd\xe0\0\0\0\0");
        Self { syntax: RLE, data_set, ..self }
    }

    /// Without Issuer of Patient ID.
    fn unissued(mut self) -> Self {
        let length = u16::try_from(PATIENT_ISSUER.len()).unwrap().to_le_bytes();
        let head = [&b"\x10\0\x21\0LO"[..], &length[..], PATIENT_ISSUER.as_bytes()].concat();
        let at = self.data_set.windows(head.len()).position(|part| part == head).unwrap();
        self.data_set.drain(at..at + head.len());
        self
    }

    /// With an Image Type that is not known to be safe.
    fn doubtful(mut self) -> Self {
        let (known, other) = (b"PRIMARY\\OTHER", b"PRIMARY\\QWXYZ");
        let at = self.data_set.windows(known.len()).position(|part| part == known).unwrap();
        self.data_set[at..at + other.len()].copy_from_slice(other);
        self
    }
}

/// A frame of 16 bits, PS3.5 annex G: two segments of literal runs, the high bytes first.
fn rle(pixels: &[u8]) -> Vec<u8> {
    let segment = |from: usize| {
        let plane: Vec<u8> = pixels.iter().skip(from).step_by(2).copied().collect();
        let mut segment = Vec::new();
        for run in plane.chunks(128) {
            segment.push(u8::try_from(run.len() - 1).unwrap());
            segment.extend_from_slice(run);
        }
        assert!(segment.len().is_multiple_of(2));
        segment
    };
    let (high, low) = (segment(1), segment(0));
    let mut head = [0_u32; 16];
    head[..3].copy_from_slice(&[2, 64, 64 + u32::try_from(high.len()).unwrap()]);
    let head: Vec<u8> = head.iter().flat_map(|number| number.to_le_bytes()).collect();
    [head, high, low].concat()
}

/// The key of a project. No command tells it, so that it is read as the program itself does.
async fn key(house: &House, project: &str) -> String {
    let data = house.server.data_dir();
    let ring = KeyRing::open_or_create(&data.join("keys/root.key"), None).unwrap();
    let database = if let Some(database) = &house.database {
        Database::Postgres { url: database.url.clone(), migrate_url: None }
    } else {
        let key = ring.secret(&SecretName::parse("sqlite").unwrap()).await.unwrap();
        Database::Sqlite { path: data.join("lightcase.db"), key: SqliteKey(key) }
    };
    let catalog = Catalog::open(&database, Arc::new(ring)).await.unwrap();
    let project = catalog.project(&ProjectName::parse(project).unwrap()).await.unwrap().unwrap();
    let key = catalog.project_key(project.id, Timestamp::from_micros(0)).await.unwrap();
    catalog.close().await;
    let mut digits = String::new();
    for byte in key.iter() {
        write!(digits, "{byte:02x}").unwrap();
    }
    digits
}

/// The places of a run: `in`, `out` and what belongs to it, and the key of the project.
struct Place(tempfile::TempDir);

impl Place {
    async fn new(house: &House, project: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("in")).unwrap();
        write_private(&folder.path().join("key"), key(house, project).await.as_bytes());
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    /// Cleans what lies in `in`; the certificate.
    fn deid(&self, house: &House, out: &str, words: &[&str]) -> Value {
        let (from, to, key) = (self.path("in"), self.path(out), self.path("key"));
        let paths = ["--json", &from, &to, "--key", &key];
        house.ask_leniently("deid", &[&paths[..], words].concat())
    }

    /// The copies in a folder, by their places, which are those below a DICOMweb base.
    fn copies(&self, name: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.0.path().join(name);
        let below = |folder: &Path| -> Vec<PathBuf> {
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
        };
        let mut copies = BTreeMap::new();
        let studies = below(&root).into_iter().filter(|path| path.is_dir());
        for file in studies.flat_map(|study| below(&study)).flat_map(|series| below(&series)) {
            let place = file.strip_prefix(&root).unwrap().with_extension("");
            let uids: Vec<&str> = place.to_str().unwrap().split('/').collect();
            let [study, series, instance] = uids[..] else { panic!("{uids:?}") };
            let place = format!("studies/{study}/series/{series}/instances/{instance}");
            copies.insert(place, std::fs::read(&file).unwrap());
        }
        copies
    }

    /// Checks that a folder has the data sets that are held at a DICOMweb base; how many they are.
    async fn check(&self, name: &str, (caller, base): (&Caller, &str)) -> usize {
        let copies = self.copies(name);
        let listed = caller.get_json(&format!("{base}/instances")).await;
        assert_eq!(listed.as_array().unwrap().len(), copies.len(), "{base}");
        for (place, written) in &copies {
            let reply = caller.get(&format!("{base}/{place}"), OBJECTS).await;
            assert_eq!(reply.status, 200, "{place}: {}", reply.text());
            let [held] = <[Vec<u8>; 1]>::try_from(parts(&reply)).unwrap();
            assert!(split(&held).1 == split(written).1, "{place}");
        }
        copies.len()
    }

    /// Both what left and what waits; how many they are.
    async fn check_both(&self, house: &House) -> (usize, usize) {
        let (researcher, privacy) =
            (house.signed_in("researcher").await, house.signed_in("privacy").await);
        let released = self.check("out", (&researcher, "/projects/lung/dicom-web")).await;
        let held = self.check("out.quarantine", (&privacy, "/review/lung/dicom-web")).await;
        (released, held)
    }
}

async fn phantoms_are_cleaned_alike(house: House) {
    let folder = tempfile::tempdir().unwrap();
    let profile = folder.path().join("profile.toml");
    write_private(&profile, PROFILE.as_bytes());
    let profile = profile.to_str().unwrap();
    house.server.run("project add", &["lung", "--profile", profile], "").unwrap();
    house.server.run("policy set", &["ae:SCU", "clean:lung"], "").unwrap();
    house.server.run("peer add", &["SCU", "127.0.0.1", "--issuer", ISSUER], "").unwrap();

    let place = Place::new(&house, "lung").await;
    let (ct, unissued, mr) = (Study::ct_of(1, 3, 64), Study::ct_of(2, 2, 64), Study::mr_of(3, 1));
    let mut objects: Vec<Object> =
        ct.instances().chain(mr.instances()).map(|one| Object::of(&one)).collect();
    objects.extend(unissued.instances().map(|one| Object::of(&one).unissued()));
    let first = objects.remove(0);
    objects.push(first.compressed());
    let mr = objects.remove(2);
    objects.push(mr.doubtful());
    for (number, object) in objects.iter().enumerate() {
        write_private(Path::new(&place.path(&format!("in/{number}.dcm"))), &object.file());
        let (class, instance) = (object.class, &object.instance);
        let sent = outgoing(class, instance, object.syntax, object.data_set.clone());
        assert_eq!(send(&house.server, sent).await, 0, "{number}");
    }

    let words = ["--profile", profile, "--issuer", ISSUER];
    let certificate = place.deid(&house, "out", &words);
    assert_eq!(certificate["refused"], json!({}), "{certificate}");
    assert_eq!((&certificate["released"], &certificate["held"]), (&json!(8), &json!(1)));
    let cleaned = certificate["objects"].as_array().unwrap().iter();
    let blanked = cleaned.filter(|object| object["blanked"].as_array().unwrap().len() == 2);
    assert_eq!(blanked.count(), 5, "each CT");
    assert_eq!(place.check_both(&house).await, (8, 1));

    // Under no issuer, a patient of whom nothing names one is another one.
    place.deid(&house, "none", &words[..2]);
    let (named, none) = (place.copies("out"), place.copies("none"));
    let others: BTreeSet<&String> = named
        .iter()
        .filter(|(place, copy)| none[*place] != **copy)
        .map(|(place, _)| place)
        .collect();
    assert_eq!((named.len(), none.len(), others.len()), (8, 8, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_many_transfer_syntaxes_are_cleaned_alike() {
    let Some(samples) = samples("cleaning the corpus alike") else { return };
    let Some(house) = House::start(Backend::Embedded) else { return };
    house.server.run("project add", &["lung"], "").unwrap();
    house.server.run("policy set", &["import", "clean:lung"], "").unwrap();
    let place = Place::new(&house, "lung").await;
    // Of variants of one object only one is taken, and not by both the same.
    let mut seen = BTreeSet::new();
    let samples = samples.into_iter().filter(|one| one.path.starts_with("generated/syntax/"));
    for sample in samples.filter(|one| seen.insert(one.instance.clone())) {
        let name = sample.path.replace('/', "-");
        std::fs::copy(&sample.file, place.path(&format!("in/{name}"))).unwrap();
    }
    house.import_folder(Path::new(&place.path("in")));
    place.deid(&house, "out", &[]);
    let (released, held) = place.check_both(&house).await;
    assert!(released > 0 && held > 0 && released + held > 12, "{released} {held}");
}
