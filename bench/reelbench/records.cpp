#include "bench/reelbench/records.hpp"

#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "base/temporary_folder.hpp"
#include "engine/files.hpp"
#include "storage/database.hpp"
#include "storage/media.hpp"
#include "storage/usage.hpp"

namespace reeld::bench {
namespace {

using Clock = std::chrono::steady_clock;
using storage::Database;
using storage::PageRequest;

constexpr int kClients = 8;
constexpr int kPageRows = 50;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// The figures of one run: how often, and how long it took.
Json figures_of(std::vector<double> ms) {
  std::sort(ms.begin(), ms.end());
  const auto at = [&](double share) {
    return ms[std::min(ms.size() - 1, static_cast<std::size_t>(share * static_cast<double>(ms.size())))];
  };
  return {{"count", ms.size()}, {"p50_ms", at(0.5)}, {"p99_ms", at(0.99)}, {"max_ms", ms.back()}};
}

// What a client does once; `i` counts up.
using Step = std::function<Result<void>(int i)>;

// `count` steps by so many clients at once; of each step its time.
Result<std::vector<double>> timed(int clients, int count, const Step& step) {
  std::mutex mutex;
  std::vector<double> all;
  std::optional<Error> failed;
  std::atomic<int> next = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&] {
      for (int i; (i = next++) < count;) {
        const auto start = Clock::now();
        const auto done = step(i);
        const double ms = ms_since(start);
        const std::lock_guard lock(mutex);
        if (!done) failed = done.error();
        if (failed) return;
        all.push_back(ms);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failed) return *failed;
  return all;
}

// One page written and brought to disk, as often as a commit does: no commit can be quicker.
Result<std::vector<double>> disk_times(const std::filesystem::path& folder, int count) {
  const std::filesystem::path path = folder / "reelbench-disk";
  const int file = ::open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  if (file < 0) return engine::file_error(errno, "cannot write " + path.string(), Code::target_unwritable);
  const std::vector<char> page(4096, 'x');
  const auto times = timed(1, count, [&](int) -> Result<void> {
    if (::write(file, page.data(), page.size()) == static_cast<ssize_t>(page.size()) &&
        ::fdatasync(file) == 0)
      return {};
    return engine::file_error(errno, "cannot write " + path.string(), Code::disk_full);
  });
  ::close(file);
  std::filesystem::remove(path);
  return times;
}

storage::NewJob new_job() {
  storage::NewJob job;
  job.request_hash = "h";
  job.request = {{"reeld", 1}, {"scenes", Json::array({{{"picture", {{"model", filled_model(0)}}}}})}};
  job.base_dir = "/films";
  job.target = "/films/new.mp4";
  job.title = "A new film";
  return job;
}

class Bench {
 public:
  Bench(const RecordsBench& bench, const std::atomic<bool>& cancelled, Json& report, Database& db,
        const std::filesystem::path& folder)
      : bench_(bench), cancelled_(cancelled), report_(report), db_(db), folder_(folder) {}

  Result<void> run() {
    REELD_ASSIGN(const auto disk, disk_times(folder_, 500));
    add("disk: 4 kB written and synced", disk);
    REELD_TRY(submits());
    REELD_TRY(events());
    REELD_TRY(lists_of_jobs());
    REELD_TRY(lists_of_films());
    add("first pages, all of these lists", first_pages_);
    REELD_TRY(counts());
    REELD_TRY(usage());
    REELD_TRY(reading_beside_writing());
    return rotation();
  }

 private:
  void add(const std::string& name, const std::vector<double>& ms, const Json& more = Json::object()) {
    Json run = figures_of(ms);
    run.update(more);
    add_result(report_, name, {run});
    std::fprintf(stderr, "%s: p50 %.2f p99 %.2f max %.2f ms\n", name.c_str(), run["p50_ms"].get<double>(),
                 run["p99_ms"].get<double>(), run["max_ms"].get<double>());
  }

  // `all` gathers the times of several measurements.
  Result<void> measure(const std::string& name, int clients, int count, const Step& step,
                       std::vector<double>* all = nullptr) {
    if (cancelled_) return Error{Code::cancelled, "the measurement was stopped"};
    const Database::Writes before = db_.writes();
    const auto start = Clock::now();
    REELD_ASSIGN(const auto ms, timed(clients, count, step));
    Json more = {{"per_second", 1000 * static_cast<double>(ms.size()) / ms_since(start)}};
    if (all) all->insert(all->end(), ms.begin(), ms.end());
    const Database::Writes after = db_.writes();
    if (after.commits > before.commits) {
      more["changes_per_commit"] = static_cast<double>(after.changes - before.changes) /
                                   static_cast<double>(after.commits - before.commits);
    }
    add(name, ms, more);
    return {};
  }

  Result<void> submit() {
    REELD_ASSIGN(const auto created, db_.create_job(new_job()));
    const std::lock_guard lock(mutex_);
    submitted_ = created.job.id;
    return {};
  }

