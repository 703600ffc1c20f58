//! The reports of the model as bodies in the description of the service. The
//! model describes them in JSON Schema, which is what OpenAPI 3.1 speaks.

use std::{borrow::Cow, marker::PhantomData};

use schemars::{JsonSchema, generate::SchemaSettings};
use utoipa::openapi::{RefOr, schema::Schema};

/// A body that the model describes.
#[derive(Debug)]
pub struct Described<T>(PhantomData<T>);

/// The schema with everything it refers to inside it.
fn inlined<T: JsonSchema>() -> serde_json::Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    let schema = settings.into_generator().into_root_schema_for::<T>();
    schema.to_value()
}

impl<T: JsonSchema> utoipa::PartialSchema for Described<T> {
    fn schema() -> RefOr<Schema> {
        let schema = inlined::<T>();
        serde_json::from_value::<Schema>(schema)
            .map_or_else(|_| RefOr::T(Schema::default()), RefOr::T)
    }
}

impl<T: JsonSchema> utoipa::ToSchema for Described<T> {
    fn name() -> Cow<'static, str> {
        T::schema_name()
    }
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;
    use zhida_model::office::{
        obstacles::ObstacleList, report::Coverage, simulate::report::Simulation,
    };

    use super::Described;

    fn text<T: schemars::JsonSchema>() -> String {
        serde_json::to_string(&Described::<T>::schema()).unwrap_or_default()
    }

    #[test]
    fn reports_are_described_in_full() {
        for (schema, field) in [
            (text::<Coverage>(), "blind_spots"),
            (text::<ObstacleList>(), "owners"),
            (text::<Simulation>(), "rule_after"),
        ] {
            assert!(schema.contains(field), "{field} is not described: {schema:.300}");
            assert!(!schema.contains("$defs"), "nothing is referred to outside");
        }
    }
}
