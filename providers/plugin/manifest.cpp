#include "providers/plugin/manifest.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <sstream>

#include <toml++/toml.h>

#include "providers/fields.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::size_t kMaxManifestBytes = 64 << 10;
constexpr std::size_t kMaxNames = 32;

// A manifest must not steer the loader of its own process, nor take the place of what reeld sets.
const std::set<std::string> kReserved = {"PATH", "HOME", "LANG", "TMPDIR"};

Result<json> parse(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(kMaxManifestBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxManifestBytes) {
    return Error{Code::limit_exceeded, "the manifest " + file.string() + " has more than 64 KiB"};
  }
  try {
    if (file.extension() == ".json") return json::parse(text, nullptr, true, true);
    std::ostringstream as_json;
    as_json << toml::json_formatter(toml::parse(text));
    return json::parse(as_json.str());
  } catch (const toml::parse_error& error) {
    return Error{Code::invalid_request, "the manifest " + file.string() + " is no TOML: line " +
                                            std::to_string(error.source().begin.line) + ": " +
                                            std::string(error.description())};
  } catch (const json::exception& error) {
    return Error{Code::invalid_request, "the manifest " + file.string() + " is no JSON: " + error.what()};
  }
}

std::chrono::milliseconds seconds(Fields& fields, const char* name, std::chrono::milliseconds otherwise,
                                  double least, double most) {
  const double value = fields.number(name, static_cast<double>(otherwise.count()) / 1000, least, most);
  return std::chrono::milliseconds(static_cast<std::int64_t>(value * 1000));
}

Result<PluginLimits> limits_in(const json& object) {
  Fields fields(object,
                {"parallel", "start_seconds", "silent_seconds", "cancel_seconds", "request_seconds",
                 "memory_mb", "file_mb"},
                "/limits");
  PluginLimits limits;
  limits.parallel = fields.integer("parallel", limits.parallel, 1, 16);
  limits.start = seconds(fields, "start_seconds", limits.start, 0.1, 120);
  limits.silent = seconds(fields, "silent_seconds", limits.silent, 0.5, 300);
  limits.cancel = seconds(fields, "cancel_seconds", limits.cancel, 0.1, 30);
  limits.request = seconds(fields, "request_seconds", limits.request, 0.1, 3600);
  limits.memory_mb = fields.integer("memory_mb", limits.memory_mb, 64, 1 << 20);
  limits.file_mb = fields.integer("file_mb", limits.file_mb, 1, 1 << 16);
  REELD_TRY(fields.result());
  return limits;
}

void settle_capabilities(Fields& fields, PluginManifest& manifest) {
  for (const std::string& name : fields.texts("capabilities", 4)) {
    const auto capability = capability_from_name(name);
    if (!capability)
      fields.fail("capabilities", "holds \"" + name + "\"; there are picture, speech, script and sound");
    if (capability) manifest.capabilities.push_back(*capability);
  }
  if (manifest.capabilities.empty())
    fields.fail("capabilities", "is needed: at least one of picture, speech, script, sound");
}

Result<void> settle_models(const json& object, PluginManifest& manifest) {
  std::vector<std::string> claimed;
  for (const Capability capability : manifest.capabilities) claimed.emplace_back(capability_name(capability));
  Fields fields(object, claimed, "/models");
  for (const Capability capability : manifest.capabilities) {
    manifest.models[capability] =
        fields.texts(std::string(capability_name(capability)).c_str(), kMaxNames, 200);
  }
  return fields.result();
}

void settle_secrets(Fields& fields, PluginManifest& manifest) {
  static const std::regex kVariable("[A-Z][A-Z0-9_]{0,99}");
  manifest.secrets = fields.texts("secrets", kMaxNames);
  for (const std::string& name : manifest.secrets) {
    if (!std::regex_match(name, kVariable)) {
      fields.fail("secrets", "holds \"" + name + "\": a name is of A-Z, 0-9 and _");
    } else if (kReserved.contains(name) || name.starts_with("LD_") || name.starts_with("REELD_")) {
      fields.fail("secrets", "holds \"" + name + "\", which is no secret and cannot be asked for");
    }
  }
}

