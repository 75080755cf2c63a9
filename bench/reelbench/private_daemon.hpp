// A reeld of the benchmark's own: the program beside this one, in a temporary folder, gone with the object.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <filesystem>
#include <memory>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "base/temporary_folder.hpp"
#include "engine/executor.hpp"
#include "ipc/client.hpp"

namespace reeld::bench {

using Json = nlohmann::json;

class PrivateDaemon {
 public:
  // Waits until it answers. Errors: unreachable, with what it wrote to its log.
  static Result<std::unique_ptr<PrivateDaemon>> start(const engine::SlotLayout& layout);
  ~PrivateDaemon();
  PrivateDaemon(const PrivateDaemon&) = delete;
  PrivateDaemon& operator=(const PrivateDaemon&) = delete;

  // Submits the request, whose files lie in `inputs`, follows it to its end and removes the film. The result:
  // {"wall_seconds": from the request to the finished film as a client sees it,
  //  "first_frame_ms": from the job's acceptance to the first frame in the encoder,
  //  "cpu_seconds", "peak_memory_mb": of the daemon and its workers together,
  //  "worker_peak_memory_mb": the daemon's own record of the job,
  //  "other_cpu_seconds", "frames", "encoder", "device", and "STAGE_seconds" of each of its stages}.
  // Errors: the job's own; cancelled.
  Result<Json> run(const Json& request, const std::filesystem::path& inputs,
                   const std::atomic<bool>& cancelled);

 private:
  PrivateDaemon() = default;

  TemporaryFolder folder_;
  pid_t pid_ = -1;
  std::unique_ptr<ipc::Client> client_;
};

}  // namespace reeld::bench
