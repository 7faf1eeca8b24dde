//! The house: keys, catalog, store, archive, accounts and shares, wired from a configuration.
//! Both the server and the subcommands live in it, also at the same time.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use futures::StreamExt as _;
use lightcase_accounts::Accounts;
use lightcase_archive::{Archive, Parts};
use lightcase_catalog::{Catalog, Database, SqliteKey};
use lightcase_codec::{Codec, Options, WorkerCommand};
use lightcase_model::{Actor, Clock, Ctx, Origin};
use lightcase_share::Shares;
use lightcase_storage::{KeyRing, SecretName, Store, Vault, WrappedKey};
use url::Url;

use crate::clock;
use crate::config::{Config, DatabaseChoice};
use crate::init::{self, Layout};

/// Everything wired.
pub(crate) struct House {
    pub(crate) layout: Layout,
    pub(crate) clock: Clock,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) archive: Archive,
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) shares: Arc<Shares>,
}

impl House {
    /// Opens everything; on first start makes the data directory, the root key and the database.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        let layout = Layout::prepare(&config.data_dir)?;
        let clock = clock::system();
        let folder = match &config.storage {
            None => Some(layout.objects()),
            Some(url) => Url::parse(url).ok().and_then(|url| url.to_file_path().ok()),
        };
        let store = match &config.storage {
            None => {
                Store::folder(&layout.objects()).context("the object store cannot be opened")?
            }
            Some(url) => Store::from_url(url, &config.store_options.0).context("storage.url")?,
        };
        let mut store = store.full_at(config.full_at);
        if matches!(config.database, DatabaseChoice::Embedded) {
            store = store.watching(&config.data_dir);
        }
        let first = !config.root_key.exists();
        if first
            && matches!(config.database, DatabaseChoice::Embedded)
            && layout.database().exists()
        {
            bail!(missing(config));
        }
        let ring = KeyRing::open_or_create(&config.root_key, folder.as_deref())
            .context("the root key cannot be used")?;
        let ring = Arc::new(ring);
        let vault = Vault::new(store);
        // A root key just made fits an archive only if that is new, too.
        if first && let Some(held) = sealed_key(&vault).await? {
            fits(config, &ring, &held, first)?;
        }
        let database = database(config, &layout, &ring).await?;
        let catalog = Catalog::open(&database, Arc::clone(&ring))
            .await
            .context("the database cannot be opened")?;
        if let Some(held) = catalog.any_wrapped_key().await? {
            fits(config, &ring, &held, first)?;
        }
        let catalog = Arc::new(catalog);
        let archive = Archive::new(Parts {
            catalog: Arc::clone(&catalog),
            vault,
            ring: Arc::clone(&ring),
            codec: Codec::new(worker()?, Options::default()),
            clock: clock.clone(),
            policy: config.policy.clone(),
        })
        .limited_to(config.study_limit);
        let accounts = Arc::new(Accounts::new(Arc::clone(&catalog)));
        Ok(Self {
            layout,
            clock,
            shares: Arc::new(
                Shares::new(archive.clone(), Arc::clone(&accounts)).with_mail(config.mail.clone()),
            ),
            accounts,
            ring,
            catalog,
            archive,
        })
    }

    /// A context of somebody at the command line.
    pub(crate) fn operator(&self) -> Ctx {
        Ctx::new(Actor::Operator, Origin::Local, self.clock.now())
    }
}

/// A wrapped key that lies beside the blobs, if there is any.
async fn sealed_key(vault: &Vault) -> anyhow::Result<Option<WrappedKey>> {
    let Some(id) = vault.key_records().next().await else { return Ok(None) };
    let id = id.context("the object store does not answer")?;
    Ok(Some(vault.key_record(id).await.context("the object store does not answer")?))
}

/// Refuses a root key that is not the one the archive was sealed with. One that was made just now
/// is taken away again, so that it cannot be mistaken for the true one.
fn fits(config: &Config, ring: &KeyRing, held: &WrappedKey, first: bool) -> anyhow::Result<()> {
    if held.root_key().context("a wrapped key")? == ring.root_key() {
        return Ok(());
    }
    if first {
        init::remove(&config.root_key)?;
        bail!(missing(config));
    }
    bail!(
        "{} is not the root key of this archive: what is stored was sealed under another one; put \
         that one back",
        config.root_key.display()
    )
}

fn missing(config: &Config) -> String {
    format!(
        "the root key {} is missing, and this archive holds what only it opens; put it back (is \
         its disk mounted?)",
        config.root_key.display()
    )
}

async fn database(config: &Config, layout: &Layout, ring: &KeyRing) -> anyhow::Result<Database> {
    Ok(match &config.database {
        DatabaseChoice::Embedded => {
            let name = SecretName::parse("sqlite").context("the name of the database key")?;
            let key = ring.secret(&name).await.context("the database key cannot be opened")?;
            Database::Sqlite { path: layout.database(), key: SqliteKey(key) }
        }
        DatabaseChoice::Postgres { url, migrate_url } => {
            Database::Postgres { url: url.clone(), migrate_url: migrate_url.clone() }
        }
    })
}

/// Decoders run in this same program, started again with nothing but their command.
pub(crate) fn worker() -> anyhow::Result<WorkerCommand> {
    let program: PathBuf = std::env::current_exe().context("the path of this program")?;
    Ok(WorkerCommand { program, arguments: vec!["codec-worker".into()] })
}
