#include "base/result.hpp"

#include <array>

namespace reeld {
namespace {

struct Row {
  Code code;
  std::string_view name;
};

constexpr std::array kRows = {
    Row{Code::invalid_request, "invalid_request"},
    Row{Code::unknown_field, "unknown_field"},
    Row{Code::unknown_method, "unknown_method"},
    Row{Code::unsupported_version, "unsupported_version"},
    Row{Code::protocol_error, "protocol_error"},
    Row{Code::not_found, "not_found"},
    Row{Code::conflict, "conflict"},
    Row{Code::invalid_state, "invalid_state"},
    Row{Code::busy, "busy"},
    Row{Code::limit_exceeded, "limit_exceeded"},
    Row{Code::file_missing, "file_missing"},
    Row{Code::path_not_allowed, "path_not_allowed"},
    Row{Code::file_unreadable, "file_unreadable"},
    Row{Code::picture_invalid, "picture_invalid"},
    Row{Code::picture_too_large, "picture_too_large"},
    Row{Code::audio_invalid, "audio_invalid"},
    Row{Code::font_missing, "font_missing"},
    Row{Code::target_unwritable, "target_unwritable"},
    Row{Code::disk_full, "disk_full"},
    Row{Code::encoder_unavailable, "encoder_unavailable"},
    Row{Code::device_unavailable, "device_unavailable"},
    Row{Code::device_lost, "device_lost"},
    Row{Code::provider_unavailable, "provider_unavailable"},
    Row{Code::provider_failed, "provider_failed"},
    Row{Code::provider_unreachable, "provider_unreachable"},
    Row{Code::provider_refused, "provider_refused"},
    Row{Code::rate_limited, "rate_limited"},
    Row{Code::quota_exceeded, "quota_exceeded"},
    Row{Code::key_invalid, "key_invalid"},
    Row{Code::model_unavailable, "model_unavailable"},
    Row{Code::response_malformed, "response_malformed"},
    Row{Code::response_media_type, "response_media_type"},
    Row{Code::response_truncated, "response_truncated"},
    Row{Code::address_not_allowed, "address_not_allowed"},
    Row{Code::budget_exceeded, "budget_exceeded"},
    Row{Code::quality_not_reached, "quality_not_reached"},
    Row{Code::database_failed, "database_failed"},
    Row{Code::worker_died, "worker_died"},
    Row{Code::timed_out, "timed_out"},
    Row{Code::unreachable, "unreachable"},
    Row{Code::already_running, "already_running"},
    Row{Code::cancelled, "cancelled"},
    Row{Code::shutting_down, "shutting_down"},
    Row{Code::internal, "internal"},
};

}  // namespace

std::string_view code_name(Code code) {
  for (const Row& row : kRows) {
    if (row.code == code) return row.name;
  }
  return "internal";
}

std::optional<Code> code_from_name(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.code;
  }
  return std::nullopt;
}

}  // namespace reeld
