//! `project`: de-identification projects, their studies, certificates, and the way back.

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use lightcase_archive::{ArchiveError, BASIC};
use lightcase_catalog::CatalogError;
use lightcase_model::{ProjectName, StudyUid};

use crate::cli;
use crate::house::House;
use crate::output;

pub(crate) async fn run(
    house: &House,
    command: cli::Project,
    json: bool,
) -> anyhow::Result<ExitCode> {
    match command {
        cli::Project::Add { name, profile } => {
            let name = ProjectName::parse(&name)?;
            let text = match profile {
                None => BASIC.to_owned(),
                Some(file) => std::fs::read_to_string(&file)
                    .with_context(|| format!("{} cannot be read", file.display()))?,
            };
            let made = house.archive.add_project(&house.operator(), name.clone(), text).await;
            if let Err(ArchiveError::Index(CatalogError::Taken(_))) = &made {
                bail!("there is a project {name} already; its profile and key never change");
            }
            made?;
            output::line(&format!("{name} is there; `lightcase policy set` fills it"));
        }
        cli::Project::List => list(house, json).await?,
        cli::Project::Studies { name } => studies(house, &name, json).await?,
        cli::Project::Copy { name, studies } => return copy(house, &name, &studies).await,
        cli::Project::Certificate { name, study } => {
            let (name, study) = (ProjectName::parse(&name)?, StudyUid::parse(&study)?);
            let made = house.archive.certificate(&house.operator(), &name, &study).await;
            let made = made.with_context(|| format!("{study} has no certificate in {name}"))?;
            output::json(&serde_json::to_value(&made)?);
        }
        cli::Project::Reidentify { name, study, reason } => {
            let (name, study) = (ProjectName::parse(&name)?, StudyUid::parse(&study)?);
            let ctx = house.operator();
            let told = house.archive.reidentify(&ctx, &name, &study, &reason).await;
            let told = told.with_context(|| format!("{study} of {name} was not re-identified"))?;
            output::json(&serde_json::to_value(&told)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(house: &House, json: bool) -> anyhow::Result<()> {
    let mut documents = Vec::new();
    let mut rows = Vec::new();
    let projects = house.catalog.projects().await?;
    for project in projects.into_iter().filter(|project| !project.lent) {
        let studies = house.catalog.clean_studies(project.id).await?;
        let waiting: i64 = studies.iter().map(|study| study.waiting).sum();
        documents.push(serde_json::json!({
            "name": project.name, "createdAt": project.created_at.to_string(),
            "studies": studies.len(), "waiting": waiting,
        }));
        rows.push(vec![
            project.name.to_string(),
            studies.len().to_string(),
            waiting.to_string(),
            project.created_at.to_string(),
        ]);
    }
    if json {
        output::json(&serde_json::json!({ "projects": documents }));
    } else {
        output::table(&["NAME", "STUDIES", "WAITING", "MADE"], &rows);
    }
    Ok(())
}

async fn studies(house: &House, name: &str, json: bool) -> anyhow::Result<()> {
    let project = house.archive.project(&ProjectName::parse(name)?).await?;
    let studies = house.catalog.clean_studies(project.id).await?;
    if json {
        let studies: Vec<_> = studies
            .iter()
            .map(|study| {
                serde_json::json!({
                    "studyUid": study.study_uid, "released": study.released,
                    "waiting": study.waiting, "approved": study.approved,
                    "rejected": study.rejected,
                })
            })
            .collect();
        output::json(&serde_json::json!({ "studies": studies }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = studies
        .into_iter()
        .map(|study| {
            let counts = [study.released, study.waiting, study.approved, study.rejected];
            std::iter::once(study.study_uid).chain(counts.map(|count| count.to_string())).collect()
        })
        .collect();
    output::table(&["STUDY", "RELEASED", "WAITING", "APPROVED", "REJECTED"], &rows);
    Ok(())
}

async fn copy(house: &House, name: &str, studies: &[String]) -> anyhow::Result<ExitCode> {
    let name = ProjectName::parse(name)?;
    let ctx = house.operator();
    for study in studies {
        let study = StudyUid::parse(study)?;
        let ordered = house.archive.order_copies(&ctx, &name, &study).await;
        let ordered = ordered.with_context(|| format!("no copy of {study} was ordered"))?;
        output::line(&format!("{ordered} copies of {study} were ordered"));
    }
    let (mut made, mut refused) = (0_u64, 0_u64);
    loop {
        let Some(copied) = Box::pin(house.archive.make_copies(&ctx, &|| false)).await? else {
            output::line("the running server makes them");
            return Ok(ExitCode::SUCCESS);
        };
        made = made.saturating_add(copied.made);
        refused = refused.saturating_add(copied.refused);
        if copied.made == 0 && copied.refused == 0 {
            break;
        }
    }
    output::line(&format!("{made} were made, {refused} cannot be"));
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
