#include "providers/conformance.hpp"

#include <algorithm>
#include <exception>
#include <fstream>
#include <future>
#include <optional>
#include <set>
#include <thread>

#include "providers/media_type.hpp"
#include "providers/services/picture_bytes.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using std::chrono::milliseconds;

// A provider that is done so soon needs no deadline and no cancel to be over in time.
constexpr milliseconds kAtOnce{1000};
constexpr milliseconds kBeforeCancel{100};
constexpr std::size_t kHugeBytes = 1 << 20;
constexpr std::size_t kMaxLookedAt = 256 << 20;

std::string described(const Error& error) {
  return std::string(code_name(error.code)) + (error.path.empty() ? "" : " " + error.path) + ": " +
         error.message;
}

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes;
  for (char block[1 << 16]; bytes.size() < kMaxLookedAt && (in.read(block, sizeof block), in.gcount() > 0);)
    bytes.append(block, static_cast<std::size_t>(in.gcount()));
  return bytes;
}

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (int i = 3; i >= 0; --i)
    number = number << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return number;
}

// By the chunks of its header; nullopt where it is not as long as they say, or has no sound.
std::optional<double> wav_seconds(const std::string& bytes) {
  double bytes_per_second = 0;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    const std::string kind = bytes.substr(at, 4);
    const std::size_t size = number_at(bytes, at + 4);
    if (kind == "fmt " && at + 20 <= bytes.size()) bytes_per_second = number_at(bytes, at + 16);
    if (kind == "data") {
      if (bytes_per_second <= 0 || size == 0 || at + 8 + size > bytes.size()) return std::nullopt;
      return static_cast<double>(size) / bytes_per_second;
    }
    at += 8 + size + size % 2;
  }
  return std::nullopt;
}

// Text fields of the sample with values that no honest request has.
struct Hostile {
  std::string name;  // "prompt as a list"
  json params;
  bool must_fail = true;
};

class Suite {
 public:
  Suite(Provider& provider, const ConformanceOptions& options, const Cancelled& cancelled)
      : provider_(provider), options_(options), cancelled_(cancelled) {}

  std::vector<Check> run() {
    const ProviderInfo info = provider_.info();
    if (!check_info(info) || !check_available()) return checks_;
    for (const Capability capability : info.capabilities) {
      if (cancelled_ && cancelled_()) break;
      if (!options_.params.empty() && !options_.params.contains(capability)) continue;
      about_ = std::string(capability_name(capability)) + ": ";
      const Wish wish = sample(capability);
      if (!check_makes(wish)) continue;
      check_fingerprint(wish);
      check_unknown_field(wish);
      check_cancel(wish);
      check_deadline(wish);
      check_hostile(wish);
      check_two_at_once(wish);
    }
    return checks_;
  }

 private:
  using Made = Result<std::vector<Delivery>>;

  bool tell(const std::string& name, bool passed, const std::string& detail) {
    checks_.push_back({about_ + name, passed, detail});
    return passed;
  }

  Wish sample(Capability capability) const {
    Wish wish;
    wish.capability = capability;
    const auto own = options_.params.find(capability);
    wish.params = own == options_.params.end() ? sample_params(capability) : own->second;
    wish.base_dir = options_.base_dir;
    wish.seed = 7;
    return wish;
  }

  fs::path fresh_folder() {
    const fs::path folder = options_.scratch / ("check-" + std::to_string(++folders_));
    fs::create_directories(folder);
    return folder;
  }

  // As an engine would ask. An exception is what no provider may let out.
  Made fetch(Wish wish, const fs::path& scratch, const Cancelled& cancelled = nullptr) {
    if (wish.deadline == Clock::time_point::max()) wish.deadline = Clock::now() + options_.patience;
    try {
      return provider_.fetch(wish, scratch, cancelled ? cancelled : cancelled_);
    } catch (const std::exception& error) {
      return Error{Code::internal, std::string("an exception came out of it: ") + error.what()};
    }
  }

  bool check_info(const ProviderInfo& info) {
    const std::set<Capability> able(info.capabilities.begin(), info.capabilities.end());
    std::string wrong;
    if (info.name.empty() || info.kind.empty()) wrong = "it has no name or no kind";
    if (able.empty() || able.size() != info.capabilities.size()) wrong = "it has no capability, or one twice";
    for (const auto& [capability, models] : info.models) {
      if (!able.contains(capability))
        wrong = "it has models for " + std::string(capability_name(capability)) + ", which it cannot do";
      if (std::ranges::find(models, "") != models.end()) wrong = "a model has no name";
    }
    if (!info.limits.is_object()) wrong = "its limits are no object";
    return tell("info", wrong.empty(), wrong.empty() ? info.name + ", " + info.kind : wrong);
  }

