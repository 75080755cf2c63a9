// What providers do, into the database.
#pragma once

#include "engine/request.hpp"
#include "providers/provider_set.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// Writes each call down; what the database will not take is logged. `database` outlives it.
providers::CallSink call_sink(storage::Database& database);

// What the daemon runs with, without keys.
Result<void> record_configs(storage::Database& database, const providers::ProviderSet& providers,
                            bool checks);

// As `reelctl providers` shows it: docs/protocol.md.
Json provider_json(const providers::ProviderInfo& info);

// An alert as subscribers get it: of no job, and so with the topic "alerts" in the place of one.
storage::Event alert_event(const Json& alert);

}  // namespace reeld::engine
