#include "providers/plugin/plugin_process.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "base/check.hpp"
#include "wire/codec.hpp"

namespace reeld::providers {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

// How long a cancel, a deadline or a due start may go unnoticed while somebody waits.
constexpr milliseconds kLook{20};
// What a request's message has beside its fields.
constexpr std::size_t kEnvelopeBytes = 1024;

milliseconds from_now(Clock::time_point then, Clock::time_point now) {
  return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(then - now));
}

}  // namespace

PluginProcess::PluginProcess(PluginManifest manifest, PluginOptions options)
    : manifest_(std::move(manifest)), options_(std::move(options)), hello_{manifest_.models, json::object()} {
  wake_fd_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  REELD_CHECK(wake_fd_ >= 0);
}

PluginProcess::~PluginProcess() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake();
  if (thread_.joinable()) thread_.join();
  ::close(wake_fd_);
}

Asked PluginProcess::ask(const json& fields, Clock::time_point deadline, const Cancelled& cancelled) {
  auto request = std::make_shared<Request>();
  request->message = fields;
  request->message["type"] = "request";
  request->deadline = deadline;
  wire::make_utf8(request->message);
  if (wire::encode(request->message).size() > wire::kMaxMessageBytes - kEnvelopeBytes)
    return {error(Code::limit_exceeded, "takes no request of more than 16 MiB")};
  return wait_for(request, cancelled);
}

Asked PluginProcess::ping(Clock::time_point deadline, const Cancelled& cancelled) {
  auto request = std::make_shared<Request>();
  request->message = {{"type", "ping"}};
  request->deadline = deadline;
  request->is_ping = true;
  return wait_for(request, cancelled);
}

Asked PluginProcess::wait_for(const std::shared_ptr<Request>& request, const Cancelled& cancelled) {
  if (cancelled && cancelled()) return {error(Code::cancelled, "was not asked: the job is cancelled")};
  std::unique_lock lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (now >= request->deadline) return {error(Code::timed_out, "was not asked: the deadline has passed")};
  if (!why_not_.empty() && now < next_start_)
    return {error(Code::provider_unavailable, why_not_), Remedy::later, from_now(next_start_, now)};
  if (requests_.size() >= kMaxWaiting) {
    return {error(Code::rate_limited, "has " + std::to_string(kMaxWaiting) + " requests waiting already"),
            Remedy::later};
  }
  requests_[++last_id_] = request;
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  wake();
  while (!request->done) {
    answered_.wait_for(lock, kLook);
    if (request->done || request->stop || !cancelled) continue;
    lock.unlock();
    const bool stop = cancelled();
    lock.lock();
    if (stop) request->stop = error(Code::cancelled, "was told to stop: the job is cancelled");
  }
  return *request->answer;
}

Hello PluginProcess::hello() const {
  const std::lock_guard lock(mutex_);
  return hello_;
}

std::string PluginProcess::why_not() const {
  const std::lock_guard lock(mutex_);
  return Clock::now() < next_start_ && !why_not_.empty() ? "The plugin " + manifest_.name + " " + why_not_
                                                         : "";
}

void PluginProcess::run() {
  std::unique_ptr<Session> session;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (!session) begin(session);
    if (session) {
      // Ending a process takes a while; those who only want to know something need not wait for it.
      lock.unlock();
      const auto messages = session->step(Clock::now());
      lock.lock();
      for (const json& message : messages) take(message);
      if (session->hello()) hello_ = *session->hello();
    }
    const Clock::time_point now = Clock::now();
    stop_what_must(session.get(), now);
    if (session && session->hello()) hand_out(*session, now);
    if (session && !session->why_over().empty()) {
      fell(session->why_over(), session->hello().has_value(), now);
      session.reset();
      continue;
    }
    const bool at_rest = requests_.empty() && session && session->hello();
    const Clock::time_point until = now + (at_rest ? manifest_.limits.silent / 3 : kLook);
    lock.unlock();
    if (session) {
      session->wait(wake_fd_, until);
    } else {
      pollfd woken{wake_fd_, POLLIN, 0};
      ::poll(&woken, 1, requests_.empty() ? -1 : static_cast<int>(kLook.count()));
    }
    std::uint64_t count = 0;
    while (::read(wake_fd_, &count, sizeof count) > 0) {
    }
    lock.lock();
  }
  while (!requests_.empty())
    finish(requests_.begin()->first, {error(Code::shutting_down, "ends with reeld")});
  lock.unlock();
  session.reset();
}