  bool check_available() {
    const auto available = provider_.check(cancelled_ ? cancelled_ : [] { return false; });
    return tell("can be used", static_cast<bool>(available),
                available ? "it answers" : described(available.error()));
  }

  bool check_makes(const Wish& wish) {
    const fs::path scratch = fresh_folder();
    const auto start = Clock::now();
    const Made made = fetch(wish, scratch);
    if (!made) return tell("makes what was asked for", false, described(made.error()));
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    if (made->empty()) return tell("makes what was asked for", false, "no delivery and no error");
    std::string seen;
    for (const Delivery& delivery : *made) {
      const auto looked = wish.capability == Capability::script
                              ? look_at_script(delivery, wish)
                              : look_at_file(delivery, wish.capability, scratch);
      if (!looked) return tell("makes what was asked for", false, looked.error().message);
      seen += *looked + ", ";
    }
    return tell("makes what was asked for", true, seen + "in " + std::to_string(seconds).substr(0, 5) + " s");
  }

  static Error wrong(const std::string& why) { return Error{Code::provider_failed, why}; }

  static Result<std::string> look_at_script(const Delivery& delivery, const Wish& wish) {
    if (delivery.text.empty()) return wrong("the script is empty");
    if (wish.params.contains("schema") && !json::accept(delivery.text))
      return wrong("the script is no JSON, which was asked for");
    return std::to_string(delivery.text.size()) + " bytes of text";
  }

  static Result<std::string> look_at_file(const Delivery& delivery, Capability capability,
                                          const fs::path& scratch) {
    std::error_code failure;
    const fs::path file = fs::canonical(delivery.file, failure);
    if (failure || !fs::is_regular_file(file)) return wrong(delivery.file.string() + " is no regular file");
    const fs::path root = fs::canonical(scratch);
    const bool inside = std::mismatch(root.begin(), root.end(), file.begin(), file.end()).first == root.end();
    if (!inside && !delivery.borrowed) return wrong(file.string() + " lies outside the scratch folder");
    const std::string bytes = bytes_of(file), found = sniffed_media_type(bytes);
    if (found.empty() || (!delivery.media_type.empty() && found != delivery.media_type))
      return wrong("its media type is said to be \"" + delivery.media_type + "\" and is \"" + found + "\"");
    if (capability != Capability::picture) {
      if (!found.starts_with("audio/") && !found.starts_with("video/"))
        return wrong("a sound was asked for, and it is " + found);
      if (found != "audio/wav") return found;
      const auto seconds = wav_seconds(bytes);
      if (!seconds) return wrong("the WAV file has no sound, or less than its header says");
      return found + " of " + std::to_string(*seconds).substr(0, 5) + " s";
    }
    if (!found.starts_with("image/") && !found.starts_with("video/"))
      return wrong("a picture was asked for, and it is " + found);
    for (const char* known : {"image/png", "image/jpeg", "image/webp", "image/gif"}) {
      if (found != known) continue;
      REELD_ASSIGN(const PictureSize size, picture_size(bytes));
      return found + " of " + std::to_string(size.width) + "x" + std::to_string(size.height);
    }
    return found;
  }

  void check_fingerprint(const Wish& wish) {
    const std::string print = provider_.fingerprint(wish);
    if (provider_.fingerprint(wish) != print) {
      tell("fingerprint", false, "an equal wish has another one");
      return;
    }
    Wish other = wish;
    for (const auto& [name, value] : wish.params.items()) {
      if (value.is_string()) other.params[name] = value.get<std::string>() + " x";
      if (value.is_array()) other.params[name].push_back(value.empty() ? json("x") : value.front());
    }
    const bool tells_apart = print.empty() || provider_.fingerprint(other) != print;
    tell("fingerprint", tells_apart,
         !tells_apart    ? "another wish has the same one"
         : print.empty() ? "made anew each time"
                         : "equal for equal wishes");
  }

  void check_unknown_field(Wish wish) {
    wish.params["no_such_field"] = 1;
    const Made made = fetch(wish, fresh_folder());
    const bool right =
        !made && made.error().code == Code::unknown_field && made.error().path == "/no_such_field";
    tell("refuses an unknown field", right,
         made ? "it made something all the same" : described(made.error()));
  }

