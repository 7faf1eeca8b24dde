//! `audit`: the ledger as JSON lines.

use std::process::ExitCode;

use lightcase_audit::Event;
use lightcase_catalog::AuditFilter;

use crate::cli::Audit;
use crate::house::House;
use crate::output;

pub(crate) async fn run(house: &House, command: Audit) -> anyhow::Result<ExitCode> {
    let Audit::List { limit, event } = command;
    let filter = AuditFilter { event, limit, ..AuditFilter::default() };
    let rows = house.catalog.audit(&filter).await?;
    let records = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    for row in rows {
        let canonical = String::from_utf8_lossy(&row.record.canonical()).into_owned();
        output::line(&canonical);
    }
    house.catalog.record(&house.operator(), Event::AuditRead { report: "list", records }).await?;
    Ok(ExitCode::SUCCESS)
}
