#include "apps/config.hpp"

#include <cstdlib>
#include <functional>
#include <map>
#include <sstream>
#include <thread>

#include <toml++/toml.h>
#include <nlohmann/json.hpp>

namespace reeld {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

fs::path xdg_folder(const char* variable, const char* below_home) {
  if (const char* value = std::getenv(variable); value != nullptr && *value == '/') return value;
  const char* home = std::getenv("HOME");
  return fs::path(home != nullptr ? home : "/") / below_home;
}

Error bad_key(const fs::path& file, std::string_view key, const std::string& allowed) {
  return Error{Code::invalid_request, file.string() + ": " + std::string(key) + " must be " + allowed};
}

template <class T>
bool set(const toml::node& node, T& target) {
  const auto value = node.value<T>();
  if (value) target = *value;
  return value.has_value();
}

bool set_path(const toml::node& node, fs::path& target) {
  std::string text;
  const bool ok = set(node, text);
  if (ok) target = text;
  return ok;
}

bool set_number(const toml::node& node, double low, double high, const std::function<void(double)>& target) {
  const auto value = node.value<double>();
  if (!value || !(*value >= low && *value <= high)) return false;
  target(*value);
  return true;
}

template <class T>
bool set_texts(const toml::node& node, std::vector<T>& target) {
  const toml::array* array = node.as_array();
  if (array == nullptr) return false;
  target.clear();
  for (const toml::node& item : *array) {
    const auto text = item.value<std::string>();
    if (!text) return false;
    target.emplace_back(*text);
  }
  return true;
}

struct Key {
  std::string allowed;  // in words, for the error
  std::function<bool(const toml::node&)> set;
};

std::map<std::string, Key, std::less<>> keys_of(Config& config) {
  engine::ServiceOptions& service = config.service;
  return {
      {"data_dir", {"a path", [&](const toml::node& n) { return set_path(n, service.data_dir); }}},
      {"models_dir", {"a path", [&](const toml::node& n) { return set_path(n, service.models_dir); }}},
      {"endpoint", {"a ZeroMQ endpoint", [&](const toml::node& n) { return set(n, config.endpoint); }}},
      {"log_level",
       {"trace, debug, info, warn, error or off",
        [&](const toml::node& n) { return set(n, config.log_level); }}},
      {"drain_seconds",
       {"a number from 0 to 86400",
        [&](const toml::node& n) {
          return set_number(n, 0, 86400, [&](double v) { config.drain_seconds = v; });
        }}},
      {"slots",
       {"a whole number from 1 to 64",
        [&](const toml::node& n) {
          return set_number(n, 1, 64, [&](double v) { service.slots = static_cast<int>(v); });
        }}},
      {"threads_per_slot",
       {"a whole number from 1 to 256",
        [&](const toml::node& n) {
          return set_number(n, 1, 256, [&](double v) { service.threads_per_slot = static_cast<int>(v); });
        }}},
      {"queue_limit",
       {"a whole number from 1 to 1000000",
        [&](const toml::node& n) {
          return set_number(n, 1, 1e6, [&](double v) { service.queue_limit = static_cast<int>(v); });
        }}},
      {"segment_seconds",
       {"a number from 1 to 600",
        [&](const toml::node& n) {
          return set_number(n, 1, 600, [&](double v) { service.segment_seconds = v; });
        }}},
      {"segment_cache_mb",
       {"a whole number from 0 to 1000000",
        [&](const toml::node& n) {
          return set_number(n, 0, 1e6,
                            [&](double v) { service.segment_cache_mb = static_cast<std::int64_t>(v); });
        }}},
      {"encoder_order",
       {"a list of encoders' names",
        [&](const toml::node& n) { return set_texts(n, service.encoder_order); }}},
      {"day_budget_usd",
       {"a number from 0 to 1000000",
        [&](const toml::node& n) {
          return set_number(n, 0, 1e6, [&](double v) { service.day_budget_usd = v; });
        }}},
      {"kept_free_mb",
       {"a whole number from 0 to 1000000000",
        [&](const toml::node& n) {
          return set_number(n, 0, 1e9,
                            [&](double v) { service.kept_free_mb = static_cast<std::int64_t>(v); });
        }}},
      {"cleanup_hours",
       {"a number from 0.001 to 8760",
        [&](const toml::node& n) {
          return set_number(n, 0.001, 8760, [&](double v) { service.cleanup_hours = v; });
        }}},
      {"picture_max_mb",
       {"a number from 1 to 1024",
        [&](const toml::node& n) {
          return set_number(n, 1, 1024, [&](double v) {
            service.brought.most_bytes = static_cast<std::int64_t>(v * (1 << 20));
          });
        }}},
      {"picture_max_megapixels",
       {"a number from 1 to 200",
        [&](const toml::node& n) {
          return set_number(
              n, 1, 200, [&](double v) { service.brought.most_pixels = static_cast<std::int64_t>(v * 1e6); });
        }}},
      {"keep_events_days",
       {"a whole number from 1 to 36500",
        [&](const toml::node& n) {
          return set_number(n, 1, 36500, [&](double v) { service.events.days = static_cast<int>(v); });
        }}},
      {"keep_events",
       {"a whole number from 0 to 1000000000",
        [&](const toml::node& n) {
          return set_number(n, 0, 1e9,
                            [&](double v) { service.events.count = static_cast<std::int64_t>(v); });
        }}},
      {"check_providers",
       {"true or false", [&](const toml::node& n) { return set(n, service.check_providers); }}},
      {"ca_file",
       {"a path",
        [&](const toml::node& n) {
          std::string text;
          const bool ok = set(n, text);
          if (ok) service.ca_file = text;
          return ok;
        }}},
      {"providers", {"a table of tables", [](const toml::node& n) { return n.is_table(); }}},
      {"plugin_dirs",
       {"a list of folders", [&](const toml::node& n) { return set_texts(n, service.plugin_dirs); }}},
      {"allowed_roots",
       {"a list of folders", [&](const toml::node& n) { return set_texts(n, service.allowed_roots); }}},
  };
}

Json json_of(const toml::node& node) {
  std::ostringstream text;
  node.visit([&](const auto& value) { text << toml::json_formatter{value}; });
  return Json::parse(text.str());
}

// The [providers.NAME] tables; a wrong key is named with its whole path.
Result<void> read_providers(const fs::path& file, const toml::table& tables, Config& config) {
  for (const auto& [name, table] : tables) {
    auto provider = providers::provider_config(std::string(name.str()), json_of(table));
    if (provider) {
      config.service.providers.push_back(*std::move(provider));
      continue;
    }
    Error error = provider.error();
    error.message = file.string() + ": [providers." + std::string(name.str()) + "] " + error.path +
                    (error.path.empty() ? "" : ": ") + error.message;
    return error;
  }
  return {};
}

}  // namespace

