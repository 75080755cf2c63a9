#include "tests/ipc/fake_daemon.hpp"

#include <stdlib.h>

#include <catch2/catch.hpp>

#include "ipc/endpoint.hpp"
#include "wire/codec.hpp"

namespace reeld::test {

namespace fs = std::filesystem;

FakeDaemon::FakeDaemon(const std::map<std::string, ipc::Handler>& instead) {
  auto all = handlers();
  for (const auto& [name, handler] : instead) all[name] = handler;
  auto server = ipc::Server::open({endpoint(), ipc::events_endpoint_for(endpoint())}, ipc::bind_methods(all));
  INFO((server ? "" : server.error().message));
  REQUIRE(server);
  server_ = *std::move(server);
  loop_ = std::thread([this] { server_->run(); });
}

void FakeDaemon::stop() {
  server_->stop();
  if (loop_.joinable()) loop_.join();
}

FakeDaemon::~FakeDaemon() {
  stop();
  for (std::thread& worker : workers_) worker.join();
}

std::unique_ptr<ipc::Client> FakeDaemon::client() const {
  auto client = ipc::Client::connect(endpoint(), 5000);
  REQUIRE(client);
  return *std::move(client);
}

std::string FakeDaemon::make_job(const std::string& status) {
  const std::lock_guard lock(mutex_);
  std::string id = std::to_string(jobs_.size());
  id = "01a1fd7a-0000-7000-8000-" + std::string(12 - id.size(), '0') + id;
  jobs_[id].status = status;
  return id;
}

void FakeDaemon::set_status(const std::string& job, const std::string& status) {
  const std::lock_guard lock(mutex_);
  jobs_.at(job).status = status;
}

void FakeDaemon::tell(const std::string& job, const std::string& type, const Json& body) {
  record(job, type, body);
  Json event;
  {
    const std::lock_guard lock(mutex_);
    event = jobs_.at(job).events.back();
  }
  // Of several threads, two may send the same last event: twice is allowed, and a skipped one is a gap to
  // fill.
  server_->publish({job, event.at("seq"), event.at("time"), event.at("type"), event.at("body")});
}

void FakeDaemon::record(const std::string& job, const std::string& type, const Json& body) {
  const std::lock_guard lock(mutex_);
  auto& events = jobs_.at(job).events;
  events.push_back({{"job", job},
                    {"seq", events.size() + 1},
                    {"time", "2026-11-21T08:00:00.000000Z"},
                    {"type", type},
                    {"body", body}});
}

void FakeDaemon::finish(const std::string& job, const std::string& status) {
  set_status(job, status);
  tell(job, "finished", job_json(job));
}

std::map<std::string, ipc::Handler> FakeDaemon::handlers() {
  std::map<std::string, ipc::Handler> all;
  for (const ipc::MethodSpec& spec : ipc::method_specs()) {
    all[spec.name] = [name = spec.name](const Json& params) -> Result<Json> {
      return Json{{"method", name}, {"params", params}};
    };
  }
  for (const char* name : {"status", "show", "cancel", "retry"}) {
    all[name] = [this](const Json& params) { return with_job(params); };
  }
  all["submit"] = [this](const Json& params) { return submit(params); };
  all["watch"] = [this](const Json& params) { return watch(params); };
  all["backup"] = [this](const Json& params) -> Result<Json> {
    const bool done = ++backups_asked_ == 3;
    return Json{{"target", params.at("target")},
                {"status", done ? "done" : "copying"},
                {"bytes", done ? Json(4096) : Json()},
                {"rows", done ? Json(7) : Json()}};
  };
  all["script"] = [](const Json&) -> Result<Json> { return script_json("writing"); };
  all["script_result"] = [this](const Json&) -> Result<Json> {
    return script_json(++scripts_asked_ < 3 ? "writing" : "done");
  };
  return all;
}

Json FakeDaemon::script_json(const std::string& status) {
  const Json request = status == "done" ? Json{{"reeld", 1}} : Json();
  return {{"id", "s1"}, {"status", status}, {"script", nullptr}, {"request", request}};
}

Json FakeDaemon::job_json(const std::string& id) {
  const std::lock_guard lock(mutex_);
  const std::string& status = jobs_.at(id).status;
  const Json error = {{"code", "file_missing"}, {"message", "there is no such file"}, {"path", "/scenes/0"}};
  const bool failed = status == "failed";
  return {{"id", id}, {"status", status}, {"error", failed ? error : Json()}, {"completed_at", nullptr}};
}

Result<Json> FakeDaemon::with_job(const Json& params) {
  const std::string id = params.at("job").get<std::string>();
  {
    const std::lock_guard lock(mutex_);
    if (!jobs_.contains(id)) return Error{Code::not_found, "there is no job \"" + id + "\"", "/job"};
  }
  return Json{{"job", job_json(id)}};
}

Result<Json> FakeDaemon::submit(const Json& params) {
  const std::string id = make_job();
  const std::lock_guard lock(mutex_);
  workers_.emplace_back([this, id, end = params.at("request").value("end", "completed")] {
    for (int i = 0; i < 50; ++i) tell(id, "progress", {{"percent", 2 * i}});
    finish(id, end);
  });
  return Json{{"job", {{"id", id}, {"status", "pending"}, {"error", nullptr}, {"completed_at", nullptr}}},
              {"repeated", false}};
}

Result<Json> FakeDaemon::watch(const Json& params) {
  REELD_ASSIGN(Json result, with_job(params));
  const std::lock_guard lock(mutex_);
  const auto& events = jobs_.at(params.at("job").get<std::string>()).events;
  result["events"] = Json::array();
  // A few at a time, so that catching up takes several turns.
  for (std::size_t i = params.value("after", std::size_t{0}); i < events.size(); ++i) {
    if (result["events"].size() < 100) result["events"].push_back(events[i]);
  }
  return result;
}

RawSocket::RawSocket(int type, const std::string& endpoint) {
  context_.reset(zmq_ctx_new());
  socket_.reset(zmq_socket(context_.get(), type));
  wire::set_option(socket_, ZMQ_LINGER, 0);
  wire::set_option(socket_, ZMQ_RCVHWM, 0);
  if (type == ZMQ_SUB) zmq_setsockopt(socket_.get(), ZMQ_SUBSCRIBE, "", 0);
  REQUIRE(zmq_connect(socket_.get(), endpoint.c_str()) == 0);
}

void RawSocket::send(const std::vector<std::string>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const int flags = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
    REQUIRE(zmq_send(socket_.get(), frames[i].data(), frames[i].size(), flags) >= 0);
  }
}

