#include "storage/edits.hpp"

#include "storage/database_impl.hpp"
#include "storage/job_insert.hpp"
#include "storage/listing_query.hpp"
#include "storage/users.hpp"

namespace reeld::storage {
namespace {

#define REELD_EDIT_COLUMNS "id, job_id, user_id, edit_data, edited_job_id, status, created_at, updated_at"

EditingSession session_in(SQLite::Statement& row) {
  EditingSession session;
  Columns(row) >> session.id >> session.job_id >> session.user_id >> session.edit_data >>
      session.edited_job_id >> session.status >> session.created_us >> session.updated_us;
  return session;
}

Error no_such_session(const std::string& id) {
  return {Code::not_found, "There is no editing session \"" + id + "\"."};
}

Result<EditingSession> found(Connection& db, const std::string& id) {
  Statement row(db, "SELECT " REELD_EDIT_COLUMNS " FROM editing_sessions WHERE id = ?");
  row.bind(1, id);
  if (!row.executeStep()) return no_such_session(id);
  return session_in(row);
}

Listing listing_of(const EditFilter& filter) {
  Listing listing{"editing_sessions", REELD_EDIT_COLUMNS, {{"updated", "updated_at"}}, {}};
  listing.conditions.text("user_id = ?", filter.user_id);
  listing.conditions.text("job_id = ?", filter.job_id);
  listing.conditions.text("status = ?", filter.status);
  return listing;
}

std::optional<std::string> text_unless_null(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return text_of(json);
}

}  // namespace

Result<EditingSession> Edits::create(const EditingSession& session) {
  Database::Impl& impl = database_.impl();
  return impl.write_input("record an editing session", [&](Connection& db) -> Result<EditingSession> {
    const std::string id = new_id();
    const std::int64_t now = now_us();
    Statement row(db,
                  "INSERT INTO editing_sessions (id, job_id, user_id, edit_data, created_at, updated_at) "
                  "VALUES (?, ?, ?, ?, ?, ?)");
    bind_all(row, id, session.job_id, session.user_id.empty() ? std::string(kLocalUser) : session.user_id,
             session.edit_data, now, now);
    row.exec();
    return found(db, id);
  });
}

Result<EditingSession> Edits::find(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read editing session " + id, [&](Connection& db) { return found(db, id); });
}

Result<Page<EditingSession>> Edits::list(const EditFilter& filter, const PageRequest& page) {
  Database::Impl& impl = database_.impl();
  return impl.read("list editing sessions", [&](Connection& db) {
    return page_of<EditingSession>(db, listing_of(filter), page, session_in);
  });
}

Result<std::int64_t> Edits::count(const EditFilter& filter) {
  Database::Impl& impl = database_.impl();
  return impl.read("count editing sessions",
                   [&](Connection& db) -> Result<std::int64_t> { return count_of(db, listing_of(filter)); });
}

Result<EditingSession> Edits::update(const EditingSession& session) {
  Database::Impl& impl = database_.impl();
  return impl.write_input(
      "change editing session " + session.id, [&](Connection& db) -> Result<EditingSession> {
        Statement row(db,
                      "UPDATE editing_sessions SET edit_data = ?, edited_job_id = ?, status = ?, "
                      "updated_at = max(created_at, ?) WHERE id = ?");
        bind_all(row, session.edit_data, or_null(session.edited_job_id), session.status, now_us(),
                 session.id);
        if (row.exec() == 0) return no_such_session(session.id);
        return found(db, session.id);
      });
}

Result<void> Edits::remove(const std::string& id) {
  Database::Impl& impl = database_.impl();
  return impl.write("remove editing session " + id, [&](Connection& db) -> Result<void> {
    Statement row(db, "DELETE FROM editing_sessions WHERE id = ?");
    row.bind(1, id);
    if (row.exec() == 0) return no_such_session(id);
    return {};
  });
}

void put_job_script(Connection& db, const std::string& job_id, const JobScript& script) {
  Statement row(db,
                "INSERT OR REPLACE INTO job_scripts (job_id, prompt, framework, use_llm, "
                "llm_specification, scene_plan, llm_conversation_history) VALUES (?, ?, ?, ?, ?, ?, ?)");
  bind_all(row, job_id, script.prompt, or_null(script.framework), script.use_llm,
           text_unless_null(script.llm_specification), text_unless_null(script.scene_plan),
           text_unless_null(script.llm_conversation_history));
  row.exec();
}

Result<void> JobScripts::set(const std::string& job_id, const JobScript& script) {
  return database_.impl().write_input("record the script of job " + job_id,
                                      [&](Connection& db) -> Result<void> {
                                        put_job_script(db, job_id, script);
                                        return {};
                                      });
}

Result<std::optional<JobScript>> JobScripts::find(const std::string& job_id) {
  Database::Impl& impl = database_.impl();
  return impl.read("read the script of job " + job_id,
                   [&](Connection& db) -> Result<std::optional<JobScript>> {
                     Statement row(db,
                                   "SELECT prompt, framework, use_llm, llm_specification, scene_plan, "
                                   "llm_conversation_history FROM job_scripts WHERE job_id = ?");
                     row.bind(1, job_id);
                     if (!row.executeStep()) return std::optional<JobScript>();
                     JobScript script;
                     Columns(row) >> script.prompt >> script.framework >> script.use_llm >>
                         script.llm_specification >> script.scene_plan >> script.llm_conversation_history;
                     return std::optional(std::move(script));
                   });
}

}  // namespace reeld::storage
