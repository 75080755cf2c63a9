#include "engine/desks/edit_desk.hpp"

#include "engine/asset_store.hpp"
#include "engine/desks/params.hpp"
#include "engine/desks/scene_params.hpp"
#include "engine/edit/given_assets.hpp"
#include "engine/edit/preview.hpp"
#include "engine/records.hpp"
#include "storage/reuse.hpp"

namespace reeld::engine {
namespace {

constexpr int kMostVersions = 500;

Json text_or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json want_json(const Want& want) {
  return {{"role", want.role},
          {"scene", want.scene < 0 ? Json(nullptr) : Json(want.scene)},
          {"provider", want.provider},
          {"path", want.path}};
}

// What it is made of must not change under the hands of who edits it.
Result<void> check_at_its_end(const storage::Job& film) {
  if (storage::is_final(film.status)) return {};
  return Error{Code::invalid_state,
               "the film is " + std::string(storage::job_status_name(film.status)) +
                   ": it can be edited once it is finished",
               "/job"};
}

}  // namespace

Handlers EditDesk::handlers() {
  const auto session_in = [](const Json& params) { return params.at("session").get<std::string>(); };
  return {
      {"edit_open", [this](const Json& p) { return open(p); }},
      {"edit_change", [this](const Json& p) { return change(p); }},
      {"edit_show", [this, session_in](const Json& p) { return answer(sessions_.find(session_in(p))); }},
      {"edit_list", [this](const Json& p) { return list(p); }},
      {"edit_delete",
       [this, session_in](const Json& p) -> Result<Json> {
         REELD_TRY(sessions_.remove(session_in(p)));
         return Json::object();
       }},
      {"edit_preview", [this](const Json& p) { return preview(p); }},
      {"edit_render", [this](const Json& p) { return render(p); }},
      {"versions", [this](const Json& p) { return versions(p); }},
  };
}

Result<Json> EditDesk::open(const Json& params) {
  REELD_TRY(check_user(tools_.database, params));
  REELD_ASSIGN(const auto film, tools_.database.find_job(params.at("job").get<std::string>()));
  REELD_TRY(check_at_its_end(film));
  const Json edits = params.value("edits", Json::array());
  REELD_ASSIGN(const Edited edited, apply_edits(film.request, edits, wish_of_));
  storage::EditingSession session;
  session.job_id = film.id;
  session.user_id = params.value("user", film.user_id);
  session.edit_data = edit_data_of(edited, edits);
  return answer(sessions_.create(session));
}

Result<Json> EditDesk::change(const Json& params) {
  REELD_ASSIGN(auto session, sessions_.find(params.at("session").get<std::string>()));
  if (session.status == "rendering") {
    return Error{Code::invalid_state,
                 "the session is rendering: wait for its film, or cancel job " + session.edited_job_id,
                 "/session"};
  }
  REELD_ASSIGN(const auto film, tools_.database.find_job(session.job_id));
  Json edits = params.at("edits");
  if (params.value("mode", "replace") == "append") {
    Json all = session.edit_data.value("edits", Json::array());
    all.insert(all.end(), edits.begin(), edits.end());
    edits = std::move(all);
  }
  REELD_ASSIGN(const Edited edited, apply_edits(film.request, edits, wish_of_));
  session.edit_data = edit_data_of(edited, edits);
  session.status = "draft";
  return answer(sessions_.update(session));
}

Result<Json> EditDesk::list(const Json& params) {
  const storage::EditFilter filter{params.value("user", ""), params.value("job", ""),
                                   params.value("status", "")};
  return answer_page(
      params, "sessions", [&](const auto& page) { return sessions_.list(filter, page); },
      [&] { return sessions_.count(filter); }, [&](const auto& session) { return record(session); });
}

Result<EditDesk::Opened> EditDesk::opened(const Json& params) {
  REELD_ASSIGN(auto session, sessions_.find(params.at("session").get<std::string>()));
  REELD_ASSIGN(auto film, tools_.database.find_job(session.job_id));
  REELD_TRY(check_at_its_end(film));
  REELD_ASSIGN(auto edited,
               apply_edits(film.request, session.edit_data.value("edits", Json::array()), wish_of_));
  return Opened{std::move(session), std::move(film), std::move(edited)};
}

Result<Json> EditDesk::preview(const Json& params) {
  REELD_ASSIGN(const Opened at, opened(params));
  REELD_ASSIGN(const Request version, parse_request(at.edited.request));
  REELD_ASSIGN(const auto shown, preview_version(tools_.database, tools_.data_dir, at.film, version,
                                                 at.edited.origins, tools_.executor.threads_per_slot()));
  Json to_fetch = Json::array();
  for (const Want& want : shown.to_fetch) to_fetch.push_back(want_json(want));
  return Json{{"session", at.session.id},
              {"request", at.edited.request},
              {"reused", reuse_json(shown.reuse)},
              {"exact", shown.exact},
              {"to_fetch", std::move(to_fetch)}};
}

Result<storage::NewJob> EditDesk::version_of(const Opened& at, const std::string& target) {
  REELD_ASSIGN(const Request film, parse_request(at.film.request));
  REELD_ASSIGN(const Request version, parse_request(at.edited.request));
  REELD_ASSIGN(const auto assets, tools_.database.job_assets(at.film.id));
  storage::NewJob job;
  job.request = at.edited.request;
  job.target = target;
  job.base_dir = at.film.base_dir;
  // The same edits of a session make one job, also where the first answer was lost.
  job.idempotency_key = "edit-" + at.session.id + "-" + sha256_of_text(at.edited.request.dump() + target);
  job.user_id = at.session.user_id;
  job.session_id = at.film.session_id;
  job.project_id = at.film.project_id;
  job.parent_job_id = at.film.id;
  job.composition_settings = at.film.composition_settings;
  job.coherence_settings = at.film.coherence_settings;
  job.given = given_assets(film, assets, version, at.edited.origins);
  return job;
}

Result<Json> EditDesk::render(const Json& params) {
  REELD_TRY(check_absolute(params, "target"));
  REELD_ASSIGN(Opened at, opened(params));
  if (at.session.status == "rendering" || at.session.status == "completed") {
    return Error{Code::invalid_state,
                 "the session is " + at.session.status + ", job " + at.session.edited_job_id +
                     ": change its edits to render another version",
                 "/session"};
  }
  REELD_ASSIGN(const auto version, version_of(at, params.at("target").get<std::string>()));
  REELD_ASSIGN(auto created, tools_.jobs.submit(version));
  at.session.edited_job_id = created.job.id;
  at.session.status = "rendering";
  REELD_ASSIGN(auto session, sessions_.update(at.session));
  const bool ended_badly = created.repeated && (created.job.status == storage::JobStatus::failed ||
                                                created.job.status == storage::JobStatus::cancelled);
  if (ended_badly) {
    REELD_ASSIGN(created.job, tools_.jobs.retry(created.job.id));
  }
  REELD_ASSIGN(const auto job, tools_.database.find_job(created.job.id));
  // It may have ended before the session knew of it.
  if (storage::is_final(job.status)) {
    session.status = job.status == storage::JobStatus::completed ? "completed" : "failed";
    REELD_ASSIGN(session, sessions_.update(session));
  }
  return Json{{"session", record(session)}, {"job", brief_job(job, tools_.jobs.live(job.id))}};
}

Result<Json> EditDesk::versions(const Json& params) {
  REELD_ASSIGN(const auto versions,
               storage::versions_of(tools_.database, params.at("job").get<std::string>(), kMostVersions));
  Json rows = Json::array();
  for (const storage::Version& version : versions) {
    REELD_ASSIGN(const auto reuse, storage::Reuse(tools_.database).find(version.job.id));
    rows.push_back({{"job", brief_job(version.job, tools_.jobs.live(version.job.id))},
                    {"depth", version.depth},
                    {"session", text_or_null(version.session_id)},
                    {"reused", reuse ? reuse_json(*reuse) : Json(nullptr)}});
  }
  return Json{{"versions", std::move(rows)}};
}

Result<Json> EditDesk::answer(const Result<storage::EditingSession>& session) {
  if (!session) return session.error();
  return Json{{"session", record(*session)}};
}

// A film that cannot be looked up, or is not finished, has no path yet.
Json EditDesk::record(const storage::EditingSession& session) {
  std::string film;
  if (session.status == "completed") {
    const auto video = tools_.database.video(session.edited_job_id);
    if (video && *video) film = (*video)->file;
  }
  return {{"id", session.id},
          {"job", session.job_id},
          {"user", session.user_id},
          {"edit_data", session.edit_data},
          {"edited_job", text_or_null(session.edited_job_id)},
          {"edited_video_path", text_or_null(film)},
          {"edited_video_url", film.empty() ? Json(nullptr) : Json("file://" + film)},
          {"status", session.status},
          {"created_at", time_text(session.created_us)},
          {"updated_at", time_text(session.updated_us)}};
}

}  // namespace reeld::engine
