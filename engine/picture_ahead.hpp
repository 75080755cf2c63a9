// The picture of a job's first frame, decoded and taken in by the worker that will render that frame, while
// the rest is still fetched and planned: it is what a first frame waits for longest. Only a wish: where no
// worker is free, or the picture cannot be read, nothing happens, and the rendering loads it, or says what is
// wrong with it.
#pragma once

#include <atomic>
#include <filesystem>
#include <future>

#include "engine/executor.hpp"
#include "engine/job_meter.hpp"
#include "engine/request.hpp"
#include "engine/worker.hpp"

namespace reeld::engine {

// In the daemon, one a job.
class PictureAhead {
 public:
  PictureAhead(Executor& executor, JobMeter& meter, const std::atomic<bool>& cancelled)
      : executor_(executor), meter_(meter), cancelled_(cancelled) {}

  // `file` is the picture of the request's first scene, in the asset store. `scored`: the rendering is to
  // score it, and finds its pixels with it. Returns at once.
  void begin(const Request& request, const std::filesystem::path& file, bool scored);

 private:
  Executor& executor_;
  JobMeter& meter_;
  const std::atomic<bool>& cancelled_;
  std::future<void> loading_;  // its end is waited for at the end of the job
};

// What `begin` asks of a worker, and in the worker: the picture into kept_picture().
Json picture_ahead(const Request& request, const std::filesystem::path& file, bool scored);
Result<Json> picture_ahead_task(const Json& task, const TaskProgress& progress);

}  // namespace reeld::engine
