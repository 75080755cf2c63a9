#include "engine/desks/events.hpp"

#include "engine/files.hpp"

namespace reeld::engine {

void tell_status(const EventSink& sink, const std::string& id, const std::string& status,
                 const std::optional<Error>& error) {
  storage::Event event;
  event.job_id = id;
  event.time_us = storage::now_us();
  event.type = "status";
  event.body = {{"status", status}, {"error", error_json(error)}};
  sink(event);
}

Json error_json(const std::optional<Error>& error) {
  return error ? to_json(*error) : Json();
}

}  // namespace reeld::engine
