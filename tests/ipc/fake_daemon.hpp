// A server with the protocol's methods and no work behind them: jobs are a status and a list of events, made
// by the test. It runs in a thread of its own on a socket in a temporary folder, gone with the object.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/temporary_folder.hpp"
#include "ipc/client.hpp"
#include "ipc/server.hpp"

namespace reeld::test {

using Json = nlohmann::json;

class FakeDaemon {
 public:
  // `instead` replaces handlers. submit makes a job that tells 50 times of progress, from a thread of its
  // own, and ends with the status that params.request.end names. A script is done when it is asked for the
  // third time.
  explicit FakeDaemon(const std::map<std::string, ipc::Handler>& instead = {});
  ~FakeDaemon();
  void stop();  // the server; what it is given from now on waits for its next run

  std::string endpoint() const { return "ipc://" + (folder_.path() / "run" / "reeld.sock").string(); }
  ipc::Server& server() { return *server_; }
  std::unique_ptr<ipc::Client> client() const;

  std::string make_job(const std::string& status = "pending");
  void set_status(const std::string& job, const std::string& status);
  // Into the record and out to the subscribers. From any thread.
  void tell(const std::string& job, const std::string& type, const Json& body);
  // Into the record alone, as though the message had been lost.
  void record(const std::string& job, const std::string& type, const Json& body);
  // The status and the finished event.
  void finish(const std::string& job, const std::string& status);

 private:
  struct Job {
    std::string status;
    std::vector<Json> events;
  };

  std::map<std::string, ipc::Handler> handlers();
  Json job_json(const std::string& id);
  Result<Json> with_job(const Json& params);
  Result<Json> submit(const Json& params);
  Result<Json> watch(const Json& params);
  static Json script_json(const std::string& status);

  TemporaryFolder folder_;
  std::mutex mutex_;  // guards jobs_ and workers_
  std::map<std::string, Job> jobs_;
  std::unique_ptr<ipc::Server> server_;
  std::thread loop_;
  std::atomic<int> scripts_asked_ = 0, backups_asked_ = 0;
  std::vector<std::thread> workers_;
};

// A bare socket, to say what no client of ours would.
class RawSocket {
 public:
  // SUB sockets get everything.
  RawSocket(int type, const std::string& endpoint);
  void send(const std::vector<std::string>& frames);
  // Empty where nothing came in time.
  std::vector<std::string> receive(int timeout_ms = 5000);
  // One message there and its answer back, as JSON; null where there is none.
  Json ask(const Json& request);

 private:
  wire::Context context_;
  wire::Socket socket_;
};

// A socket that certainly gets every event from now on.
RawSocket subscribed(FakeDaemon& daemon);

}  // namespace reeld::test
