//! `GET /v1/subjects/{key}/dossier`: everything that is held about a subject,
//! with where it comes from and what it may be used for.
//!
//! Relations tell how many there are and not who: the others have dossiers of
//! their own. Derived fields are left out: they are worked out anew for each
//! day from the fields listed here.

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zhida_model::{
    catalogue::{Field, types::FieldType, types::Sensitivity},
    domain::Reason,
    frame::Frame,
    matching::format_cell,
    rules::{dated::date_of, scalar::Scalar},
};

use crate::{
    extract::{Path, Query, subject_key},
    problem::{Problem, ProblemBody},
    state::{Shared, State},
};

/// What is asked of a dossier.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The day on which periods and staleness are judged; today by default.
    as_of: Option<String>,
    /// `true` leaves out what is unknown.
    known: Option<bool>,
}

/// One field of a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierField {
    /// Name in the catalogue.
    pub field: String,
    /// Chinese label.
    pub label: String,
    /// The value as people write it; absent when unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Unit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Why it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// The words for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason_words: Option<&'static str>,
    /// Chinese name of the table it comes from.
    pub source: String,
    /// Chinese name of the department that owns the table: corrections go there.
    pub department: String,
    /// When it was last confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<String>,
    /// `public`, `internal`, `personal` or `sensitive` (Personal Information
    /// Protection Law art. 28).
    pub sensitivity: &'static str,
    /// What it may be used for.
    pub purpose: String,
    /// The rule that allows it.
    pub legal_basis: String,
}

/// One relation of a dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierRelation {
    /// Name in the catalogue.
    pub relation: String,
    /// Chinese label.
    pub label: String,
    /// How many there are on the day.
    pub members: usize,
    /// Whether these are all.
    pub complete: bool,
}

/// A dossier.
#[derive(Debug, Serialize, ToSchema)]
pub struct DossierBody {
    /// Key of the subject.
    pub subject: String,
    /// `enterprise` or `citizen`.
    pub kind: &'static str,
    /// The day judged.
    pub as_of: String,
    /// Data cut-off.
    pub known_at: String,
    /// Number of fields with a value.
    pub known: usize,
    /// The fields, in the order of the catalogue.
    pub fields: Vec<DossierField>,
    /// The relations.
    pub relations: Vec<DossierRelation>,
}

/// Everything that is held about a subject.
#[utoipa::path(get, path = "/v1/subjects/{key}/dossier", tag = "subjects",
    params(("key" = String, Path, description = "key of the subject"), Asked),
    security(("token" = [])),
    responses(
        (status = 200, description = "the dossier", body = DossierBody),
        (status = 400, description = "not a key", body = ProblemBody),
        (status = 401, description = "no token", body = ProblemBody),
        (status = 404, description = "no such subject", body = ProblemBody),
    )
)]
pub async fn dossier(
    Extract(state): Extract<State>,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<DossierBody>, Problem> {
    let key = subject_key(&key)?;
    let shared = State::clone(&state);
    let body = state
        .work(move |engine| {
            let (kind, row) = Shared::locate(engine, key)?;
            let as_of = shared.day_judged(asked.as_of.as_deref(), engine.known_at())?;
            let world = engine.world_of(kind, row)?;
            let day = engine.day(as_of);
            let scalar = Scalar::new(day.borrow_dependent(), &world);
            let Some((frame, row)) = world.of(kind).locate(row) else {
                return Err(Problem::internal("the row of a key that was found is gone"));
            };
            let catalogue = &engine.rules.reference.catalogue;
            let fields: Vec<DossierField> = catalogue
                .fields_of(kind)
                .filter(|field| field.derived.is_none())
                .map(|field| describe(&scalar, field, frame, row))
                .filter(|field| asked.known != Some(true) || field.value.is_some())
                .collect();
            let subject = zhida_model::rules::scalar::Dossier { frame, row };
            let relations = catalogue
                .relations()
                .iter()
                .filter(|relation| relation.entry.subject == kind)
                .map(|relation| {
                    let (members, complete) = scalar.related(relation.id, subject);
                    DossierRelation {
                        relation: relation.entry.name.clone(),
                        label: relation.entry.label.clone(),
                        members: members.len(),
                        complete,
                    }
                })
                .collect();
            Ok(DossierBody {
                subject: key.to_string(),
                kind: kind.name(),
                as_of: as_of.to_string(),
                known_at: engine.known_at().to_string(),
                known: fields.iter().filter(|field| field.value.is_some()).count(),
                fields,
                relations,
            })
        })
        .await?;
    Ok(axum::Json(body))
}

fn describe(scalar: &Scalar<'_>, field: &Field, frame: &Frame, row: usize) -> DossierField {
    let catalogue = &scalar.dated.reference.catalogue;
    let column = frame.column(field.id);
    let reason = match column {
        None => Reason::Missing,
        Some(_) if !scalar.dated.is_current(field.id) => Reason::WrongPeriod,
        Some(column) => column.reason(row),
    };
    // Facts that are there are shown even where the list is not complete.
    let shown = reason == Reason::Known || field.kind == FieldType::Facts;
    let value = column.filter(|_| shown).and_then(|column| format_cell(scalar, field, column, row));
    let position =
        column.and_then(|column| column.source.as_ref()?.get(row).copied()).map_or(0, usize::from);
    let source = field.sources.get(position).or_else(|| field.sources.first());
    let table = source.and_then(|source| catalogue.table(&source.table));
    let unknown = (reason != Reason::Known).then_some(reason);
    DossierField {
        field: field.name.clone(),
        label: field.label.clone(),
        value,
        unit: field.unit.clone(),
        reason: unknown.map(Reason::name),
        reason_words: unknown.map(Reason::label),
        source: table.map_or_else(String::new, |table| table.entry.label.clone()),
        department: table
            .and_then(|table| catalogue.department(&table.entry.owner))
            .map_or_else(String::new, |department| department.label.clone()),
        observed: column
            .and_then(|column| column.observed.as_ref()?.get(row).copied())
            .filter(|days| *days != i32::MIN)
            .and_then(date_of)
            .map(|day| day.to_string()),
        sensitivity: sensitivity_name(field.sensitivity),
        purpose: field.purpose.clone(),
        legal_basis: field.legal_basis.clone(),
    }
}

/// The name of a class in answers.
pub(crate) fn sensitivity_name(class: Sensitivity) -> &'static str {
    match class {
        Sensitivity::Public => "public",
        Sensitivity::Internal => "internal",
        Sensitivity::Personal => "personal",
        Sensitivity::Sensitive => "sensitive",
    }
}
