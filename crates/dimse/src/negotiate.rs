//! The choice of presentation contexts, PS3.8 section 7.1.1.13: pure, so that it can be read and
//! tested alone.

use std::collections::{BTreeMap, BTreeSet};

use dicom_ul::pdu::{
    AssociationAC, AssociationRQ, PresentationContextProposed, PresentationContextResult,
    PresentationContextResultReason as Reason, RequestorRoles, UserVariableItem,
};
use lightcase_model::{TransferSyntaxUid, Uid};

use crate::syntax::{
    APPLICATION_CONTEXT, IMPLEMENTATION_CLASS_UID, IMPLEMENTATION_VERSION_NAME,
    IMPLICIT_VR_LITTLE_ENDIAN,
};
use crate::{Context, Proposed, Rejection, Roles, Services};

/// More ids than odd numbers in a byte cannot be.
const MAX_CONTEXTS: usize = 128;

/// The proposed contexts that a policy can judge, once the request keeps to PS3.8.
pub(crate) fn proposed(request: &AssociationRQ) -> Result<Vec<Proposed>, Rejection> {
    if request.protocol_version & 1 == 0 {
        return Err(Rejection::ProtocolVersion);
    }
    if request.application_context_name.trim_end_matches(['\0', ' ']) != APPLICATION_CONTEXT {
        return Err(Rejection::ApplicationContext);
    }
    let contexts = &request.presentation_contexts;
    let ids: BTreeSet<u8> = contexts.iter().map(|context| context.id).collect();
    if contexts.is_empty()
        || contexts.len() > MAX_CONTEXTS
        || ids.len() != contexts.len()
        || ids.iter().any(|id| id.is_multiple_of(2))
    {
        return Err(Rejection::Malformed);
    }
    let wanted = roles(&request.user_variables);
    let valid = |context: &PresentationContextProposed| {
        let abstract_syntax = Uid::parse(&context.abstract_syntax).ok()?;
        let roles = wanted.get(&abstract_syntax).copied().unwrap_or(Roles::DEFAULT);
        Some(Proposed { id: context.id, abstract_syntax, roles })
    };
    Ok(contexts.iter().filter_map(valid).collect())
}

/// The roles of the requestor, as one of the sides gives them, by SOP class; the first where it
/// names one twice.
pub(crate) fn roles(variables: &[UserVariableItem]) -> BTreeMap<Uid, Roles> {
    let mut roles = BTreeMap::new();
    for variable in variables {
        if let UserVariableItem::ScuScpRoleSelectionSubItem(class, proposed) = variable
            && let Ok(class) = Uid::parse(class)
        {
            roles.entry(class).or_insert(Roles { scu: proposed.scu, scp: proposed.scp });
        }
    }
    roles
}

/// The answer to each proposed context, and those that were accepted.
pub(crate) fn contexts(
    request: &AssociationRQ,
    permitted: &BTreeMap<u8, Roles>,
    services: &Services,
) -> (Vec<PresentationContextResult>, Vec<Context>) {
    let mut results = Vec::new();
    let mut accepted = Vec::new();
    for proposed in &request.presentation_contexts {
        let (reason, transfer_syntax) = match choose(proposed, permitted, services) {
            Ok(mut context) => {
                context.extended = extended(request, &context.abstract_syntax, services);
                let syntax = context.transfer_syntax.as_str().to_owned();
                accepted.push(context);
                (Reason::Acceptance, syntax)
            }
            Err(reason) => (reason, IMPLICIT_VR_LITTLE_ENDIAN.to_owned()),
        };
        results.push(PresentationContextResult { id: proposed.id, reason, transfer_syntax });
    }
    (results, accepted)
}

fn choose(
    proposed: &PresentationContextProposed,
    permitted: &BTreeMap<u8, Roles>,
    services: &Services,
) -> Result<Context, Reason> {
    let abstract_syntax = Uid::parse(&proposed.abstract_syntax)
        .map_err(|_invalid: lightcase_model::UidError| Reason::AbstractSyntaxNotSupported)?;
    let service = services.serving(&abstract_syntax).ok_or(Reason::AbstractSyntaxNotSupported)?;
    let roles = permitted.get(&proposed.id).copied().ok_or(Reason::UserRejection)?;
    let transfer_syntax = proposed
        .transfer_syntaxes
        .iter()
        .filter_map(|text| TransferSyntaxUid::parse(text).ok())
        .find(|syntax| service.reads(syntax))
        .ok_or(Reason::TransferSyntaxesNotSupported)?;
    let extended = Vec::new();
    Ok(Context { id: proposed.id, abstract_syntax, transfer_syntax, roles, extended })
}

