// What the desks have in common: each answers the protocol's methods of one subject.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/brand/brought_file.hpp"
#include "engine/brand/installed_fonts.hpp"
#include "engine/executor.hpp"
#include "engine/handlers.hpp"
#include "engine/job_queue.hpp"
#include "engine/script/script_desk.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/provider_set.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

// What desks work with; all of it outlives them.
struct DeskTools {
  storage::Database& database;
  providers::ProviderSet& providers;
  const providers::AllowedRoots& roots;
  Executor& executor;
  JobQueue& jobs;
  ScriptDesk& scripts;
  const std::filesystem::path data_dir;
  const std::filesystem::path models_dir;        // of the user's models
  const std::vector<std::string> encoder_order;  // empty: the default one
  const std::optional<double> day_budget_usd;    // what providers may cost on a UTC day; absent: no limit
  const double cleanup_hours;                    // between cleanups by the storage's policies
  const EventSink sink;
  const BroughtLimits brought;  // of pictures for brands and products
  InstalledFonts& fonts;
};

}  // namespace reeld::engine
