// What can go wrong, as a value. Every folder returns Result<T>; exceptions do not cross folders.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace reeld {

// Stable names of what can happen. Clients see them as text (code_name), so a name never changes its meaning.
enum class Code {
  invalid_request,       // the request breaks the schema or a rule beyond it
  unknown_field,         // a field that no request has
  unknown_method,        // a method that the protocol does not have
  unsupported_version,   // a protocol or request version that this program does not speak
  protocol_error,        // bytes that are no message
  not_found,             // no such job, asset or file record
  conflict,              // an idempotency key used again for another request
  invalid_state,         // the job's status does not allow it
  busy,                  // a limit of queue or rate is reached; later it may work
  limit_exceeded,        // the input is larger than a limit
  file_missing,          // no file at that path
  path_not_allowed,      // outside the allowed roots
  file_unreadable,       // there, but cannot be read
  picture_invalid,       // not a picture, truncated, or of an unknown kind
  picture_too_large,     // more pixels than the limit
  audio_invalid,         // not audio, truncated, or of an unknown kind
  font_missing,          // no such font family on this machine
  target_unwritable,     // the finished file cannot be written there
  disk_full,             // no space left
  encoder_unavailable,   // the demanded encoder does not open, or none does
  device_unavailable,    // not built, or not on this machine
  device_lost,           // was there, and went away
  provider_unavailable,  // not installed, not configured
  provider_failed,       // asked, and answered with an error
  provider_unreachable,  // no connection to it, or one that broke
  provider_refused,      // will not make this: its safety rules
  rate_limited,          // too many requests for now
  quota_exceeded,        // what it allows for the day or the account is used up
  key_invalid,           // it does not accept the key, or none is configured
  model_unavailable,     // no such model, no longer, or not for now
  response_malformed,    // its answer is not of the documented form
  response_media_type,   // its answer is another kind of file than was asked for
  response_truncated,    // its answer ended before its end
  address_not_allowed,   // a URL leads to this machine or its network
  budget_exceeded,       // it would cost more than was allowed
  quality_not_reached,   // a score is not what the request demands
  database_failed,       // the database refused
  worker_died,           // a worker process ended before its task did
  timed_out,             // took longer than its limit
  unreachable,           // no daemon at that endpoint
  already_running,       // another daemon holds the data directory
  cancelled,             // by the user
  shutting_down,         // the daemon is draining
  internal,              // a broken assumption of ours
};

std::string_view code_name(Code code);
// The code of that name; nullopt for an unknown name.
std::optional<Code> code_from_name(std::string_view name);

// message: one sentence on what was tried, what happened and what to do.
// path: JSON pointer of the request's field ("/scenes/2/picture/file"), empty where no field is at fault.
struct Error {
  Code code = Code::internal;
  std::string message;
  std::string path = {};
  bool operator==(const Error&) const = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & { return std::get<0>(state_); }
  const T& operator*() const& { return std::get<0>(state_); }
  T&& operator*() && { return std::get<0>(std::move(state_)); }
  T* operator->() { return &std::get<0>(state_); }
  const T* operator->() const { return &std::get<0>(state_); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const { return !error_; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

// Returns the error of `expression` from this function, if it has one.
#define REELD_TRY(expression)                          \
  do {                                                 \
    if (auto try_result = (expression); !try_result) { \
      return try_result.error();                       \
    }                                                  \
  } while (false)

#define REELD_JOIN_(a, b) a##b
#define REELD_JOIN(a, b) REELD_JOIN_(a, b)
// Declares `target` with the value of `expression`, or returns its error from this function.
#define REELD_ASSIGN(target, expression) \
  REELD_ASSIGN_(target, expression, REELD_JOIN(assign_result_, __LINE__))
#define REELD_ASSIGN_(target, expression, result) \
  auto result = (expression);                     \
  if (!result) {                                  \
    return result.error();                        \
  }                                               \
  target = *std::move(result)

}  // namespace reeld
