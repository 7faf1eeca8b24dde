//! `review`: clean copies that somebody must look at before they may leave.

use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use lightcase_accounts::Principal;
use lightcase_deident::Region;
use lightcase_model::{ProjectName, ReviewId};

use crate::cli;
use crate::house::House;
use crate::output;

pub(crate) async fn run(
    house: &House,
    command: cli::Review,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let (ctx, by) = (house.operator(), Principal::operator().name);
    match command {
        cli::Review::List { project } => {
            let project = project.map(|name| ProjectName::parse(&name)).transpose()?;
            list(house, project.as_ref(), json).await?;
        }
        cli::Review::Approve { id, regions, reason } => {
            let id = read(&id)?;
            let regions =
                regions.iter().map(|text| region(text)).collect::<anyhow::Result<Vec<_>>>()?;
            let approved = house.archive.approve(&ctx, id, &by, (&regions, &reason)).await;
            approved.with_context(|| format!("{id} was not approved"))?;
            output::line(&format!("{id} lies with its project now"));
        }
        cli::Review::Reject { id, reason } => {
            let id = read(&id)?;
            let rejected = house.archive.reject(&ctx, id, &by, &reason).await;
            rejected.with_context(|| format!("{id} was not rejected"))?;
            output::line(&format!("{id} is removed"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn read(id: &str) -> anyhow::Result<ReviewId> {
    id.parse().map_err(|error| anyhow!("{id:?} is {error}"))
}

/// `X,Y,WIDTH,HEIGHT`.
pub(super) fn region(text: &str) -> anyhow::Result<Region> {
    let numbers: Option<Vec<u32>> =
        text.split(',').map(|number| number.trim().parse().ok()).collect();
    let numbers = numbers.and_then(|numbers| <[u32; 4]>::try_from(numbers).ok());
    numbers.map(Region::from).with_context(|| format!("{text:?} is not X,Y,WIDTH,HEIGHT"))
}

async fn list(house: &House, project: Option<&ProjectName>, json: bool) -> anyhow::Result<()> {
    let reviews = house.archive.reviews(project).await?;
    if json {
        let reviews: Vec<_> = reviews
            .iter()
            .map(|review| {
                serde_json::json!({
                    "id": review.object.id.to_string(), "project": review.project,
                    "studyUid": review.object.study_uid, "seriesUid": review.object.series_uid,
                    "sopInstanceUid": review.object.sop_uid,
                    "modality": review.pixels.modality, "rows": review.pixels.pixel_rows,
                    "columns": review.pixels.pixel_columns, "frames": review.pixels.frames,
                    "because": review.because, "regions": review.regions,
                    "at": review.object.at.to_string(),
                })
            })
            .collect();
        output::json(&serde_json::json!({ "reviews": reviews }));
        return Ok(());
    }
    let rows: Vec<Vec<String>> = reviews
        .iter()
        .map(|review| {
            vec![
                review.object.id.to_string(),
                review.project.to_string(),
                review.pixels.modality.clone(),
                format!("{}x{}", review.pixels.pixel_columns, review.pixels.pixel_rows),
                review.because.join("; "),
            ]
        })
        .collect();
    output::table(&["ID", "PROJECT", "MODALITY", "SIZE", "HELD BECAUSE"], &rows);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_four_numbers() {
        assert_eq!(region("1, 2,30,4").unwrap(), Region { x: 1, y: 2, width: 30, height: 4 });
        for wrong in ["", "1,2,3", "1,2,3,4,5", "1,2,3,-4", "a,b,c,d"] {
            assert!(region(wrong).is_err(), "{wrong}");
        }
    }
}