  Result<void> submits() {
    REELD_TRY(measure("submit, one client", 1, bench_.submits, [&](int) { return submit(); }));
    return measure("submit, 8 clients", kClients, bench_.submits, [&](int) { return submit(); });
  }

  Result<void> append() {
    REELD_TRY(db_.append_event(submitted_, "progress", {{"stage", "rendering"}, {"percent", 50.5}}));
    return {};
  }

  // One client's events have a commit each; those of several share theirs.
  Result<void> events() {
    REELD_TRY(measure("event, one client", 1, bench_.submits, [&](int) { return append(); }));
    REELD_TRY(measure("event, 8 clients", kClients, bench_.submits, [&](int) { return append(); }));
    return measure("event, 32 clients", 4 * kClients, bench_.submits, [&](int) { return append(); });
  }

  // First pages, and each one's next.
  template <class Row>
  Result<void> pages(const std::string& name, const std::string& sort,
                     const std::function<Result<storage::Page<Row>>(int i, const PageRequest&)>& list) {
    std::vector<std::string> cursors(static_cast<std::size_t>(bench_.pages));
    const auto request = [&](int i, const std::string& cursor) {
      return PageRequest{sort, i % 2 == 0, cursor, kPageRows};
    };
    const std::string order = sort.empty() ? "time" : sort;
    REELD_TRY(measure(
        name + " by " + order, 1, bench_.pages,
        [&](int i) -> Result<void> {
          REELD_ASSIGN(const auto page, list(i, request(i, "")));
          cursors[static_cast<std::size_t>(i)] = page.next;
          return {};
        },
        &first_pages_));
    return measure(name + " by " + order + ", next", 1, bench_.pages, [&](int i) -> Result<void> {
      REELD_TRY(list(i, request(i, cursors[static_cast<std::size_t>(i)])));
      return {};
    });
  }

  struct JobFilterCase {
    std::string name;
    std::function<void(storage::JobFilter&, int i)> set;
  };

  std::vector<JobFilterCase> job_filters() const {
    const std::int64_t jobs = bench_.filling.jobs;
    const auto day_of = [](int i) { return kFilledFromUs + kFilledYearUs / 365 * (i * 37 % 360); };
    const auto status_of = [](int i) {
      return i % 3 == 0   ? storage::JobStatus::failed
             : i % 3 == 1 ? storage::JobStatus::completed
                          : storage::JobStatus::media_generation;
    };
    using Filter = storage::JobFilter;
    return {
        {"all jobs", [](Filter&, int) {}},
        {"jobs of status", [=](Filter& f, int i) { f.status = status_of(i); }},
        {"jobs of user", [](Filter& f, int i) { f.user_id = filled_user(i % kFilledUsers); }},
        {"jobs of model", [](Filter& f, int i) { f.model = filled_model(i % kFilledModels); }},
        {"jobs of a day",
         [=](Filter& f, int i) { f.from_us = day_of(i), f.before_us = day_of(i) + kFilledYearUs / 365; }},
        {"jobs before a day", [=](Filter& f, int i) { f.before_us = day_of(i); }},
        {"jobs of session",
         [=](Filter& f, int i) { f.session_id = filled_session(i * 7919LL % (jobs / 20)); }},
        {"jobs of project",
         [=](Filter& f, int i) { f.project_id = filled_project(i * 7919LL % (jobs / 200)); }},
        {"jobs of group", [=](Filter& f, int i) { f.group_id = filled_group(i * 7919LL % (jobs / 50)); }},
        {"jobs of user, status",
         [=](Filter& f, int i) { f.user_id = filled_user(i % kFilledUsers), f.status = status_of(i); }},
        {"jobs of user, model",
         [=](Filter& f, int i) { f.user_id = filled_user(i % kFilledUsers), f.model = filled_model(i % 8); }},
        {"jobs of model, status",
         [=](Filter& f, int i) { f.model = filled_model(i % 8), f.status = status_of(i); }},
    };
  }

  Result<void> lists_of_jobs() {
    for (const JobFilterCase& one : job_filters()) {
      for (const char* sort : {"", "title", "status", "cost", "completed"}) {
        REELD_TRY(pages<storage::Job>(one.name, sort, [&](int i, const PageRequest& page) {
          storage::JobFilter filter;
          one.set(filter, i);
          return db_.page_of_jobs(filter, page);
        }));
      }
    }
    return {};
  }

  Result<void> lists_of_films() {
    storage::Media media(db_);
    const std::pair<const char*, std::function<void(storage::VideoFilter&, int)>> filters[] = {
        {"all films", [](storage::VideoFilter&, int) {}},
        {"films of user", [](storage::VideoFilter& f, int i) { f.user_id = filled_user(i % kFilledUsers); }},
        {"films of resolution",
         [](storage::VideoFilter& f, int i) { f.resolution = i % 2 == 0 ? "1280x720" : "1920x1080"; }},
        {"films of codec", [](storage::VideoFilter& f, int i) { f.codec = i % 2 == 0 ? "hevc" : "h264"; }},
    };
    for (const auto& [name, set] : filters) {
      for (const char* sort : {"", "title", "duration", "size"}) {
        REELD_TRY(pages<storage::Video>(name, sort, [&](int i, const PageRequest& page) {
          storage::VideoFilter filter;
          set(filter, i);
          return media.videos(filter, page);
        }));
      }
    }
    return {};
  }

