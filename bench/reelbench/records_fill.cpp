#include "bench/reelbench/records_fill.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdio>
#include <vector>

#include "storage/database.hpp"
#include "storage/users.hpp"

namespace reeld::bench {
namespace {

using storage::Json;

constexpr std::int64_t kRowsATransaction = 100'000;
constexpr std::int64_t kSecondUs = 1'000'000;

// An id of version 7 with this time; `number` makes it differ from others of its millisecond and kind.
std::string id_of(std::int64_t time_us, unsigned kind, std::int64_t number) {
  const auto ms = static_cast<std::uint64_t>(time_us / 1000);
  char text[48];
  std::snprintf(text, sizeof text, "%08x-%04x-7%03x-80%02x-%012llx", static_cast<unsigned>(ms >> 16),
                static_cast<unsigned>(ms & 0xffff), kind & 0xfffU, kind & 0xffU,
                static_cast<unsigned long long>(number));
  return text;
}

// Evenly spread, and the same in every run.
std::uint64_t scattered(std::int64_t number) {
  std::uint64_t x = static_cast<std::uint64_t>(number) + 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31);
}

std::string title_of(std::int64_t number) {
  static const char* const kWords[] = {"Harbour", "Lemon", "Winter", "Copper",
                                       "River",   "Paper", "Night",  "Garden"};
  const std::uint64_t chance = scattered(number);
  return std::string(kWords[chance % 8]) + " " + kWords[chance / 8 % 8] + " " +
         std::to_string(chance / 64 % 10000);
}

// Some 1.5 kB, as requests of a few scenes are.
std::string request_of(std::int64_t number) {
  Json scenes = Json::array();
  for (int scene = 0; scene < 4; ++scene) {
    scenes.push_back(
        {{"picture",
          {{"prompt", title_of(number + scene) + ", seen from the water, early light, wide angle"},
           {"model", filled_model(static_cast<std::int64_t>(scattered(number) % kFilledModels))}}},
         {"speech", {{"text", "This is what was said of " + title_of(number) + " that day."}}},
         {"duration", 6},
         {"motion", "auto"},
         {"transition", {{"kind", "crossfade"}, {"duration", 1}}}});
  }
  return Json{{"reeld", 1},
              {"title", title_of(number)},
              {"output", {{"width", 1920}, {"height", 1080}, {"fps", 30}}},
              {"scenes", scenes}}
      .dump();
}

class Filler {
 public:
  Filler(const std::filesystem::path& file, const Filling& filling)
      : filling_(filling), db_(file.string(), SQLite::OPEN_READWRITE) {
    // Whoever is cut short begins anew, so nothing of this needs to outlive a crash.
    db_.exec("PRAGMA journal_mode = OFF");
    db_.exec("PRAGMA synchronous = OFF");
    db_.exec("PRAGMA foreign_keys = ON");
    db_.exec("PRAGMA cache_size = -1000000");
  }

