#include "providers/plugin/session.hpp"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/check.hpp"
#include "base/version.hpp"
#include "wire/codec.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::milliseconds;

constexpr std::size_t kMaxSocketPath = 107;  // sockaddr_un's, without its last NUL
constexpr int kQueuedMessages = 1000;        // before the plugin's sends wait
constexpr int kMessagesAtOnce = 500;         // before other work has its turn
constexpr const char* kBroken =
    "was ended: its connection broke, as one does that sends a message of more than 16 MiB";
constexpr milliseconds kTermGrace{500};
constexpr milliseconds kGoodbye{300};

Error unavailable(const std::string& why) {
  return Error{Code::provider_unavailable, why};
}

Result<fs::path> private_folder(const fs::path& below) {
  std::error_code failure;
  const fs::path parent = below.empty() ? fs::temp_directory_path(failure) : below;
  std::string pattern = (parent / "reeld-plugin-XXXXXX").string();
  if (failure || ::mkdtemp(pattern.data()) == nullptr) {
    return unavailable("no folder for a plugin's socket can be made in " + parent.string() + ": " +
                       std::string(strerror(errno)));
  }
  return fs::path(pattern);
}

Secret random_token() {
  std::array<unsigned char, 32> bytes{};
  REELD_CHECK(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  std::string text;
  for (const unsigned char byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return Secret(std::move(text));
}

// In texts alone: a key of a map is a name of ours, or is refused.
void remove_secrets(json& message, const std::vector<Secret>& secrets) {
  if (message.is_string()) {
    std::string text = message.get<std::string>();
    for (const Secret& secret : secrets) text = without_secret(std::move(text), secret);
    message = std::move(text);
  } else if (message.is_structured()) {
    for (json& item : message) remove_secrets(item, secrets);
  }
}

void wipe(std::vector<std::string>& texts) {
  for (std::string& text : texts) explicit_bzero(text.data(), text.size());
}

}  // namespace

Result<std::unique_ptr<Session>> Session::start(const PluginManifest& manifest,
                                                const PluginOptions& options) {
  REELD_ASSIGN(const fs::path folder, private_folder(options.run_dir));
  std::vector<Secret> secrets;
  for (const std::string& name : manifest.secrets) secrets.push_back(options.secret(name));
  const auto tell = [log = options.log, name = manifest.name](const std::string& line) {
    if (log) log(name, line);
  };
  auto session = std::unique_ptr<Session>(new Session(manifest, folder, LineLog(tell, secrets)));
  session->secrets_ = std::move(secrets);
  REELD_TRY(session->open());
  return session;
}

Result<void> Session::open() {
  const fs::path file = folder_ / "socket";
  if (file.string().size() > kMaxSocketPath) {
    return unavailable("the path " + file.string() +
                       " is too long for a socket; give plugins a shorter folder to run in");
  }
  fs::create_directory(folder_ / "tmp");
  context_.reset(zmq_ctx_new());
  socket_.reset(zmq_socket(context_.get(), ZMQ_ROUTER));
  if (!socket_) return wire::zmq_error(Code::provider_unavailable, "no socket for a plugin can be made");
  wire::set_option(socket_, ZMQ_LINGER, 0);
  wire::set_option(socket_, ZMQ_ROUTER_MANDATORY, 1);  // sending to nobody is an error
  wire::set_option(socket_, ZMQ_SNDHWM, kQueuedMessages);
  wire::set_option(socket_, ZMQ_RCVHWM, kQueuedMessages);
  const std::int64_t largest = wire::kMaxMessageBytes;
  zmq_setsockopt(socket_.get(), ZMQ_MAXMSGSIZE, &largest, sizeof largest);
  if (zmq_bind(socket_.get(), ("ipc://" + file.string()).c_str()) != 0)
    return wire::zmq_error(Code::provider_unavailable, "cannot listen at " + file.string());
  ::chmod(file.c_str(), 0600);
  token_ = random_token();
  ChildSpec spec;
  spec.argv = manifest_.program;
  spec.environment = environment();
  spec.working_dir = manifest_.folder;
  spec.memory_bytes = static_cast<std::uint64_t>(manifest_.limits.memory_mb) << 20;
  spec.file_bytes = static_cast<std::uint64_t>(manifest_.limits.file_mb) << 20;
  auto child = Child::start(spec);
  wipe(spec.environment);
  if (!child) return child.error();
  child_.emplace(*std::move(child));
  started_ = last_heard_ = last_ping_ = Clock::now();
  return {};
}

// All that the process sees: nothing of the daemon's environment but what every program needs, and the
// secrets that its manifest names.
std::vector<std::string> Session::environment() const {
  std::vector<std::string> all;
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) all.push_back(name + "=" + value);
  };
  for (const char* name : {"PATH", "HOME", "LANG"}) {
    const char* value = std::getenv(name);
    add(name, value != nullptr ? value : "");
  }
  add("TMPDIR", (folder_ / "tmp").string());
  add("REELD_PLUGIN_SOCKET", "ipc://" + (folder_ / "socket").string());
  add("REELD_PLUGIN_TOKEN", token_.reveal());
  for (std::size_t i = 0; i < secrets_.size(); ++i) add(manifest_.secrets[i], secrets_[i].reveal());
  return all;
}

