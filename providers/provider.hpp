// A provider makes or finds what a scene shows and says. One interface for all of them: files, local speech,
// AI services and plugins. Called by the engine from job threads, several at once; implementations are
// thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.hpp"

namespace reeld::providers {

enum class Capability : std::uint8_t { picture, speech, script, sound };

std::string_view capability_name(Capability capability);
std::optional<Capability> capability_from_name(std::string_view name);

struct ProviderInfo {
  std::string name;  // as requests say it: "file", "gemini"
  std::string kind;  // which of the built-in ones it is, or "plugin": several names may have one kind
  std::vector<Capability> capabilities;
  // Tried in this order where a request names none; voices for local speech; empty where there is no choice.
  std::map<Capability, std::vector<std::string>> models;
  bool offline = true;                               // works without a network
  nlohmann::json limits = nlohmann::json::object();  // what it says of itself: {"max_text_bytes": 4096, ...}
  std::string why_not;                               // empty where it can be used
};

using Clock = std::chrono::steady_clock;

// What is asked for. `params` are the fields of the request's object that names this provider, as sent
// ({"file": "a.jpg"};
// {"prompt": "...", "seed": 7}); wishes.hpp reads them. The rest is what the engine knows beside them.
struct Wish {
  Capability capability = Capability::picture;
  nlohmann::json params;
  std::filesystem::path base_dir;  // where relative files are looked for
  int width = 0, height = 0;       // pictures: pixels of the frame it is for; 0 where nobody knows
  std::uint64_t seed = 0;          // the request's: decides what `params` leave open
  int index = 0;                   // which scene it is for, from 0
  std::string job_id;              // whom the record of calls names; empty: nobody
  bool allow_fallback = false;     // another model than the one asked for may answer
  Clock::time_point deadline = Clock::time_point::max();
};

struct WordTime {
  std::string text;
  double start_seconds = 0, end_seconds = 0;  // from the speech's start
};

// How something was made: all that is needed to make it again, and what it cost.
struct Provenance {
  // Another model stood in. Names do not tell: a service may call the one that was asked by a longer one.
  bool fallback = false;
  std::string model_asked, model_used;  // or voices; empty for files
  int request_count = 0;                // tries that left this machine, the failed ones too
  std::int64_t input_tokens = 0, output_tokens = 0, thought_tokens = 0, cached_tokens = 0;
  double response_seconds = 0;                         // of the try that succeeded
  std::optional<double> cost_usd;                      // of all of its tries; nullopt where no price is known
  std::optional<std::uint64_t> seed;                   // as used
  std::optional<double> confidence;                    // 0..1, where the provider says one
  nlohmann::json metadata = nlohmann::json::object();  // the provider's own words
};

// What was made: a file in the scratch folder or, where `borrowed`, one of the user's that must be copied,
// never moved. A script is `text` alone.
struct Delivery {
  std::filesystem::path file;
  bool borrowed = false;
  std::string media_type;   // "image/jpeg", "audio/wav"; empty where unknown
  std::string source_type;  // GENERATED, STOCK, USER_UPLOADED
  std::string text;
  std::vector<WordTime> words;  // speech: in order; empty where the provider gives no times
  Provenance provenance;
};

// True once the job is cancelled; polled at least every 50 ms by anything that takes time.
using Cancelled = std::function<bool()>;

struct Estimate {
  std::optional<double> cost_usd;  // at most; 0 for what costs nothing, nullopt where no price is known
  std::string model;               // that would be asked first
};

class Provider {
 public:
  virtual ~Provider() = default;

  virtual ProviderInfo info() const = 0;

  // Text that names everything the result depends on, so that an equal wish can be served from what is
  // already there; empty where the result must be made anew (a file may have changed). Touches no network and
  // no process.
  virtual std::string fingerprint(const Wish& wish) const = 0;

  // What `fetch` would cost. Touches no network.
  virtual Estimate estimate(const Wish&) const { return {0.0, ""}; }

  // Makes it, writing only inside `scratch`; the first is the one to use, others are alternatives ("count").
  // Error paths are relative to the wish's own object ("/file"); the engine puts the scene before them.
  // Errors: invalid_request and unknown_field for params; file_missing, path_not_allowed, file_unreadable;
  // provider_unavailable; and what policy/tried.hpp lists for services; cancelled, timed_out.
  virtual Result<std::vector<Delivery>> fetch(const Wish& wish, const std::filesystem::path& scratch,
                                              const Cancelled& cancelled) = 0;

  // Asks whether it can be used now, as cheaply as it can be asked; may touch the network, at most 10 s.
  // Errors as fetch.
  virtual Result<void> check(const Cancelled&) {
    const std::string why = info().why_not;
    if (!why.empty()) return Error{Code::provider_unavailable, why};
    return {};
  }
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

}  // namespace reeld::providers