  void check_cancel(const Wish& wish) {
    const auto start = Clock::now();
    const Made made = fetch(wish, fresh_folder(), [&] { return Clock::now() - start >= kBeforeCancel; });
    const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - start);
    const std::string after = " after " + std::to_string(took.count()) + " ms";
    const bool in_time = took <= kBeforeCancel + options_.cancel_within;
    tell("stops when it is cancelled", in_time && (made || made.error().code == Code::cancelled),
         (made ? "it was done" : described(made.error())) + after);
  }

  void check_deadline(Wish wish) {
    wish.deadline = Clock::now() - std::chrono::seconds(1);
    const auto start = Clock::now();
    const Made made = fetch(wish, fresh_folder());
    const bool at_once = made && Clock::now() - start <= kAtOnce;
    tell(
        "keeps the deadline", at_once || (!made && made.error().code == Code::timed_out),
        made ? (at_once ? "it was done at once" : "it went on after the deadline") : described(made.error()));
  }

  static std::vector<Hostile> hostile_wishes(const Wish& wish) {
    std::vector<Hostile> all = {{"a list in place of the fields", json::array({1})}, {"no fields", nullptr}};
    const auto with = [&](const std::string& field, const json& value) {
      json params = wish.params;
      params[field] = value;
      return params;
    };
    all.push_back({"model as a number", with("model", 7), false});
    all.push_back({"seed as a text", with("seed", "seven"), false});
    for (const auto& [name, value] : wish.params.items()) {
      if (name == "provider") continue;
      const bool is_text = value.is_string();
      all.push_back({name + " as null", with(name, nullptr)});
      all.push_back({name + " of the wrong type",
                     with(name, is_text ? json{{"x", json::array({1, 2})}} : json("\x01wrong"))});
      if (!is_text) continue;
      all.push_back(
          {name + " with a zero byte", with(name, value.get<std::string>() + std::string("\0x", 2))});
      all.push_back({name + " that is no UTF-8", with(name, value.get<std::string>() + "\xff\xfe"), false});
      all.push_back({name + " of a mebibyte", with(name, std::string(kHugeBytes, 'a')), false});
    }
    return all;
  }

  void check_hostile(const Wish& wish) {
    std::string wrong;
    std::size_t count = 0;
    for (const Hostile& hostile : hostile_wishes(wish)) {
      if (cancelled_ && cancelled_()) return;
      Wish asked = wish;
      asked.params = hostile.params;
      ++count;
      try {
        provider_.fingerprint(asked);
        provider_.estimate(asked);
      } catch (const std::exception& error) {
        wrong += hostile.name + ": an exception came out of fingerprint or estimate: " + error.what() + "; ";
      }
      const Made made = fetch(asked, fresh_folder());
      if (made ? hostile.must_fail : made.error().code == Code::internal || made.error().message.empty())
        wrong += hostile.name + ": " + (made ? "it was taken" : described(made.error())) + "; ";
    }
    tell("refuses hostile fields", wrong.empty(),
         wrong.empty() ? std::to_string(count) + " were tried" : wrong);
    const Made after = fetch(wish, fresh_folder());
    tell("works after them", static_cast<bool>(after), after ? "as before" : described(after.error()));
  }

  void check_two_at_once(const Wish& wish) {
    const fs::path one = fresh_folder(), two = fresh_folder();
    auto beside = std::async(std::launch::async, [&] { return fetch(wish, one); });
    const Made made = fetch(wish, two), other = beside.get();
    const bool both = made && other;
    tell("makes two at once", both, both ? "both came" : described(made ? other.error() : made.error()));
  }

  Provider& provider_;
  const ConformanceOptions& options_;
  const Cancelled cancelled_;
  std::vector<Check> checks_;
  std::string about_;  // before a check's name
  int folders_ = 0;
};

}  // namespace

json sample_params(Capability capability) {
  switch (capability) {
    case Capability::picture:
      return {{"prompt", "A red kite over a green hill"}, {"width", 512}, {"height", 512}, {"seed", 7U}};
    case Capability::speech:
      return {{"text", "A kite rises over the hill."}};
    case Capability::script:
      return {{"messages", {{{"role", "user"}, {"text", "Name a colour, as {\"colour\": NAME}."}}}},
              {"schema",
               {{"type", "object"},
                {"properties", {{"colour", {{"type", "string"}}}}},
                {"required", {"colour"}}}},
              {"max_output_tokens", 200}};
    case Capability::sound:
      return {{"prompt", "Calm bells"}, {"seconds", 2}};
  }
  return json::object();
}

std::vector<Check> run_conformance(Provider& provider, const ConformanceOptions& options,
                                   const Cancelled& cancelled) {
  return Suite(provider, options, cancelled).run();
}

}  // namespace reeld::providers
