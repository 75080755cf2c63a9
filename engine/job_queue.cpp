#include "engine/job_queue.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

#include "engine/asset_store.hpp"
#include "engine/files.hpp"
#include "engine/job_folder.hpp"
#include "engine/learned/learned_models.hpp"
#include "engine/records.hpp"
#include "engine/request.hpp"

namespace reeld::engine {
namespace {

namespace fs = std::filesystem;
using storage::JobStatus;

constexpr std::chrono::seconds kBetweenTries{1};  // to record a job's end

// The request's own words for its title, if they are words.
std::string title_of(const Json& request) {
  const auto it = request.is_object() ? request.find("title") : request.end();
  return it != request.end() && it->is_string() ? it->get<std::string>() : "";
}

// Fills in what a job's record says of its request; the request as parsed, or why it breaks the rules.
Result<Request> complete(storage::NewJob& job, const fs::path& models_dir) {
  job.title = title_of(job.request);
  job.request_hash = sha256_of_text(job.request.dump(-1, ' ', false, Json::error_handler_t::replace));
  REELD_ASSIGN(Request request, parse_request(job.request));
  job.allow_fallback = request.allow_fallback;
  job.budget_usd = request.budget_usd;
  REELD_TRY(check_models(request, models_dir));
  return request;
}

Result<void> try_to_record_end(const JobTools& tools, const storage::Job& job, bool cancelled,
                               const Result<void>& result) {
  if (result) return {};
  if (cancelled) {
    remove_job_files(tools.data_dir, job);
    return tools.database.set_status(job.id, JobStatus::cancelled);
  }
  std::error_code ignored;
  fs::remove(unfinished_film(job.target, job.id), ignored);
  return tools.database.set_status(job.id, JobStatus::failed, result.error());
}

}  // namespace

JobQueue::JobQueue(const JobTools& tools, int limit, EventSink sink)
    : tools_(tools), limit_(limit), sink_(std::move(sink)) {}

JobQueue::~JobQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (auto& [id, running] : running_) running->stop = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

Result<void> JobQueue::start() {
  REELD_ASSIGN(const auto unfinished, tools_.database.unfinished_jobs());
  for (const storage::Job& job : unfinished) {
    spdlog::info("job={} status={} taken up again", job.id, storage::job_status_name(job.status));
    waiting_.push_back(job.id);
  }
  // One job more than there are slots, so that the next one fetches while the workers render.
  for (int i = 0; i < tools_.executor.slots() + 1; ++i) threads_.emplace_back([this] { work(); });
  return {};
}

Result<void> JobQueue::check_room(std::size_t jobs) const {
  const std::lock_guard lock(mutex_);
  if (draining_) return Error{Code::shutting_down, "the daemon is shutting down and takes no new job"};
  if (waiting_.size() + jobs <= static_cast<std::size_t>(limit_)) return {};
  std::string why = std::to_string(waiting_.size()) + " jobs wait already";
  if (jobs > 1) why += ", and at most " + std::to_string(limit_) + " may";
  return Error{Code::busy, why + "; try again when some are done"};
}

void JobQueue::enqueue(const std::string& id) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(id);
  wake_.notify_all();  // those who wait to record an end are among the waiting
}

Result<storage::Database::Created> JobQueue::submit(storage::NewJob wanted) {
  REELD_TRY(check_room(1));
  const auto request = complete(wanted, tools_.models_dir);
  REELD_ASSIGN(auto created, tools_.database.create_job(wanted));
  if (created.repeated) return created;
  if (!request) {
    const Error& error = request.error();
    spdlog::info("job={} refused: {} {}", created.job.id, error.path, error.message);
    REELD_TRY(tools_.database.set_status(created.job.id, JobStatus::failed, error));
    return error;
  }
  spdlog::info("job={} submitted target={}", created.job.id, created.job.target);
  enqueue(created.job.id);
  return created;
}

Result<storage::Groups::WithJobs> JobQueue::submit_group(const storage::Group& group,
                                                         std::vector<storage::NewGroupFilm> films) {
  REELD_TRY(check_room(films.size()));
  for (std::size_t i = 0; i < films.size(); ++i) {
    if (const auto request = complete(films[i].job, tools_.models_dir); !request) {
      Error error = request.error();
      error.path = "/variations/" + std::to_string(i) + error.path;
      error.message = "the film \"" + films[i].label + "\": " + error.message;
      return error;
    }
  }
  REELD_ASSIGN(auto made, storage::Groups(tools_.database).create(group, std::move(films)));
  for (const storage::Job& job : made.jobs) {
    spdlog::info("job={} submitted group={} target={}", job.id, made.group.id, job.target);
    enqueue(job.id);
  }
  return made;
}

