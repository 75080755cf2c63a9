#include "engine/call_sink.hpp"

#include <spdlog/spdlog.h>

namespace reeld::engine {

providers::CallSink call_sink(storage::Database& database) {
  return [&database](const providers::CallRecord& made) {
    storage::ProviderCall call;
    call.started_us = made.started_us;
    call.provider = made.provider;
    call.model = made.model;
    call.model_asked = made.model_asked;
    call.capability = providers::capability_name(made.capability);
    call.job_id = made.job_id;
    call.scene = made.scene;
    call.attempt = made.attempt;
    call.fallback = made.fallback;
    call.seconds = made.seconds;
    call.http_status = made.http_status;
    call.error = made.error;
    call.input_tokens = made.input_tokens;
    call.output_tokens = made.output_tokens;
    call.cost_usd = made.cost_usd;
    const auto added = database.add_call(call);
    if (!added)
      spdlog::error("job={} a call of {} not recorded: {}", call.job_id, call.provider,
                    added.error().message);
  };
}

Result<void> record_configs(storage::Database& database, const providers::ProviderSet& providers,
                            bool checks) {
  std::vector<storage::ProviderConfigRecord> records;
  for (const providers::ServiceState& service : providers.services()) {
    for (const auto& [capability, models] : service.config.models) {
      storage::ProviderConfigRecord record;
      record.provider = service.config.name;
      record.capability = providers::capability_name(capability);
      record.kind = service.config.kind;
      if (!models.empty()) record.primary_model = models[0];
      if (models.size() > 1) record.fallback_model = models[1];
      record.max_retries = service.config.max_retries;
      record.retry_delay_ms = static_cast<int>(service.config.retry_delay.count());
      record.model_availability_check = checks;
      records.push_back(std::move(record));
    }
  }
  return database.set_provider_configs(records);
}

Json provider_json(const providers::ProviderInfo& info) {
  Json capabilities = Json::array();
  for (const providers::Capability one : info.capabilities)
    capabilities.push_back(providers::capability_name(one));
  Json models = Json::object();
  for (const auto& [capability, names] : info.models)
    models[std::string(providers::capability_name(capability))] = names;
  return {{"name", info.name},
          {"kind", info.kind},
          {"capabilities", capabilities},
          {"models", models},
          {"offline", info.offline},
          {"limits", info.limits},
          {"available", info.why_not.empty()},
          {"why_not", info.why_not}};
}

storage::Event alert_event(const Json& alert) {
  storage::Event event;
  event.job_id = "alerts";
  event.time_us = storage::now_us();
  event.type = "alert";
  event.body = alert;
  return event;
}

}  // namespace reeld::engine