// The program as an absolute path: inside the folder, wherever links lead, and executable.
Result<void> settle_program(PluginManifest& manifest) {
  const std::string named = manifest.program.front();
  std::error_code failure;
  const fs::path program = fs::canonical(manifest.folder / named, failure);
  if (failure)
    return Error{Code::file_missing, "is \"" + named + "\", which is not in the plugin's folder", "/program"};
  const auto [end, ignored] =
      std::mismatch(manifest.folder.begin(), manifest.folder.end(), program.begin(), program.end());
  if (end != manifest.folder.end() || fs::path(named).is_absolute()) {
    return Error{Code::path_not_allowed, "is \"" + named + "\": a path inside the plugin's folder is needed",
                 "/program"};
  }
  if (!fs::is_regular_file(program) || ::access(program.c_str(), X_OK) != 0) {
    return Error{Code::invalid_request,
                 "is \"" + named + "\", which is no executable file; run: chmod 755 " + program.string(),
                 "/program"};
  }
  REELD_TRY(check_only_owner_writes(program));
  manifest.program.front() = program.string();
  return {};
}

Result<PluginManifest> manifest_in(const json& object, const fs::path& folder) {
  static const std::regex kName("[a-z0-9][a-z0-9-]{0,39}");
  Fields fields(object, {"name", "version", "protocol", "program", "capabilities", "models", "secrets",
                         "network", "limits"});
  PluginManifest manifest;
  manifest.folder = folder;
  manifest.name = fields.needed_text("name", 40);
  if (!std::regex_match(manifest.name, kName))
    fields.fail("name", "is of a-z, 0-9 and -, at most 40 of them");
  if (manifest.name != folder.filename()) {
    fields.fail("name", "is \"" + manifest.name + "\", but the folder's name is \"" +
                            folder.filename().string() + "\"");
  }
  manifest.version = fields.needed_text("version", 64);
  const int protocol = fields.integer("protocol", 0, 1, 1 << 20);
  if (protocol != kPluginProtocol) {
    fields.fail("protocol",
                "must be " + std::to_string(kPluginProtocol) + ", the version that this reeld speaks");
  }
  manifest.program = fields.texts("program", kMaxNames);
  if (manifest.program.empty())
    fields.fail("program", "is needed: a list, the program first and its arguments after it");
  settle_capabilities(fields, manifest);
  settle_secrets(fields, manifest);
  manifest.network = fields.boolean("network", manifest.network);
  const json limits = fields.object("limits"), models = fields.object("models");
  REELD_TRY(fields.result());
  REELD_ASSIGN(manifest.limits, limits_in(limits));
  REELD_TRY(settle_models(models, manifest));
  REELD_TRY(settle_program(manifest));
  return manifest;
}

}  // namespace

Result<void> check_only_owner_writes(const fs::path& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return Error{Code::file_missing, "there is no " + path.string()};
  if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
    return Error{
        Code::path_not_allowed,
        path.string() +
            " belongs to another user, who could put any program there; move it to a folder of yours"};
  }
  if ((facts.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Error{Code::path_not_allowed, "others may write to " + path.string() +
                                             ", and so put any program there; run: chmod go-w " +
                                             path.string()};
  }
  return {};
}

Result<PluginManifest> read_manifest(const fs::path& named) {
  std::error_code failure;
  const fs::path folder = fs::canonical(named, failure);
  if (failure) return Error{Code::file_missing, "there is no folder " + named.string()};
  REELD_TRY(check_only_owner_writes(folder));
  const fs::path file =
      folder / (fs::exists(folder / "plugin.toml", failure) ? "plugin.toml" : "plugin.json");
  if (!fs::is_regular_file(file, failure)) {
    return Error{Code::file_missing,
                 "the folder " + folder.string() + " has no plugin.toml and no plugin.json"};
  }
  REELD_TRY(check_only_owner_writes(file));
  REELD_ASSIGN(const json object, parse(file));
  auto manifest = manifest_in(object, folder);
  if (manifest) return manifest;
  Error error = manifest.error();
  std::string key = error.path.empty() ? "" : error.path.substr(1);
  std::ranges::replace(key, '/', '.');
  error.message =
      "the manifest " + file.string() + (key.empty() ? "" : ", key \"" + key + "\"") + ": " + error.message;
  return error;
}

}  // namespace reeld::providers
