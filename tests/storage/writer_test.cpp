// How the database reads and writes at the same time.
#include "storage/writer.hpp"

#include <future>
#include <thread>

#include "storage/database_impl.hpp"
#include "tests/storage/storage_helpers.hpp"

namespace reeld::storage {
namespace {

using namespace std::chrono_literals;

// Holds the writer up within a change until it is let go.
class HeldWriter {
 public:
  explicit HeldWriter(Database::Impl& impl) {
    change_ = std::async(std::launch::async, [this, &impl] {
      return impl.write("wait", [this](Connection&) -> Result<void> {
        begun_.set_value();
        go_.get_future().wait();
        return {};
      });
    });
    begun_.get_future().wait();
  }
  void let_go() {
    go_.set_value();
    CHECK(change_.get());
  }

 private:
  std::promise<void> begun_, go_;
  std::future<Result<void>> change_;
};

void wait_for_queue(Database::Impl& impl, std::int64_t waiting) {
  while (impl.writer.figures().waiting < waiting) std::this_thread::sleep_for(1ms);
}

Result<void> rename_job(Connection& db, const std::string& id, const std::string& title) {
  Statement row(db, "UPDATE jobs SET title = ? WHERE id = ?");
  bind_all(row, title, id);
  row.exec();
  return {};
}

TEST_CASE("changes that wait together are committed together, and one that fails undoes its own alone") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Database::Impl& impl = db->impl();
  const std::string refused = made(*db).id, thrown = made(*db).id;
  HeldWriter held(impl);
  const Writer::Figures before = impl.writer.figures();
  std::vector<std::future<Result<Database::Created>>> submits;
  for (int i = 0; i < 5; ++i) {
    submits.push_back(std::async(std::launch::async, [&] { return db->create_job(some_job()); }));
  }
  auto error = std::async(std::launch::async, [&] {
    return impl.write("fail", [&](Connection& on) -> Result<void> {
      REELD_TRY(rename_job(on, refused, "changed"));
      return Error{Code::conflict, "No."};
    });
  });
  auto exception = std::async(std::launch::async, [&] {
    return impl.write_input("fail", [&](Connection& on) -> Result<void> {
      REELD_TRY(rename_job(on, thrown, "changed"));
      Statement(on, "UPDATE jobs SET attempt = 0").exec();
      return {};
    });
  });
  wait_for_queue(impl, 7);
  held.let_go();
  CHECK(error.get().error().message == "No.");
  CHECK(exception.get().error().code == Code::invalid_request);
  for (auto& submit : submits) {
    const auto created = submit.get();
    REQUIRE(created);
    CHECK(db->find_job(created->job.id));
  }
  CHECK(db->find_job(refused)->title == "A film");
  CHECK(db->find_job(thrown)->title == "A film");
  const Writer::Figures after = impl.writer.figures();
  CHECK(after.changes - before.changes == 6);  // the one that was held is among them
  CHECK(after.commits - before.commits == 2);
}

TEST_CASE("a commit that fails is the error of all that were in it, and keeps nothing") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  Database::Impl& impl = db->impl();
  const std::string id = made(*db).id;
  HeldWriter held(impl);
  auto well = std::async(std::launch::async, [&] {
    return impl.write("rename", [&](Connection& on) { return rename_job(on, id, "changed"); });
  });
  wait_for_queue(impl, 1);
  auto broken = std::async(std::launch::async, [&] {
    return impl.write("break a rule at the end", [&](Connection& on) -> Result<void> {
      on.exec("PRAGMA defer_foreign_keys = ON");
      Statement row(
          on,
          "INSERT INTO job_assets (job_id, asset_id, role, scene_number) VALUES (?, 'none', 'music', -1)");
      bind_all(row, id);
      row.exec();
      return {};
    });
  });
  wait_for_queue(impl, 2);
  held.let_go();
  CHECK(well.get().error().message.find("rename") != std::string::npos);
  CHECK_FALSE(broken.get());
  CHECK(db->find_job(id)->title == "A film");
  CHECK(db->set_progress(id, "planning", 10));  // and it goes on
}

TEST_CASE("who reads does not wait for who writes, and sees what is committed") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  HeldWriter held(db->impl());
  auto change = std::async(std::launch::async, [&] { return db->set_progress(id, "planning", 10); });
  wait_for_queue(db->impl(), 1);
  CHECK(db->find_job(id)->stage.empty());
  CHECK(*db->count_jobs({}) == 1);
  held.let_go();
  REQUIRE(change.get());
  CHECK(db->find_job(id)->stage == "planning");
}

TEST_CASE("all that one method reads is of one moment") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  made(*db);
  const auto counts = db->impl().read("count twice", [&](Connection& on) -> Result<std::vector<int>> {
    const auto count = [&] { return on.execAndGet("SELECT count(*) FROM jobs").getInt(); };
    const int before = count();
    made(*db);
    return std::vector<int>{before, count()};
  });
  CHECK(*counts == std::vector<int>{1, 1});
  CHECK(*db->count_jobs({}) == 2);
}

TEST_CASE("what reads cannot write, and its error harms nobody") {
  const TempDir dir;
  const auto db = opened(dir / "reeld.db");
  const std::string id = made(*db).id;
  const auto refused =
      db->impl().read("write", [&](Connection& on) { return rename_job(on, id, "changed"); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::database_failed);
  CHECK(db->find_job(id)->title == "A film");
}

TEST_CASE("a statement is prepared once, keeps no values, and is used within itself") {
  const TempDir dir;
  Connection db((dir / "some.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const std::string sql = "SELECT coalesce(?, 'nothing')";
  const void* first = nullptr;
  {
    Statement outer(db, sql), inner(db, sql);
    first = &static_cast<SQLite::Statement&>(outer);
    bind_all(outer, "out");
    bind_all(inner, "in");
    REQUIRE(outer.executeStep());
    REQUIRE(inner.executeStep());
    CHECK(outer.getColumn(0).getString() == "out");
    CHECK(inner.getColumn(0).getString() == "in");
  }
  Statement again(db, sql), more(db, sql);
  const bool kept =
      first == &static_cast<SQLite::Statement&>(again) || first == &static_cast<SQLite::Statement&>(more);
  CHECK(kept);
  REQUIRE(again.executeStep());
  CHECK(again.getColumn(0).getString() == "nothing");
}

TEST_CASE("unusual statements do not pile up") {
  const TempDir dir;
  Connection db((dir / "some.db").string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  for (int i = 0; i < 2000; ++i) {
    Statement row(db, "SELECT " + std::to_string(i));
    REQUIRE(row.executeStep());
    CHECK(row.getColumn(0).getInt() == i);
  }
  CHECK(db.idle_statements() <= 500);
}

}  // namespace
}  // namespace reeld::storage