  Result<void> counts() {
    for (const JobFilterCase& one : job_filters()) {
      REELD_TRY(measure("count: " + one.name, 1, 6, [&](int i) -> Result<void> {
        storage::JobFilter filter;
        one.set(filter, i);
        REELD_TRY(db_.count_jobs(filter));
        return {};
      }));
    }
    return {};
  }

  Result<void> usage() {
    constexpr std::int64_t kDayUs = kFilledYearUs / 365;
    const std::pair<const char*, std::int64_t> ranges[] = {{"a day", 1}, {"a month", 30}, {"a year", 365}};
    for (const auto& [name, days] : ranges) {
      REELD_TRY(measure(std::string("usage of ") + name + ", by day", 1, 6, [&](int i) -> Result<void> {
        storage::UsageQuery query;
        query.from_us = days < 365 ? kFilledFromUs + i * 41 * kDayUs : kFilledFromUs;
        query.before_us = query.from_us + days * kDayUs;
        REELD_TRY(storage::UsageLog(db_).sums(query));
        return {};
      }));
    }
    return {};
  }

  Result<void> reading_beside_writing() {
    const Step read = [&](int i) -> Result<void> {
      storage::JobFilter filter;
      filter.user_id = filled_user(i % kFilledUsers);
      REELD_TRY(db_.page_of_jobs(filter, {}));
      return {};
    };
    REELD_TRY(measure("page, nobody writes", 1, 500, read));
    std::atomic<bool> enough = false;
    std::vector<std::thread> writers;
    for (int i = 0; i < kClients; ++i) {
      writers.emplace_back([&] {
        while (!enough && append()) {
        }
      });
    }
    const auto measured = measure("page, 8 clients write", 1, 500, read);
    enough = true;
    for (std::thread& writer : writers) writer.join();
    return measured;
  }

  // Submits while old events are removed.
  Result<void> rotation() {
    std::atomic<bool> done = false;
    Result<std::int64_t> removed = 0;
    // A fiftieth of the year's.
    const auto start = Clock::now();
    double seconds = 0;
    std::thread rotating([&] {
      removed = db_.rotate_events(kFilledFromUs + kFilledYearUs / 50, std::int64_t{1} << 40);
      seconds = ms_since(start) / 1000;
      done = true;
    });
    std::vector<double> ms;
    Result<void> submitted;
    while (!done && submitted) {
      const auto begun = Clock::now();
      submitted = submit();
      ms.push_back(ms_since(begun));
    }
    rotating.join();
    REELD_TRY(submitted);
    if (!removed) return removed.error();
    add("submit while events are removed", ms,
        {{"removed", *removed}, {"removed_per_second", static_cast<double>(*removed) / seconds}});
    return {};
  }

  const RecordsBench& bench_;
  const std::atomic<bool>& cancelled_;
  Json& report_;
  Database& db_;
  const std::filesystem::path folder_;
  std::mutex mutex_;
  std::string submitted_;  // the newest
  std::vector<double> first_pages_;
};

}  // namespace

Result<Json> run_records_bench(const RecordsBench& bench, const std::atomic<bool>& cancelled) {
  const TemporaryFolder folder;
  const std::filesystem::path file = bench.keep.empty() ? folder.path() / "reeld.db" : bench.keep;
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) REELD_TRY(fill_records(file, bench.filling));
  Json report = new_report("records",
                           {{"jobs", bench.filling.jobs},
                            {"events", bench.filling.events},
                            {"submits", bench.submits},
                            {"pages", bench.pages},
                            {"database_bytes", static_cast<std::int64_t>(std::filesystem::file_size(file))}});
  REELD_ASSIGN(const auto db, Database::open(file));
  REELD_TRY(Bench(bench, cancelled, report, *db, file.parent_path()).run());
  return report;
}

std::string records_table(const Json& report) {
  std::string out = fmt::format("{:<42}{:>8}{:>9}{:>9}{:>9}{:>10}{:>9}\n", "", "count", "p50 ms", "p99 ms",
                                "max ms", "a second", "a commit");
  for (const Json& result : report.at("results")) {
    const Json& figures = result.at("median");
    const auto more = [&](const char* key) {
      return figures.contains(key) ? fmt::format("{:.1f}", figures.at(key).get<double>()) : std::string("-");
    };
    out += fmt::format("{:<42}{:>8.0f}{:>9.2f}{:>9.2f}{:>9.2f}{:>10}{:>9}\n",
                       result.at("name").get<std::string>(), figures.at("count").get<double>(),
                       figures.at("p50_ms").get<double>(), figures.at("p99_ms").get<double>(),
                       figures.at("max_ms").get<double>(), more("per_second"), more("changes_per_commit"));
  }
  return out;
}

}  // namespace reeld::bench
