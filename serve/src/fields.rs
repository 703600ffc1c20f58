//! `GET /v1/fields`: what the calculator can be told, from the catalogue.

use axum::extract::State as Extract;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use zhida_model::{
    catalogue::types::{FieldType, SetOf},
    domain::SubjectKind,
};

use crate::{
    dossier::sensitivity_name,
    extract::Query,
    problem::{Problem, ProblemBody},
    state::State,
};

/// Whose fields are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// `enterprise` or `citizen`.
    #[param(value_type = String)]
    kind: SubjectKind,
}

/// A code that a field may have.
#[derive(Debug, Serialize, ToSchema)]
pub struct CodeBody {
    /// The code.
    pub code: String,
    /// Its Chinese label.
    pub label: String,
}

/// One field that can be typed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldBody {
    /// Name.
    pub field: String,
    /// Chinese label.
    pub label: String,
    /// Type: bool, int, decimal, money, date, region, industry, code, text,
    /// set or facts.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Unit.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// What the members of a set are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_of: Option<&'static str>,
    /// The codes it may have.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeBody>,
    /// A sentence about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How closely it must be kept.
    pub sensitivity: &'static str,
}

/// A list of members that can be typed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelationBody {
    /// Name.
    pub relation: String,
    /// Chinese label.
    pub label: String,
    /// Whose fields a member has, beside `since` and `until`.
    pub members: &'static str,
}

/// What the calculator can be told about one kind of subject.
#[derive(Debug, Serialize, ToSchema)]
pub struct Form {
    /// `enterprise` or `citizen`.
    pub kind: &'static str,
    /// The fields.
    pub fields: Vec<FieldBody>,
    /// The relations.
    pub relations: Vec<RelationBody>,
}

/// What the calculator can be told about one kind of subject.
#[utoipa::path(get, path = "/v1/fields", tag = "calculator", params(Asked), responses(
    (status = 200, description = "the form", body = Form),
    (status = 400, description = "no kind", body = ProblemBody),
))]
pub async fn fields(
    Extract(state): Extract<State>,
    Query(asked): Query<Asked>,
) -> Result<axum::Json<Form>, Problem> {
    let engine = state.engine();
    let catalogue = &engine.rules.reference.catalogue;
    let fields = catalogue
        .fields_of(asked.kind)
        .filter(|field| field.derived.is_none())
        .map(|field| FieldBody {
            field: field.name.clone(),
            label: field.label.clone(),
            kind: type_name(field.kind),
            unit: field.unit.clone(),
            set_of: field.set_of.map(|of| match of {
                SetOf::Codes => "codes",
                SetOf::Zones => "zones",
                SetOf::Industries => "industries",
            }),
            codes: field
                .codes
                .iter()
                .flat_map(|list| &list.entries)
                .map(|entry| CodeBody { code: entry.code.clone(), label: entry.label.clone() })
                .collect(),
            note: field.note.clone(),
            sensitivity: sensitivity_name(field.sensitivity),
        })
        .collect();
    let relations = catalogue
        .relations()
        .iter()
        .filter(|relation| relation.entry.subject == asked.kind)
        .map(|relation| RelationBody {
            relation: relation.entry.name.clone(),
            label: relation.entry.label.clone(),
            members: relation.entry.target.name(),
        })
        .collect();
    Ok(axum::Json(Form { kind: asked.kind.name(), fields, relations }))
}

fn type_name(kind: FieldType) -> &'static str {
    match kind {
        FieldType::Bool => "bool",
        FieldType::Int => "int",
        FieldType::Decimal => "decimal",
        FieldType::Money => "money",
        FieldType::Date => "date",
        FieldType::Region => "region",
        FieldType::Industry => "industry",
        FieldType::Code => "code",
        FieldType::Text => "text",
        FieldType::Set => "set",
        FieldType::Facts => "facts",
    }
}