  void run() {
    drop_indexes();
    db_.exec("BEGIN");
    add_few();
    for (std::int64_t i = 0; i < filling_.jobs; ++i) {
      add_job(i);
      if (i % 50'000 == 0) std::fprintf(stderr, "\r%lld jobs", static_cast<long long>(i));
    }
    db_.exec("COMMIT");
    std::fprintf(stderr, "\r%lld jobs; indexes\n", static_cast<long long>(filling_.jobs));
    for (const std::string& sql : indexes_) db_.exec(sql);
    db_.exec("PRAGMA journal_mode = WAL");
  }

 private:
  // An index that is made of all its rows at once takes a fraction of the time.
  void drop_indexes() {
    std::vector<std::string> names;
    SQLite::Statement rows(
        db_, "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE 'CREATE INDEX%'");
    while (rows.executeStep()) {
      names.push_back(rows.getColumn(0).getString());
      indexes_.push_back(rows.getColumn(1).getString());
    }
    rows.reset();
    for (const std::string& name : names) db_.exec("DROP INDEX " + name);
  }

  // Runs the statement with these values.
  template <class... Values>
  void put(SQLite::Statement& statement, const Values&... values) {
    int index = 0;
    (statement.bind(++index, values), ...);
    statement.exec();
    statement.reset();
    if (++rows_ % kRowsATransaction == 0) db_.exec("COMMIT; BEGIN");
  }

  void add_few() {
    SQLite::Statement user(db_,
                           "INSERT INTO users (id, username, email, hashed_password, created_at) "
                           "VALUES (?, ?, ?, '', 1)");
    for (int i = 1; i < kFilledUsers; ++i) {
      const std::string name = "user" + std::to_string(i);
      put(user, filled_user(i), name, name + "@example.org");
    }
    SQLite::Statement project(db_,
                              "INSERT INTO projects (id, user_id, title, created_at, updated_at) "
                              "VALUES (?1, ?2, ?3, ?4, ?4)");
    for (std::int64_t i = 0; i < filling_.jobs / 200 + 1; ++i) {
      put(project, filled_project(i), filled_user(i % kFilledUsers), title_of(i), kFilledFromUs);
    }
    SQLite::Statement group(db_,
                            "INSERT INTO generation_groups (id, user_id, comparison_type, created_at) VALUES "
                            "(?, ?, 'settings', ?)");
    for (std::int64_t i = 0; i < filling_.jobs / 50 + 1; ++i) {
      put(group, filled_group(i), filled_user(0), kFilledFromUs);
    }
  }

  void add_job(std::int64_t i) {
    const std::int64_t made_us = kFilledFromUs + kFilledYearUs / filling_.jobs * i;
    const std::string id = id_of(made_us, 1, i);
    const std::uint64_t chance = scattered(i);
    const std::string user =
        filled_user(chance % 10 != 0 ? 0 : static_cast<std::int64_t>(chance / 10 % kFilledUsers));
    put(job_, id, "h", request_of(i), "/films", "/films/" + id + ".mp4", title_of(i), made_us, user,
        filled_session(i / 20), i % 50 == 1 ? last_job_ : "");
    if (i % 2 == 0)
      put(of_project_,
          filled_project(
              static_cast<std::int64_t>(chance % static_cast<std::uint64_t>(filling_.jobs / 200 + 1))),
          id);
    if (i % 10 == 0) put(of_group_, filled_group(i / 50), id);
    last_job_ = id;
    put(step_, "media_generation", made_us + kSecondUs, static_cast<double>(chance % 200) / 100, id);
    if (i + 20 < filling_.jobs) end_job(id, i, made_us, chance);
    add_events(id, i, made_us);
  }

  void end_job(const std::string& id, std::int64_t i, std::int64_t made_us, std::uint64_t chance) {
    const std::int64_t ended_us = made_us + static_cast<std::int64_t>(chance % 600 + 5) * kSecondUs;
    if (chance % 20 == 7) return put(cancelled_, ended_us, id);
    if (chance % 20 == 8) return put(failed_, ended_us, id);
    put(composed_, id);
    put(completed_, ended_us, id);
    const Json facts = {{"duration_seconds", static_cast<double>(chance % 300) + 0.5},
                        {"size_bytes", static_cast<std::int64_t>(chance % 100'000'000) + 1},
                        {"width", chance % 3 == 0 ? 1280 : 1920},
                        {"height", chance % 3 == 0 ? 720 : 1080},
                        {"container", "mp4"},
                        {"codec", chance % 4 == 0 ? "hevc" : "h264"},
                        {"frame_count", 630}};
    put(video_, id_of(ended_us, 2, i), id, "/films/" + id + ".mp4", title_of(i), facts.dump(), ended_us);
  }

  // Each job's share, so that all of them together are as many as were asked for.
  void add_events(const std::string& id, std::int64_t i, std::int64_t made_us) {
    const std::int64_t target = filling_.events * (i + 1) / filling_.jobs;
    for (std::int64_t seq = 1; added_ < target; ++seq, ++added_) {
      if (seq % 5 == 0) {
        put(score_, id_of(made_us, 3, added_), id, seq, seq % 2 == 0 ? "motion_smoothness" : "image_quality",
            static_cast<double>(scattered(added_) % 100), made_us);
      } else if (seq == 1) {
        put(event_, id, seq, made_us + seq, "status", R"({"status": "media_generation"})");
      } else {
        put(event_, id, seq, made_us + seq * kSecondUs, "progress",
            R"({"stage": "rendering", "percent": 50.5, "frame": 312, "frames": 630, "fps": 68.2, "eta_seconds": 4.7})");
      }
    }
  }

  const Filling filling_;
  SQLite::Database db_;
  std::vector<std::string> indexes_;
  std::int64_t rows_ = 0, added_ = 0;
  std::string last_job_;

  SQLite::Statement job_{db_,
                         "INSERT INTO jobs (id, request_hash, request, base_dir, target, title, created_at, "
                         "user_id, session_id, parent_job_id) "
                         "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ''))"};
  SQLite::Statement of_project_{db_, "UPDATE jobs SET project_id = ? WHERE id = ?"};
  SQLite::Statement of_group_{db_, "UPDATE jobs SET generation_group_id = ? WHERE id = ?"};
  SQLite::Statement step_{db_, "UPDATE jobs SET status = ?, started_at = ?, cost_usd = ? WHERE id = ?"};
  SQLite::Statement composed_{db_, "UPDATE jobs SET status = 'video_composition' WHERE id = ?"};
  SQLite::Statement completed_{
      db_, "UPDATE jobs SET status = 'completed', completed_at = ?, progress_percentage = 100 WHERE id = ?"};
  SQLite::Statement cancelled_{db_, "UPDATE jobs SET status = 'cancelled', completed_at = ? WHERE id = ?"};
  SQLite::Statement failed_{db_,
                            "UPDATE jobs SET status = 'failed', completed_at = ?, error_code = 'timed_out', "
                            "error_message = 'It took too long.', error_path = '/scenes/0' WHERE id = ?"};
  SQLite::Statement video_{
      db_,
      "INSERT INTO videos (id, job_id, file_path, thumbnail_path, title, facts, created_at) "
      "VALUES (?, ?, ?, '', ?, ?, ?)"};
  SQLite::Statement event_{
      db_, "INSERT INTO progress_events (job_id, seq, created_at, type, body) VALUES (?, ?, ?, ?, ?)"};
  SQLite::Statement score_{
      db_,
      "INSERT INTO quality_metrics (id, job_id, scene_number, metric_name, metric_value, "
      "created_at) VALUES (?, ?, ?, ?, ?, ?)"};
};

}  // namespace

std::string filled_model(std::int64_t number) {
  return "model-" + std::to_string(number);
}

std::string filled_session(std::int64_t number) {
  return "session-" + std::to_string(number);
}

std::string filled_user(std::int64_t number) {
  return number == 0 ? std::string(storage::kLocalUser) : id_of(kFilledFromUs, 4, number);
}

std::string filled_project(std::int64_t number) {
  return id_of(kFilledFromUs, 5, number);
}

std::string filled_group(std::int64_t number) {
  return id_of(kFilledFromUs, 6, number);
}

Result<void> fill_records(const std::filesystem::path& file, const Filling& filling) {
  {
    REELD_ASSIGN(const auto made, storage::Database::open(file));  // with its schema
    static_cast<void>(made);
  }
  try {
    Filler(file, filling).run();
  } catch (const SQLite::Exception& exception) {
    return Error{Code::database_failed, std::string("the records could not be made: ") + exception.what()};
  }
  return {};
}

}  // namespace reeld::bench
