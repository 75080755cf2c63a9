// The daemon's jobs: those that wait, in the order in which they came, and those at work, one a thread. Any
// thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/result.hpp"
#include "engine/job.hpp"
#include "engine/job_progress.hpp"
#include "storage/database.hpp"
#include "storage/groups.hpp"

namespace reeld::engine {

class JobQueue {
 public:
  // What `tools` refers to outlives the queue. `limit` is how many jobs may wait; of those that are submitted
  // at the same moment a few more may.
  JobQueue(const JobTools& tools, int limit, EventSink sink);
  // Leaves unfinished jobs as they are: the next start goes on with them.
  ~JobQueue();

  // Takes up the jobs that an earlier daemon left unfinished, and begins to work.
  Result<void> start();

  // Records the job and lets it wait for its turn; its title and hash are made of its request. A request that
  // breaks the rules is answered with its error, and stays in the record as a failed job. Errors: busy,
  // shutting_down, those of parse_request and Database::create_job.
  Result<storage::Database::Created> submit(storage::NewJob job);
  // The same for films that are compared, all or none: a request that breaks the rules is answered with its
  // error, whose path begins with "/variations/N", and nothing is recorded.
  Result<storage::Groups::WithJobs> submit_group(const storage::Group& group,
                                                 std::vector<storage::NewGroupFilm> films);
  Result<storage::Job> cancel(const std::string& id);  // not_found, invalid_state
  Result<storage::Job> retry(const std::string& id);   // not_found, invalid_state, shutting_down

  LiveFigures live(const std::string& id) const;  // of a job at work; empty otherwise
  struct Counts {
    std::size_t waiting = 0, running = 0;
  };
  Counts counts() const;

  // From now on no new job is taken. Idle once the jobs at work are done; those that wait are left to the
  // next start.
  void drain();
  bool draining() const;
  bool idle() const;

 private:
  struct Running {
    std::unique_ptr<JobProgress> progress;
    std::atomic<bool> stop{false};
    std::atomic<bool> cancelled{false};  // by a client, unlike a stop of the daemon
  };

  Result<void> check_room(std::size_t jobs) const;
  void enqueue(const std::string& id);
  void work();
  void run(const std::string& id, Running& running);
  void record_end(const storage::Job& job, bool cancelled, const Result<void>& result);
  void announce_end(const std::string& id, JobProgress& progress);

  const JobTools tools_;
  const int limit_;
  const EventSink sink_;
  std::mutex one_at_a_time_;  // cancel and retry, so that a job has one end; taken before mutex_
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::string> waiting_;
  std::map<std::string, std::unique_ptr<Running>> running_;
  int announcing_ = 0;  // jobs that are done and whose end is being told
  bool draining_ = false, stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace reeld::engine