Session::~Session() {
  if (child_ && why_over_.empty()) {
    if (hello_) send({{"type", "bye"}});
    pollfd over{child_->end_fd(), POLLIN, 0};
    if (hello_) ::poll(&over, 1, static_cast<int>(kGoodbye.count()));
    child_->end(kTermGrace);
    read_output(Clock::now());
  }
  log_.finish(Clock::now());
  socket_.reset();
  context_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::vector<json> Session::step(Clock::time_point now) {
  std::vector<json> messages;
  if (!why_over_.empty()) return messages;
  // Asked first: what a process sent before its end is then surely there.
  const auto ended = child_->ended();
  read_output(now);
  if (ended) wait(-1, now + milliseconds(20));
  receive(messages, now);
  if (!why_over_.empty()) return messages;
  if (ended) {
    end(*ended);
  } else {
    look_at_clock(now);
  }
  return messages;
}

void Session::receive(std::vector<json>& messages, Clock::time_point now) {
  for (int i = 0; i < kMessagesAtOnce && why_over_.empty(); ++i) {
    std::vector<std::string> frames;
    for (bool more = true; more;) {
      wire::Frame frame;
      if (zmq_msg_recv(frame.get(), socket_.get(), ZMQ_DONTWAIT) < 0) return;
      if (frames.size() < 3) frames.push_back(frame.text());
      more = frame.more();
    }
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      messages_in_second_ = 0;
    }
    if (++messages_in_second_ > kMessagesPerSecond) {
      end("was ended: it sent more than " + std::to_string(kMessagesPerSecond) + " messages in a second");
    } else if (frames.size() != 2) {
      end("was ended: a message is one frame");
    } else {
      last_heard_ = now;
      take(frames[0], frames[1], messages);
    }
  }
}

void Session::take(const std::string& identity, const std::string& bytes, std::vector<json>& messages) {
  auto message = wire::decode(bytes);
  if (!message) return end("was ended: " + message.error().message);
  const bool has_type = message->is_object() && message->contains("type") && message->at("type").is_string();
  if (!has_type) return end("was ended: a message is a map with a \"type\"");
  const std::string type = message->at("type").get<std::string>();
  if (!hello_) {
    if (type != "hello") return end("was ended: it said " + wire::valid_utf8(type) + " before its hello");
    return take_hello(identity, *message);
  }
  if (identity != identity_) {
    return end(kBroken);
  }
  if (type == "bye") return;
  if (type != "pong" && type != "progress" && type != "result" && type != "error")
    return end("was ended: there is no message of the type \"" + wire::valid_utf8(type) + "\"");
  remove_secrets(*message, secrets_);
  messages.push_back(*std::move(message));
}

void Session::take_hello(const std::string& identity, const json& message) {
  auto hello = read_hello(message, manifest_, token_.reveal());
  identity_ = identity;
  if (!hello) {
    send({{"type", "refused"}, {"code", code_name(hello.error().code)}, {"message", hello.error().message}});
    return end("was ended: " + hello.error().message);
  }
  hello_ = *std::move(hello);
  send({{"type", "welcome"},
        {"protocol", kPluginProtocol},
        {"reeld", kVersion},
        {"silent_ms", manifest_.limits.silent.count()},
        {"max_message_bytes", wire::kMaxMessageBytes}});
}

void Session::read_output(Clock::time_point now) {
  std::array<char, 16384> buffer{};
  for (int i = 0; i < 16 && output_open_; ++i) {
    const ssize_t count = ::read(child_->output_fd(), buffer.data(), buffer.size());
    if (count < 0) return;
    if (count == 0) output_open_ = false;
    log_.feed({buffer.data(), static_cast<std::size_t>(count)}, now);
  }
}

void Session::look_at_clock(Clock::time_point now) {
  if (!hello_) {
    if (now - started_ < manifest_.limits.start) return;
    return end("was ended: it did not say hello within " + std::to_string(manifest_.limits.start.count()) +
               " ms");
  }
  if (now - last_heard_ >= manifest_.limits.silent) {
    return end("was ended: it hangs, for nothing was heard of it for " +
               std::to_string(manifest_.limits.silent.count()) + " ms");
  }
  if (now - last_ping_ < manifest_.limits.silent / 3) return;
  last_ping_ = now;
  send({{"type", "ping"}, {"id", 0}});
}

void Session::send(json message) {
  if (!why_over_.empty()) return;
  wire::make_utf8(message);
  const std::string bytes = wire::encode(message);
  if (zmq_send(socket_.get(), identity_.data(), identity_.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0 ||
      zmq_send(socket_.get(), bytes.data(), bytes.size(), ZMQ_DONTWAIT) < 0) {
    end(zmq_errno() == EHOSTUNREACH ? kBroken : "was ended: it does not read what it is sent");
  }
}

void Session::end(const std::string& reason) {
  if (!why_over_.empty()) return;
  why_over_ = reason;
  child_->end(kTermGrace);
  read_output(Clock::now());
  log_.finish(Clock::now());
  if (!log_.last_line().empty())
    why_over_ += "; the last it printed was: " + wire::valid_utf8(log_.last_line());
}

void Session::wait(int wake_fd, Clock::time_point until) const {
  std::vector<zmq_pollitem_t> items = {{socket_.get(), 0, ZMQ_POLLIN, 0}};
  if (wake_fd >= 0) items.push_back({nullptr, wake_fd, ZMQ_POLLIN, 0});
  if (wake_fd >= 0 && child_) items.push_back({nullptr, child_->end_fd(), ZMQ_POLLIN, 0});
  if (wake_fd >= 0 && child_ && output_open_) items.push_back({nullptr, child_->output_fd(), ZMQ_POLLIN, 0});
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
  zmq_poll(items.data(), static_cast<int>(items.size()),
           static_cast<long>(std::clamp<std::int64_t>(left, 0, 60000)));
}

}  // namespace reeld::providers