Result<storage::Job> JobQueue::cancel(const std::string& id) {
  const std::lock_guard alone(one_at_a_time_);
  REELD_ASSIGN(auto job, tools_.database.find_job(id));
  if (job.status == JobStatus::cancelled) return job;
  if (storage::is_final(job.status)) {
    return Error{Code::invalid_state, "the job is " + std::string(storage::job_status_name(job.status)) +
                                          " and cannot be cancelled"};
  }
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = running_.find(job.id); it != running_.end()) {
      it->second->cancelled = true;
      it->second->stop = true;
      return job;
    }
    std::erase(waiting_, job.id);
  }
  if (auto recorded =
          try_to_record_end(tools_, job, true, Error{Code::cancelled, "cancelled before it began"});
      !recorded) {
    enqueue(job.id);
    return recorded.error();
  }
  JobProgress progress(tools_.database, job.id, sink_);
  announce_end(job.id, progress);
  return tools_.database.find_job(job.id);
}

Result<storage::Job> JobQueue::retry(const std::string& id) {
  const std::lock_guard alone(one_at_a_time_);
  {
    const std::lock_guard lock(mutex_);
    if (draining_) return Error{Code::shutting_down, "the daemon is shutting down and takes no job up"};
    if (running_.contains(id)) return Error{Code::invalid_state, "the job is still at work"};
  }
  REELD_ASSIGN(const auto job, tools_.database.find_job(id));
  REELD_TRY(parse_request(job.request));  // what the schema refuses will not do better the second time
  REELD_TRY(tools_.database.set_status(id, JobStatus::pending));
  JobProgress(tools_.database, id, sink_).tell("status", {{"status", "pending"}});
  enqueue(id);
  return tools_.database.find_job(id);
}

LiveFigures JobQueue::live(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto it = running_.find(id);
  return it == running_.end() ? LiveFigures{} : it->second->progress->figures();
}

JobQueue::Counts JobQueue::counts() const {
  const std::lock_guard lock(mutex_);
  return {waiting_.size(), running_.size()};
}

void JobQueue::drain() {
  const std::lock_guard lock(mutex_);
  draining_ = true;
}

bool JobQueue::draining() const {
  const std::lock_guard lock(mutex_);
  return draining_;
}

bool JobQueue::idle() const {
  const std::lock_guard lock(mutex_);
  return running_.empty() && announcing_ == 0;
}

void JobQueue::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || (!draining_ && !waiting_.empty()); });
    if (stopping_) return;
    const std::string id = waiting_.front();
    waiting_.pop_front();
    auto& running = *(running_[id] = std::make_unique<Running>());
    running.progress = std::make_unique<JobProgress>(tools_.database, id, sink_);
    lock.unlock();
    run(id, running);
    // A job leaves the running ones before its end is told: whoever hears of it may retry it at once.
    lock.lock();
    const auto done = std::move(running_.extract(id).mapped());
    if (done->stop && !done->cancelled) continue;
    ++announcing_;
    lock.unlock();
    announce_end(id, *done->progress);
    lock.lock();
    --announcing_;
  }
}

void JobQueue::run(const std::string& id, Running& running) {
  const auto job = tools_.database.find_job(id);
  if (!job) {
    spdlog::error("job={} cannot be read: {}", id, job.error().message);
    return;
  }
  if (storage::is_final(job->status)) {  // cancelled while it was on its way here, and its end has been told
    running.stop = true;
    return;
  }
  const auto result = run_job(tools_, *job, *running.progress, running.stop);
  // Stopped with the daemon, it stays as it is, for the next start.
  if (running.stop && !running.cancelled && !result) return;
  record_end(*job, running.cancelled, result);
}

// A disk that is full for an hour must not leave a job at work for ever.
void JobQueue::record_end(const storage::Job& job, bool cancelled, const Result<void>& result) {
  if (!result && !cancelled) {
    spdlog::error("job={} failed code={} path={} {}", job.id, code_name(result.error().code),
                  result.error().path, result.error().message);
  }
  for (bool told = false;; told = true) {
    const auto recorded = try_to_record_end(tools_, job, cancelled, result);
    if (recorded) return;
    if (!told) spdlog::error("job={} end not recorded: {}", job.id, recorded.error().message);
    const Code code = recorded.error().code;
    const bool may_pass = code == Code::disk_full || code == Code::busy || code == Code::database_failed;
    std::unique_lock lock(mutex_);
    if (!may_pass || wake_.wait_for(lock, kBetweenTries, [&] { return stopping_; })) return;
  }
}

void JobQueue::announce_end(const std::string& id, JobProgress& progress) {
  const auto ended = tools_.database.find_job(id);
  const auto whole = ended ? whole_job(tools_.database, *ended, {}) : Result<Json>(ended.error());
  // Subscribers wait for this event; they get it even where the database cannot be read any more.
  progress.tell("finished",
                whole ? *whole : Json{{"id", id}, {"status", "failed"}, {"error", to_json(whole.error())}});
  spdlog::info("job={} finished status={}", id, ended ? storage::job_status_name(ended->status) : "unknown");
}

}  // namespace reeld::engine
