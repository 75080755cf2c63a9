// Scripts that were written.
#include "storage/database_impl.hpp"

namespace reeld::storage {

Result<void> Database::add_script(const ScriptRecord& script) {
  return impl_->write("record script " + script.id, [&](Connection& db) -> Result<void> {
    Statement row(
        db, "INSERT INTO scripts (id, created_at, origin, brief, script, request) VALUES (?, ?, ?, ?, ?, ?)");
    row.bind(1, script.id);
    row.bind(2, script.created_us != 0 ? script.created_us : now_us());
    row.bind(3, script.origin);
    row.bind(4, text_of(script.brief));
    row.bind(5, text_of(script.script));
    row.bind(6, text_of(script.request));
    row.exec();
    return {};
  });
}

Result<ScriptRecord> Database::find_script(const std::string& id) {
  return impl_->read("look for script " + id, [&](Connection& db) -> Result<ScriptRecord> {
    Statement row(db, "SELECT created_at, origin, brief, script, request FROM scripts WHERE id = ?");
    row.bind(1, id);
    if (!row.executeStep()) return Error{Code::not_found, "There is no script \"" + id + "\"."};
    ScriptRecord script;
    script.id = id;
    script.created_us = row.getColumn(0).getInt64();
    script.origin = row.getColumn(1).getString();
    script.brief = Json::parse(row.getColumn(2).getString());
    script.script = Json::parse(row.getColumn(3).getString());
    script.request = Json::parse(row.getColumn(4).getString());
    return script;
  });
}

}  // namespace reeld::storage
