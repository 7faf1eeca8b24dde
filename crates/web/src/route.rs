//! A route with who may use it. The router is made of these lists, so that no handler can be
//! mounted without its guard, and the test of refusals knows every one of them.

use axum::routing::MethodRouter;
use lightcase_model::Permission;

use crate::state::Web;

/// Who may use a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever has this permission.
    Needs(Permission),
    /// The visitor of a share, before and after the notice was accepted.
    Visitor,
}

/// One method of one path.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "the test of refusals asks by it"))]
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) handler: fn() -> MethodRouter<Web>,
}

/// `[Access] method "path" => handler;` for each route of a list.
macro_rules! routes {
    ($($access:expr, $method:ident $path:literal => $handler:path;)*) => {
        &[$($crate::route::Route {
            method: stringify!($method),
            path: $path,
            access: $access,
            handler: || axum::routing::$method($handler),
        },)*]
    };
}
pub(crate) use routes;
