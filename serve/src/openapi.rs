//! The description of the service for machines, and of its token.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};

/// The description of every route.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "直达 Zhida",
        description = "哪些政策可能适合谁、为什么、还缺什么。涉及主体的接口需要启动时打印的访问令牌。\n\nWhich policies may fit whom, why, and what is missing. Routes about a subject need the token printed at start.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        crate::health::health,
        crate::policies::list,
        crate::policies::one,
        crate::search::search,
        crate::fields::fields,
        crate::ranking::ranking,
        crate::calculator::calculate,
        crate::lookup::lookup,
        crate::recommendations::list,
        crate::dossier::dossier,
        crate::explanation::explanation,
        crate::preferences::get,
        crate::preferences::put,
        crate::pushes::inbox,
        crate::pushes::acknowledge,
        crate::office::coverage::all,
        crate::office::coverage::one,
        crate::office::coverage::blind_spots,
        crate::office::obstacles::list,
        crate::office::obstacles::put,
        crate::office::simulations::simulate_change,
        crate::office::upcoming::upcoming,
        crate::office::proofs::proofs,
        crate::office::proofs::differences,
        crate::office::steps::record,
        crate::office::steps::ledger_of,
    ),
    tags(
        (name = "service", description = "服务状态"),
        (name = "policies", description = "政策目录：对所有人相同"),
        (name = "calculator", description = "匿名政策计算器：不查询、不保存"),
        (name = "subjects", description = "主体：推荐、档案、说明、偏好"),
        (name = "pushes", description = "推送收件箱"),
        (name = "office", description = "政策部门：覆盖、盲区、堵点、模拟、未来变化；按地区，小数隐去，其余取整"),
    ),
    modifiers(&Bearer),
)]
pub struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = openapi.components.get_or_insert_with(Default::default);
        components.add_security_scheme("token", scheme);
    }
}