Config default_config() {
  Config config;
  const engine::SlotLayout layout =
      engine::slot_layout(static_cast<int>(std::thread::hardware_concurrency()));
  config.service.slots = layout.slots;
  config.service.threads_per_slot = layout.threads_per_slot;
  config.service.data_dir = xdg_folder("XDG_STATE_HOME", ".local/state") / "reeld";
  config.service.allowed_roots = {"/"};
  config.service.plugin_dirs = {xdg_folder("XDG_DATA_HOME", ".local/share") / "reeld/plugins"};
  std::error_code ignored;
  config.service.worker_program = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "reeld-worker";
  return config;
}

fs::path default_config_file() {
  return xdg_folder("XDG_CONFIG_HOME", ".config") / "reeld" / "reeld.toml";
}

Result<void> read_config(const fs::path& file, Config& config) {
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    return Error{Code::file_missing, "there is no configuration at " + file.string()};
  try {
    const toml::table table = toml::parse_file(file.string());
    const auto keys = keys_of(config);
    for (const auto& [name, node] : table) {
      const auto key = keys.find(name.str());
      if (key == keys.end()) {
        std::string known;
        for (const auto& [other, unused] : keys) known += (known.empty() ? "" : ", ") + other;
        return Error{Code::unknown_field, file.string() + ": there is no key " + std::string(name.str()) +
                                              "; the keys are " + known};
      }
      if (!key->second.set(node)) return bad_key(file, name.str(), key->second.allowed);
    }
    if (const toml::table* providers = table["providers"].as_table()) {
      REELD_TRY(read_providers(file, *providers, config));
    }
  } catch (const toml::parse_error& error) {
    std::ostringstream where;
    where << error.source().begin;
    return Error{Code::invalid_request,
                 file.string() + ": " + std::string(error.description()) + " (" + where.str() + ")"};
  }
  return {};
}

}  // namespace reeld
