// A provider makes or finds what a scene shows and says. One interface for all of them: files and espeak-ng
// now; AI services and plugins speak the same. Called by the engine from job threads; implementations are
// thread-safe.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::providers {

enum class Capability : std::uint8_t { picture, speech, sound };

std::string_view capability_name(Capability capability);

struct ProviderInfo {
  std::string name;  // as requests say it: "file", "espeak-ng"
  std::vector<Capability> capabilities;
  std::vector<std::string> models;  // voices for speech; empty where there is no choice
  bool offline = true;              // works without a network
  std::string why_not;              // empty where it can be used
};

// What is asked for. `params` are the fields of the request's object that names this provider, as sent
// ({"file": "a.jpg"}; {"text": "...", "voice": "en", "speed": 1.0}); `base_dir` is where relative files are
// looked for.
struct Wish {
  Capability capability = Capability::picture;
  nlohmann::json params;
  std::filesystem::path base_dir;
};

// What was made: a file in the scratch folder or, where `borrowed`, one of the user's that must be copied,
// never moved.
struct Delivery {
  std::filesystem::path file;
  bool borrowed = false;
  std::string media_type;   // "image/jpeg", "audio/wav"; empty where unknown
  std::string source_type;  // GENERATED, STOCK, USER_UPLOADED
  std::string model;        // the model or voice that made it; empty for files
  double response_seconds = 0;
  nlohmann::json metadata = nlohmann::json::object();  // the provider's own words
};

// True once the job is cancelled; polled at least every 50 ms by anything that takes time.
using Cancelled = std::function<bool()>;

class Provider {
 public:
  virtual ~Provider() = default;

  virtual ProviderInfo info() const = 0;

  // Text that names everything the result depends on, so that an equal wish can be served from what is
  // already there; empty where the result must be made anew (a file may have changed). Touches no network and
  // no process.
  virtual std::string fingerprint(const Wish& wish) const = 0;

  // Makes it, writing only inside `scratch`. Error paths are relative to the wish's own object ("/file"); the
  // engine puts the scene before them. Errors: file_missing, path_not_allowed, file_unreadable,
  // provider_unavailable, provider_failed, cancelled, timed_out.
  virtual Result<Delivery> fetch(const Wish& wish, const std::filesystem::path& scratch,
                                 const Cancelled& cancelled) = 0;
};

// Providers by name. Built at start, then only read.
class Registry {
 public:
  void add(std::unique_ptr<Provider> provider);
  // Errors: provider_unavailable, naming those that have the capability.
  Result<Provider*> find(std::string_view name, Capability capability) const;
  std::vector<ProviderInfo> list() const;

 private:
  std::vector<std::unique_ptr<Provider>> providers_;
};

struct BuiltinOptions {
  std::vector<std::filesystem::path> allowed_roots;  // "file" reads only below these, symbolic links resolved
};

// file and espeak-ng.
Registry builtin_providers(const BuiltinOptions& options);

}  // namespace reeld::providers