/// What the service says to the extended negotiation of its SOP class; the first where the
/// requestor has it twice.
fn extended(request: &AssociationRQ, class: &Uid, services: &Services) -> Vec<u8> {
    let proposed = request.user_variables.iter().find_map(|variable| match variable {
        UserVariableItem::SopClassExtendedNegotiationSubItem(uid, proposed)
            if uid.trim_end_matches('\0') == class.as_str() =>
        {
            Some(proposed)
        }
        UserVariableItem::SopClassExtendedNegotiationSubItem(..)
        | UserVariableItem::Unknown(..)
        | UserVariableItem::MaxLength(_)
        | UserVariableItem::ImplementationClassUID(_)
        | UserVariableItem::ImplementationVersionName(_)
        | UserVariableItem::ScuScpRoleSelectionSubItem(..)
        | UserVariableItem::UserIdentityItem(_) => None,
    });
    let answer = proposed.zip(services.serving(class));
    answer.and_then(|(proposed, service)| service.extend(class, proposed)).unwrap_or_default()
}

/// What both sides say of themselves.
pub(crate) fn user_variables(max_pdu: u32) -> Vec<UserVariableItem> {
    vec![
        UserVariableItem::MaxLength(max_pdu),
        UserVariableItem::ImplementationClassUID(IMPLEMENTATION_CLASS_UID.to_owned()),
        UserVariableItem::ImplementationVersionName(IMPLEMENTATION_VERSION_NAME.to_owned()),
    ]
}

/// The longest PDU the other side takes; none given, or zero, means any (PS3.8 annex D.1).
pub(crate) fn peer_max_pdu(variables: &[UserVariableItem]) -> u32 {
    let given = variables.iter().find_map(|variable| match variable {
        UserVariableItem::MaxLength(length) => Some(*length),
        UserVariableItem::Unknown(..)
        | UserVariableItem::ImplementationClassUID(_)
        | UserVariableItem::ImplementationVersionName(_)
        | UserVariableItem::SopClassExtendedNegotiationSubItem(..)
        | UserVariableItem::ScuScpRoleSelectionSubItem(..)
        | UserVariableItem::UserIdentityItem(_) => None,
    });
    given.filter(|length| *length != 0).unwrap_or(u32::MAX)
}

/// The name the other side's software gives itself, for the log.
pub(crate) fn peer_version(variables: &[UserVariableItem]) -> Option<String> {
    variables.iter().find_map(|variable| match variable {
        UserVariableItem::ImplementationVersionName(name) => {
            Some(name.chars().take(16).filter(|c| (' '..='~').contains(c)).collect())
        }
        UserVariableItem::Unknown(..)
        | UserVariableItem::MaxLength(_)
        | UserVariableItem::ImplementationClassUID(_)
        | UserVariableItem::SopClassExtendedNegotiationSubItem(..)
        | UserVariableItem::ScuScpRoleSelectionSubItem(..)
        | UserVariableItem::UserIdentityItem(_) => None,
    })
}

/// The whole answer. Titles are returned as they came.
pub(crate) fn acceptance(
    request: &AssociationRQ,
    results: Vec<PresentationContextResult>,
    accepted: &[Context],
    max_pdu: u32,
) -> AssociationAC {
    let mut user_variables = user_variables(max_pdu);
    user_variables.extend(agreed_roles(request, accepted));
    user_variables.extend(agreed_extensions(accepted));
    AssociationAC {
        protocol_version: 1,
        application_context_name: APPLICATION_CONTEXT.to_owned(),
        called_ae_title: request.called_ae_title.clone(),
        calling_ae_title: request.calling_ae_title.clone(),
        presentation_contexts: results,
        user_variables,
    }
}

/// The answers to extended negotiation, one for each SOP class that has any (PS3.7 D.3.3.5.2).
fn agreed_extensions(accepted: &[Context]) -> Vec<UserVariableItem> {
    let answered = accepted.iter().filter(|context| !context.extended.is_empty());
    let by_class: BTreeMap<&Uid, &Vec<u8>> =
        answered.map(|context| (&context.abstract_syntax, &context.extended)).collect();
    by_class
        .into_iter()
        .map(|(class, answer)| {
            let class = class.to_string();
            UserVariableItem::SopClassExtendedNegotiationSubItem(class, answer.clone())
        })
        .collect()
}

/// The answers to the proposed roles, for the SOP classes that were accepted (PS3.7 D.3.3.4.2).
fn agreed_roles(request: &AssociationRQ, accepted: &[Context]) -> Vec<UserVariableItem> {
    let agreed = |class: Uid| {
        let context = accepted.iter().find(|context| context.abstract_syntax == class)?;
        Some(role(&class, context.roles))
    };
    roles(&request.user_variables).into_keys().filter_map(agreed).collect()
}

/// SCP/SCU Role Selection of a SOP class (PS3.7 D.3.3.4).
pub(crate) fn role(class: &Uid, Roles { scu, scp }: Roles) -> UserVariableItem {
    UserVariableItem::ScuScpRoleSelectionSubItem(class.to_string(), RequestorRoles { scu, scp })
}
