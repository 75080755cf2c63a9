#include "engine/desks/take_desk.hpp"

#include "engine/desks/params.hpp"
#include "engine/records.hpp"
#include "storage/media.hpp"

namespace reeld::engine {
namespace {

using storage::Projects;
using storage::Take;
using storage::Takes;

// What is not there is at fault where its id stands.
template <class T>
Result<T> named(const char* path, Result<T> found) {
  if (found || found.error().code != Code::not_found) return found;
  return Error{found.error().code, found.error().message, path};
}

std::string id_in(const Json& params, const char* name) {
  return params.at(name).get<std::string>();
}

Json takes_json(const std::vector<Take>& takes) {
  Json rows = Json::array();
  for (const Take& take : takes) rows.push_back(take_json(take));
  return rows;
}

storage::TakeFilter filter_of(const Json& params) {
  storage::TakeFilter filter;
  filter.project_id = params.value("project", "");
  filter.scene_id = params.value("scene", "");
  filter.type = params.value("type", "");
  filter.status = params.value("status", "");
  filter.provider = params.value("provider", "");
  filter.model = params.value("model", "");
  if (params.contains("is_main")) filter.is_main = params.at("is_main").get<bool>();
  return filter;
}

TakeProviders providers_of(const providers::ProviderSet& set) {
  TakeProviders providers{set.registry()};
  for (const providers::ServiceState& service : set.services()) {
    if (!service.config.configured) providers.not_set_up.insert(service.config.name);
  }
  return providers;
}

}  // namespace

TakeDesk::TakeDesk(const DeskTools& tools)
    : tools_(tools), providers_(providers_of(tools.providers)), maker_(tools) {}

Handlers TakeDesk::handlers() {
  return {
      {"scene_speech", [this](const Json& p) { return speak_scene(p); }},
      {"project_speech", [this](const Json& p) { return speak_project(p); }},
      {"scene_picture",
       [this](const Json& p) -> Result<Json> {
         REELD_ASSIGN(const auto subject, subject_of_scene(p));
         return picture(subject, p);
       }},
      {"project_picture",
       [this](const Json& p) -> Result<Json> {
         REELD_ASSIGN(const auto subject, subject_of_project(p));
         return picture(subject, p);
       }},
      {"take_show", [this](const Json& p) { return show(p); }},
      {"take_list", [this](const Json& p) { return list(p); }},
      {"take_choose", [this](const Json& p) { return choose(p); }},
      {"take_retry", [this](const Json& p) { return retry(p); }},
      {"take_delete", [this](const Json& p) { return remove(p); }},
      {"take_import", [this](const Json& p) { return import(p); }},
  };
}

Result<Json> TakeDesk::speak_scene(const Json& params) {
  REELD_ASSIGN(const auto subject, subject_of_scene(params));
  REELD_ASSIGN(const Take take, speech_take(subject, params, providers_));
  REELD_ASSIGN(const auto begun, begin({take}, params));
  return Json{{"take", take_json(begun.front())}};
}

Result<Json> TakeDesk::speak_project(const Json& params) {
  REELD_ASSIGN(TakeSubject subject, subject_of_project(params));
  REELD_ASSIGN(const auto scenes, Projects(tools_.database).scenes(subject.project.id));
  std::set<std::string> passed_over;
  if (params.value("missing_only", false)) {
    REELD_ASSIGN(passed_over, Takes(tools_.database).scenes_with(subject.project.id, "AUDIO"));
  }
  std::vector<Take> takes;
  for (const storage::Scene& scene : scenes) {
    if (scene.text.find_first_not_of(" \t\r\n") == std::string::npos || passed_over.contains(scene.id))
      continue;
    subject.scene = scene;
    REELD_ASSIGN(Take take, speech_take(subject, params, providers_));
    takes.push_back(std::move(take));
  }
  REELD_ASSIGN(const auto begun, begin(std::move(takes), params));
  return Json{{"takes", takes_json(begun)}};
}

Result<Json> TakeDesk::picture(const TakeSubject& subject, const Json& params) {
  REELD_TRY(check_references(params));
  REELD_ASSIGN(auto takes, picture_takes(subject, params, providers_));
  REELD_ASSIGN(const auto begun, begin(std::move(takes), params));
  return Json{{"takes", takes_json(begun)}};
}

Result<Json> TakeDesk::show(const Json& params) {
  REELD_ASSIGN(const Take take, named("/take", Takes(tools_.database).find(id_in(params, "take"))));
  Json json = take_json(take);
  json["params"] = take.params;
  json["asset"] = nullptr;
  if (!take.asset_id.empty()) {
    REELD_ASSIGN(const auto asset, storage::Media(tools_.database).find_asset(take.asset_id));
    json["asset"] = asset_json(asset);
  }
  return Json{{"take", json}};
}

Result<Json> TakeDesk::list(const Json& params) {
  const auto filter = filter_of(params);
  Takes takes(tools_.database);
  return answer_page(
      params, "takes", [&](const auto& page) { return takes.list(filter, page); },
      [&] { return takes.count(filter); }, take_json);
}

Result<Json> TakeDesk::choose(const Json& params) {
  REELD_ASSIGN(const Take take, named("/take", Takes(tools_.database).choose_main(id_in(params, "take"))));
  maker_.tell(take);
  return Json{{"take", take_json(take)}};
}

Result<Json> TakeDesk::retry(const Json& params) {
  REELD_ASSIGN(const Take take, named("/take", maker_.retry(id_in(params, "take"))));
  return Json{{"take", take_json(take)}};
}

Result<Json> TakeDesk::remove(const Json& params) {
  const std::string id = id_in(params, "take");
  Takes takes(tools_.database);
  REELD_ASSIGN(const Take take, named("/take", takes.find(id)));
  if (const auto removed = takes.remove(id); !removed) {
    Error error = removed.error();
    if (error.code == Code::not_found) error.path = "/take";
    return error;
  }
  maker_.forget(id);
  maker_.tell_removed(take);
  return Json{{"id", id}};
}

Result<Json> TakeDesk::import(const Json& params) {
  REELD_TRY(check_absolute(params, "file"));
  if (params.contains("scene") == params.contains("project")) {
    return Error{Code::invalid_request, "take_import needs a scene, or a project for a picture of the whole",
                 "/scene"};
  }
  const bool whole = params.contains("project");
  REELD_ASSIGN(const auto subject, whole ? subject_of_project(params) : subject_of_scene(params));
  const std::string type = id_in(params, "type");
  if (whole && type == "AUDIO")
    return Error{Code::invalid_request, "a speech is a scene's: say which", "/scene"};
  REELD_ASSIGN(const auto file, tools_.roots.file("/", id_in(params, "file"), "/file"));
  REELD_ASSIGN(const auto begun, begin({imported_take(subject, type, file.string())}, params));
  return Json{{"take", take_json(begun.front())}};
}

Result<TakeSubject> TakeDesk::subject_of_scene(const Json& params) {
  Projects projects(tools_.database);
  TakeSubject subject;
  REELD_ASSIGN(subject.scene, named("/scene", projects.find_scene(id_in(params, "scene"))));
  REELD_ASSIGN(subject.project, projects.find(subject.scene->project_id));
  REELD_ASSIGN(subject.settings, storage::Users(tools_.database).settings(subject.project.user_id));
  return subject;
}

Result<TakeSubject> TakeDesk::subject_of_project(const Json& params) {
  TakeSubject subject;
  REELD_ASSIGN(subject.project, named("/project", Projects(tools_.database).find(id_in(params, "project"))));
  REELD_ASSIGN(subject.settings, storage::Users(tools_.database).settings(subject.project.user_id));
  return subject;
}

// That they may be read is looked at again when they are.
Result<void> TakeDesk::check_references(const Json& params) const {
  const Json references = params.value("references", Json::array());
  for (std::size_t i = 0; i < references.size(); ++i) {
    const std::string path = "/references/" + std::to_string(i);
    const std::string file = references[i].is_string() ? references[i].get<std::string>() : "";
    if (!file.starts_with("/"))
      return Error{Code::invalid_request, "a reference is the absolute path of a picture", path};
    REELD_TRY(tools_.roots.file("/", file, path));
  }
  return {};
}

// All together may cost no more than `budget_usd`; what is left over of it is shared, so that a retry fits.
Result<void> TakeDesk::share_budget(std::vector<Take>& takes, const Json& params) const {
  if (!params.contains("budget_usd") || takes.empty()) return {};
  const double budget_usd = params.at("budget_usd").get<double>();
  double sum_usd = 0;
  for (Take& take : takes) {
    const providers::Wish wish = wish_of(take);
    REELD_ASSIGN(const auto* provider, tools_.providers.registry().find(take.provider, wish.capability));
    REELD_ASSIGN(take.budget_usd, known_cost(take.provider, provider->estimate(wish)));
    sum_usd += *take.budget_usd;
  }
  REELD_TRY(check_allowed(sum_usd, budget_usd));
  for (Take& take : takes) *take.budget_usd += (budget_usd - sum_usd) / static_cast<double>(takes.size());
  return {};
}

Result<std::vector<Take>> TakeDesk::begin(std::vector<Take> takes, const Json& params) {
  REELD_TRY(share_budget(takes, params));
  return maker_.begin(takes);
}

}  // namespace reeld::engine