std::vector<std::string> RawSocket::receive(int timeout_ms) {
  std::vector<std::string> frames;
  zmq_pollitem_t item{socket_.get(), 0, ZMQ_POLLIN, 0};
  bool more = zmq_poll(&item, 1, timeout_ms) > 0;
  while (more) {
    wire::Frame frame;
    REQUIRE(zmq_msg_recv(frame.get(), socket_.get(), 0) >= 0);
    frames.push_back(frame.text());
    more = frame.more();
  }
  return frames;
}

Json RawSocket::ask(const Json& request) {
  send({wire::encode(request)});
  const auto frames = receive();
  if (frames.empty()) return nullptr;
  CHECK(frames.size() == 1);
  const auto reply = wire::decode(frames.back());
  REQUIRE(reply);
  return *reply;
}

RawSocket subscribed(FakeDaemon& daemon) {
  RawSocket socket(ZMQ_SUB, ipc::events_endpoint_for(daemon.endpoint()));
  // The subscription travels on its own time: it is there when a first event comes. What was sent until then
  // is passed over.
  const auto probe = [&](std::int64_t seq) {
    daemon.server().publish({"probe", seq, "", "status", nullptr});
  };
  int tries = 0;
  do {
    probe(1);
  } while (socket.receive(20).empty() && ++tries < 250);
  probe(2);
  std::vector<std::string> frames;
  do {
    frames = socket.receive();
    REQUIRE(frames.size() == 2);
  } while (wire::decode(frames[1])->at("seq") != 2);
  return socket;
}

}  // namespace reeld::test