// Starts the process where somebody waits for it and the time has come.
void PluginProcess::begin(std::unique_ptr<Session>& session) {
  const Clock::time_point now = Clock::now();
  if (requests_.empty() || now < next_start_) return;
  auto started = Session::start(manifest_, options_);
  if (started) {
    session = *std::move(started);
  } else {
    fell("does not start: " + started.error().message, false, now);
  }
}

void PluginProcess::take(const json& message) {
  const auto id = message.find("id");
  if (id == message.end() || !id->is_number_unsigned()) return;
  const auto request = requests_.find(id->get<Id>());
  // Progress is a sign of life, and no more.
  if (request == requests_.end() || !request->second->sent || message["type"] == "progress") return;
  if (request->second->stop) return finish(request->first, {*request->second->stop});
  if (message["type"] != "error") return finish(request->first, {message});
  const Tried failed = read_error(message, manifest_.name);
  finish(request->first, {failed.result.error(), failed.remedy, failed.retry_after});
}

// Those whose time has passed or whose job is cancelled: at once where the plugin knows nothing of them, else
// once it says that it has stopped. One that does not stop is ended.
void PluginProcess::stop_what_must(Session* session, Clock::time_point now) {
  for (auto it = requests_.begin(); it != requests_.end();) {
    const auto [id, request] = *it++;
    if (!request->stop && now >= request->deadline)
      request->stop = error(Code::timed_out, "was told to stop: it took longer than it may");
    if (!request->stop) continue;
    if (!request->sent || request->is_ping) {
      finish(id, {*request->stop, request->is_ping ? Remedy::later : Remedy::none});
    } else if (!request->end_by) {
      request->end_by = now + manifest_.limits.cancel;
      session->send({{"type", "cancel"}, {"id", id}});
    } else if (now >= *request->end_by) {
      session->end("was ended: it did not stop within " + std::to_string(manifest_.limits.cancel.count()) +
                   " ms when it was told to");
    }
  }
}

void PluginProcess::hand_out(Session& session, Clock::time_point now) {
  const auto at_work = std::ranges::count_if(
      requests_, [](const auto& one) { return one.second->sent && !one.second->is_ping; });
  auto free = manifest_.limits.parallel - at_work;
  for (const auto& [id, request] : requests_) {
    if (request->sent || (free <= 0 && !request->is_ping)) continue;
    if (!request->is_ping) {
      --free;
      request->deadline = std::min(request->deadline, now + manifest_.limits.request);
      request->message["deadline_ms"] = from_now(request->deadline, now).count();
    }
    request->sent = true;
    request->message["id"] = id;
    session.send(std::move(request->message));
  }
}

// The process is no more: what it worked at fails, what waits is kept for the next one unless there will be
// none soon.
void PluginProcess::fell(const std::string& reason, bool was_ready, Clock::time_point now) {
  const RestartRule& rule = options_.restart;
  if (options_.log) options_.log(manifest_.name, "the plugin " + reason);
  std::erase_if(deaths_, [&](Clock::time_point then) { return now - then > rule.window; });
  deaths_.push_back(now);
  const auto count = static_cast<int>(deaths_.size());
  const bool too_often = count >= rule.most_deaths;
  next_start_ = now + (too_often ? rule.pause : rule.first_delay * (1 << std::min(count - 1, 16)));
  why_not_.clear();
  if (too_often) {
    why_not_ = "is left alone for " + std::to_string(rule.pause.count()) + " ms, for it ended " +
               std::to_string(count) + " times within " + std::to_string(rule.window.count()) +
               " ms; the last time it " + reason;
  }
  for (auto it = requests_.begin(); it != requests_.end();) {
    const auto [id, request] = *it++;
    if (request->stop) {
      finish(id, {*request->stop});
    } else if (request->sent) {
      finish(id, {error(Code::provider_failed, "did not finish, for it " + reason), Remedy::later,
                  from_now(next_start_, now)});
    } else if (!was_ready || too_often) {
      finish(id, {error(Code::provider_unavailable, reason), Remedy::later, from_now(next_start_, now)});
    }
  }
}

void PluginProcess::finish(Id id, Asked asked) {
  const auto request = requests_.extract(id).mapped();
  request->answer = std::move(asked);
  request->done = true;
  answered_.notify_all();
}

void PluginProcess::wake() const {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_fd_, &one, sizeof one);
}

Error PluginProcess::error(Code code, const std::string& what) const {
  return Error{code, "the plugin " + manifest_.name + " " + what};
}

}  // namespace reeld::providers
