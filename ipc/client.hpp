// The client library: one object a thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "base/result.hpp"
#include "wire/zmq.hpp"

namespace reeld::ipc {

using Json = nlohmann::json;

class Client {
 public:
  // Asks the daemon for its health, so that a missing one is found at once. Errors: unreachable.
  static Result<std::unique_ptr<Client>> connect(const std::string& endpoint, int timeout_ms);

  // A method of docs/protocol.md. Errors: the daemon's own; timed_out, unreachable.
  Result<Json> call(const std::string& method, const Json& params);

  // `target` and `base_dir` are absolute; an empty `idempotency_key` is none; `more` are other parameters of
  // submit, as user, script or brand.
  Result<Json> submit(const Json& request, const std::string& target, const std::string& base_dir,
                      const std::string& idempotency_key, const Json& more = Json::object());

  // Has a script written, however long that takes, and gives what script_result does once it is done.
  Result<Json> script(const Json& brief);

  // The take whole, as take_show has it, once it is ready or failed, however long that takes.
  Result<Json> wait_for_take(const std::string& take);

  // Gives every event of the job to `on_event`, from its first on and without a gap, until the job ends or
  // on_event returns false (Code::cancelled). The result is the finished job, whole.
  Result<Json> follow(const std::string& job, const std::function<bool(const Json& event)>& on_event);

 private:
  Client(std::string endpoint, int timeout_ms) : endpoint_(std::move(endpoint)), timeout_ms_(timeout_ms) {}
  Result<void> open();
  Result<Json> receive(const std::string& id);

  const std::string endpoint_;
  const int timeout_ms_;
  wire::Context context_;
  wire::Socket requests_;
  std::uint64_t next_id_ = 1;
};

}  // namespace reeld::ipc
