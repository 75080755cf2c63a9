// reeld: the control process. Sockets, records, scheduling; it never decodes a picture and never touches a
// GPU.
#include <signal.h>
#include <sys/prctl.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <thread>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>

#include "apps/config.hpp"
#include "apps/data_dir_lock.hpp"
#include "base/version.hpp"
#include "engine/records.hpp"
#include "engine/service.hpp"
#include "ipc/endpoint.hpp"
#include "ipc/methods.hpp"
#include "ipc/protocol.hpp"
#include "ipc/server.hpp"

namespace reeld {
namespace {

// One line an event: time, level, then words and key=value pairs.
void set_up_log(const std::string& level) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("reeld"));
  spdlog::set_pattern("time=%Y-%m-%dT%H:%M:%S.%fZ level=%l pid=%P %v", spdlog::pattern_time_type::utc);
  spdlog::set_level(spdlog::level::from_str(level));
}

ipc::EventMessage message_of(const storage::Event& event) {
  return {event.job_id, event.seq, engine::time_text(event.time_us), event.type, event.body};
}

// The protocol's methods, each answered by the service; what is the socket's to say is added.
std::vector<ipc::Method> methods_of(engine::Service& service, const std::string& events_endpoint) {
  using Json = nlohmann::json;
  const auto check = [](const std::string& method, const Json& params) -> Result<void> {
    const auto& specs = ipc::method_specs();
    const auto spec = std::ranges::find(specs, method, &ipc::MethodSpec::name);
    return spec == specs.end() ? Result<void>() : ipc::check_params(*spec, params);
  };
  engine::Handlers handlers = service.handlers(check);
  const auto add = [&](const char* method, const char* key, const Json& value) {
    handlers[method] = [answer = handlers.at(method), key, value](const Json& params) {
      auto result = answer(params);
      if (result) (*result)[key] = value;
      return result;
    };
  };
  add("watch", "events_endpoint", events_endpoint);
  add("health", "protocol", ipc::kProtocolVersion);
  return ipc::bind_methods(std::move(handlers));
}

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Waits for SIGTERM or SIGINT, then lets the jobs at work finish for `drain_seconds`; a second signal cuts
// that short.
void wait_and_drain(engine::Service& service, double drain_seconds) {
  const sigset_t signals = ending_signals();
  int signal = 0;
  ::sigwait(&signals, &signal);
  spdlog::info("signal={} draining for at most {} s", ::strsignal(signal), drain_seconds);
  ::sd_notify(0, "STOPPING=1");
  service.drain();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::duration<double>(drain_seconds);
  const timespec tick{0, 50'000'000};
  while (!service.idle() && std::chrono::steady_clock::now() < deadline) {
    if (::sigtimedwait(&signals, nullptr, &tick) > 0) break;
  }
}

int fail(const Error& error) {
  std::cerr << "reeld: " << error.message << " (" << code_name(error.code) << ")\n";
  return 1;
}

int serve(const Config& config) {
  const std::string endpoint = config.endpoint.empty() ? ipc::default_endpoint() : config.endpoint;
  const std::string events_endpoint = ipc::events_endpoint_for(endpoint);
  const auto lock = DataDirLock::take(config.service.data_dir);
  if (!lock) return fail(lock.error());

  // The service starts before the sockets are there, and its first events have nobody to go to.
  std::atomic<ipc::Server*> listener{nullptr};
  auto service = engine::Service::start(config.service, [&](const storage::Event& event) {
    if (ipc::Server* server = listener) server->publish(message_of(event));
  });
  if (!service) return fail(service.error());
  auto server = ipc::Server::open({endpoint, events_endpoint}, methods_of(**service, events_endpoint));
  if (!server) return fail(server.error());
  listener = server->get();

  spdlog::info("reeld {} ready endpoint={} data_dir={} slots={} threads_per_slot={}", kVersion, endpoint,
               config.service.data_dir.string(), config.service.slots, config.service.threads_per_slot);
  ::sd_notify(0, "READY=1");
  std::thread ender([&] {
    wait_and_drain(**service, config.drain_seconds);
    (*server)->stop();
  });
  (*server)->run();
  ender.join();
  service->reset();  // its threads publish until they end; the server goes after them
  spdlog::info("reeld ended");
  return 0;
}

int run(int argc, char** argv) {
  // Keys are in this process's memory: no core dump of it is written, by whatever handler.
  ::prctl(PR_SET_DUMPABLE, 0);
  CLI::App app{"reeld, a local video rendering daemon"};
  app.set_version_flag("--version", std::string("reeld ") + kVersion);
  std::string config_file, data_dir, endpoint, log_level;
  app.add_option("--config", config_file,
                 "TOML configuration; default ~/.config/reeld/reeld.toml where it is there");
  app.add_option("--data-dir", data_dir, "where reeld keeps its state; default ~/.local/state/reeld");
  app.add_option("--endpoint", endpoint,
                 "ZeroMQ endpoint for requests; default ipc:// in the runtime directory");
  app.add_option("--log-level", log_level, "trace, debug, info, warn, error or off");
  CLI11_PARSE(app, argc, argv);

  Config config = default_config();
  std::error_code ignored;
  if (config_file.empty() && std::filesystem::exists(default_config_file(), ignored))
    config_file = default_config_file();
  if (!config_file.empty()) {
    if (auto read = read_config(config_file, config); !read) return fail(read.error());
  }
  if (!data_dir.empty()) config.service.data_dir = std::filesystem::absolute(data_dir);
  if (!endpoint.empty()) config.endpoint = endpoint;
  if (!log_level.empty()) config.log_level = log_level;
  set_up_log(config.log_level);

  // Blocked before any thread starts, so that only wait_and_drain meets them.
  const sigset_t signals = ending_signals();
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return serve(config);
}

}  // namespace
}  // namespace reeld

int main(int argc, char** argv) {
  return reeld::run(argc, argv);
}
