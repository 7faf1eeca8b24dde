//! The description of the API, made from the handlers.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

use crate::problem::{Answer, Problem, ProblemDetails};
use crate::route::{Access, Route, routes};
use crate::{api, dicomweb, health, share};

pub(crate) const ROUTES: &[Route] = routes! {
    Access::Public, get "/api/openapi.json" => description;
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lightcase",
        description = "Errors are application/problem+json (RFC 9457). Changes need the header \
            X-Lightcase: 1 and come from the same origin. Staff prove themselves by a session \
            cookie or `Authorization: Bearer lc_…`."
    ),
    components(schemas(ProblemDetails<'static>)),
    paths(
        api::session::current,
        api::session::sign_in,
        api::session::sign_out,
        api::session::change_password,
        api::setup::set_up,
        api::system::system,
        api::system::echo,
        api::worklist::worklist,
        api::withdrawal::withdraw,
        api::withdrawal::restore,
        api::completeness::completeness,
        api::refusals::refusals,
        api::refusals::one,
        api::refusals::object,
        api::refusals::redrive,
        api::refusals::discard,
        api::imports::import,
        api::shares::create::create,
        api::shares::create::preview,
        api::shares::list::list,
        api::shares::list::one,
        api::shares::change::extend,
        api::shares::change::resend,
        api::shares::change::revoke,
        api::shares::change::recall,
        api::shares::alerts::list,
        api::shares::alerts::seen,
        api::shares::alerts::address,
        api::shares::alerts::set_address,
        api::authorisations::list,
        api::authorisations::record,
        api::authorisations::one,
        api::authorisations::change,
        api::authorisations::revoke,
        api::authorisation_form::attach,
        api::authorisation_form::bytes,
        api::authorisations::export,
        api::users::list,
        api::users::add,
        api::users::change,
        api::peers::list,
        api::peers::add,
        api::peers::remove,
        api::peers::newcomers,
        api::peers::allow,
        api::projects::list,
        api::projects::studies,
        api::projects::certificate,
        api::projects::reidentify,
        api::policies::list,
        api::policies::set,
        api::policies::clear,
        api::reviews::list,
        api::reviews::approve,
        api::reviews::reject,
        api::tokens::list,
        api::tokens::create,
        api::tokens::revoke,
        share::open::open,
        share::view::view,
        share::notice::accept,
        share::download::download,
        share::session::leave,
        dicomweb::qido::studies,
        dicomweb::qido::series,
        dicomweb::qido::instances,
        dicomweb::metadata::metadata,
        dicomweb::stow::store,
        dicomweb::retrieve::retrieve,
        dicomweb::frames::frames,
        dicomweb::rendered::rendered,
        dicomweb::thumbnail::thumbnail,
        dicomweb::bulkdata::bulkdata,
        health::alive,
        health::ready,
    )
)]
struct Description;

async fn description() -> Answer<Response> {
    let text = Description::openapi().to_json().map_err(Problem::internal)?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")];
    Ok((headers, text).into_response())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    use super::*;

    /// With `LIGHTCASE_UPDATE_OPENAPI=1` the file is written instead.
    #[test]
    fn the_file_is_fresh_and_names_every_route_of_the_api() {
        let mut text = Description::openapi().to_pretty_json().unwrap();
        text.push('\n');
        #[expect(clippy::disallowed_methods, reason = "a switch of this test alone")]
        if std::env::var("LIGHTCASE_UPDATE_OPENAPI").is_ok() {
            std::fs::write(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json"), &text).unwrap();
            return;
        }
        assert!(
            text == include_str!("../openapi.json"),
            "crates/web/openapi.json is stale: run this test with LIGHTCASE_UPDATE_OPENAPI=1"
        );
        let described: serde_json::Value = serde_json::from_str(&text).unwrap();
        let check = |prefix: &str, routes: &[Route]| {
            for route in routes {
                let path = format!("{prefix}{}", route.path);
                let method = &described["paths"][&path][route.method];
                assert!(method.is_object(), "{} {path} is not described", route.method);
            }
        };
        for list in api::LISTS {
            check("/api/v1", list);
        }
        check("", share::ROUTES);
        check("", health::ROUTES);
    }

    /// Of two types of one name, the description has the one that comes last.
    #[test]
    fn no_two_schemas_have_one_name() {
        let mut names = BTreeSet::new();
        let mut waiting = vec![PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                let inside = std::fs::read_dir(&path).unwrap();
                waiting.extend(inside.map(|entry| entry.unwrap().path()));
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for derived in text.split("ToSchema)]\n").skip(1) {
                let (_, declared) = derived
                    .lines()
                    .find_map(|line| {
                        line.split_once(" struct ").or_else(|| line.split_once(" enum "))
                    })
                    .unwrap();
                let name: String =
                    declared.chars().take_while(|each| each.is_alphanumeric()).collect();
                assert!(names.insert(name.clone()), "{name} is declared twice");
            }
        }
        assert!(names.len() > 80, "{names:?}");
    }
}
