// A folder of the user's pictures or sounds, of which each scene takes one: {"folder": DIR, "pick": "order",
// "tags" or "seed", "tags": [...], "otherwise": "order" or "seed", "seed": N}.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>

#include "providers/builtin.hpp"
#include "providers/fields.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/local/folder_pick.hpp"
#include "providers/media_type.hpp"

namespace reeld::providers {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kMaxDepth = 8;
constexpr std::size_t kMaxFiles = 20000;
constexpr std::size_t kMaxTags = 50;
constexpr std::size_t kMaxTagsFileBytes = 4 << 20, kMaxSidecarBytes = 64 << 10;
constexpr std::size_t kToldTags = 40;  // in an error
constexpr const char* kTagsFile = "tags.json";

struct Choice {
  std::string folder, pick, otherwise;
  std::vector<std::string> words;  // of the tags
  std::uint64_t seed = 0;
};

Result<Choice> choice_in(const Wish& wish) {
  Fields fields(wish.params, beside_the_engines({"folder", "pick", "tags", "otherwise", "seed"}));
  Choice choice;
  choice.folder = fields.needed_text("folder");
  for (const std::string& tag : fields.texts("tags", kMaxTags, 200)) {
    for (std::string& word : words_in(tag)) choice.words.push_back(std::move(word));
  }
  const bool tagged = wish.params.is_object() && wish.params.contains("tags");
  choice.pick = fields.choice("pick", tagged ? "tags" : "order", {"order", "tags", "seed"});
  choice.otherwise = fields.choice("otherwise", "", {"", "order", "seed"});
  choice.seed = fields.seed("seed").value_or(wish.seed);
  if (choice.pick == "tags" && choice.words.empty())
    fields.fail("tags", "is needed with \"pick\": \"tags\", and must hold a word");
  if (choice.pick != "tags" && tagged) fields.fail("tags", "is looked at only with \"pick\": \"tags\"");
  REELD_TRY(fields.result());
  return choice;
}

std::string beginning_of(const fs::path& file, std::size_t max_size) {
  std::ifstream in(file, std::ios::binary);
  std::string text(max_size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(max_size));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

Error no_files(Capability capability, const fs::path& folder) {
  return {Code::file_missing,
          "There is no " + std::string(capability == Capability::picture ? "picture" : "sound") + " in " +
              folder.string() + ".",
          "/folder"};
}

// Paths below `folder` of the files that suit, in natural order; hidden ones and linked folders are passed
// over.
Result<std::vector<fs::path>> files_in(const fs::path& folder, Capability capability,
                                       const Cancelled& cancelled) {
  const std::string kind = capability == Capability::picture ? "image/" : "audio/";
  std::vector<fs::path> files;
  std::error_code failure;
  auto entry =
      fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, failure);
  for (; !failure && entry != fs::end(entry); entry.increment(failure)) {
    if (cancelled && cancelled()) return Error{Code::cancelled, "The job is cancelled."};
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden || entry.depth() >= kMaxDepth) entry.disable_recursion_pending();
    std::error_code ignored;
    if (hidden || !entry->is_regular_file(ignored) || !media_type_of_name(entry->path()).starts_with(kind))
      continue;
    if (files.size() == kMaxFiles) {
      return Error{Code::limit_exceeded,
                   "The folder " + folder.string() + " holds more than " + std::to_string(kMaxFiles) +
                       " files; name one of its folders.",
                   "/folder"};
    }
    files.push_back(entry->path().lexically_relative(folder));
  }
  if (failure) {
    return Error{Code::file_unreadable,
                 "The folder " + folder.string() + " cannot be read: " + failure.message() + ".", "/folder"};
  }
  if (files.empty()) return no_files(capability, folder);
  std::ranges::sort(
      files, [](const fs::path& a, const fs::path& b) { return natural_less(a.string(), b.string()); });
  return files;
}

// tags.json: {"beach/sea.jpg": ["sunset", "wide sea"], ...}, names relative to the folder. {} where there is
// none.
Result<std::map<std::string, std::vector<std::string>>> tags_file_of(const fs::path& folder) {
  const fs::path file = folder / kTagsFile;
  std::map<std::string, std::vector<std::string>> tags;
  std::error_code ignored;
  if (!fs::is_regular_file(fs::symlink_status(file, ignored))) return tags;
  const json found = json::parse(beginning_of(file, kMaxTagsFileBytes), nullptr, false);
  const auto is_text = [](const json& one) { return one.is_string(); };
  bool sound = found.is_object();
  for (auto it = found.begin(); sound && it != found.end(); ++it) {
    sound = it->is_array() && std::ranges::all_of(*it, is_text);
    if (sound) tags[it.key()] = it->get<std::vector<std::string>>();
  }
  if (!sound) {
    return Error{Code::file_unreadable,
                 file.string() + R"( must be a JSON object such as {"sea.jpg": ["beach", "sunset"]}.)",
                 "/folder"};
  }
  return tags;
}

// The words of a file: of its path below the folder, of tags.json, and of NAME.txt beside it.
std::vector<std::string> words_of(const fs::path& folder, const fs::path& file,
                                  const std::map<std::string, std::vector<std::string>>& tags) {
  std::string text = fs::path(file).replace_extension().string();
  if (const auto its = tags.find(file.string()); its != tags.end()) {
    for (const std::string& tag : its->second) text += " " + tag;
  }
  const fs::path sidecar = (folder / file).replace_extension(".txt");
  std::error_code ignored;
  if (fs::is_regular_file(fs::symlink_status(sidecar, ignored)))
    text += " " + beginning_of(sidecar, kMaxSidecarBytes);
  return words_in(text);
}

// A name that is no UTF-8 with its odd bytes replaced, for JSON takes none.
std::string readable(const fs::path& name) {
  return json::parse(json(name.string()).dump(-1, ' ', false, json::error_handler_t::replace))
      .get<std::string>();
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Error no_match(const Choice& choice, const fs::path& folder,
               const std::vector<std::vector<std::string>>& words) {
  std::map<std::string, int> counts;
  for (const auto& one : words) {
    for (const std::string& word : one) ++counts[word];
  }
  std::vector<std::pair<int, std::string>> order;
  for (const auto& [word, count] : counts) order.emplace_back(-count, word);
  std::ranges::sort(order);
  std::vector<std::string> told;
  for (std::size_t i = 0; i < std::min(order.size(), kToldTags); ++i) told.push_back(order[i].second);
  return {Code::file_missing,
          "No file in " + folder.string() + " is tagged " + joined(choice.words) +
              "; the tags there are: " + joined(told) + (order.size() > kToldTags ? ", ..." : "") +
              ". \"otherwise\": \"order\" would take one all the same.",
          "/tags"};
}

struct Picked {
  std::size_t index = 0;
  std::string why;
};

Picked picked_without_tags(const std::string& pick, const Choice& choice, std::size_t scene,
                           std::size_t count) {
  if (pick == "seed") {
    return {shuffled_pick(choice.seed, scene, count), "by seed " + std::to_string(choice.seed)};
  }
  return {scene % count, "by order"};
}

Result<Picked> picked(const Choice& choice, std::size_t scene, const fs::path& folder,
                      const std::vector<fs::path>& files) {
  if (choice.pick != "tags") return picked_without_tags(choice.pick, choice, scene, files.size());
  REELD_ASSIGN(const auto tags, tags_file_of(folder));
  std::vector<std::vector<std::string>> words;
  for (const fs::path& file : files) words.push_back(words_of(folder, file, tags));
  const BestMatch best = best_match(words, choice.words);
  if (!best.files.empty())
    return Picked{best.files[scene % best.files.size()], "tagged " + joined(best.words)};
  if (choice.otherwise.empty()) return no_match(choice, folder, words);
  Picked other = picked_without_tags(choice.otherwise, choice, scene, files.size());
  other.why += ", for no file is tagged " + joined(choice.words);
  return other;
}

class FolderProvider : public Provider {
 public:
  explicit FolderProvider(const std::vector<fs::path>& roots) : roots_(roots) {}

  ProviderInfo info() const override {
    ProviderInfo info;
    info.name = info.kind = "folder";
    info.capabilities = {Capability::picture, Capability::speech, Capability::sound};
    info.limits = {{"max_files", kMaxFiles}, {"max_depth", kMaxDepth}};
    return info;
  }

  // A folder's files may change between two jobs.
  std::string fingerprint(const Wish&) const override { return ""; }

  Result<std::vector<Delivery>> fetch(const Wish& wish, const fs::path&,
                                      const Cancelled& cancelled) override {
    REELD_ASSIGN(const Choice choice, choice_in(wish));
    REELD_ASSIGN(const fs::path folder, roots_.folder(wish.base_dir, choice.folder, "/folder"));
    REELD_ASSIGN(const std::vector<fs::path> files, files_in(folder, wish.capability, cancelled));
    const auto scene = static_cast<std::size_t>(std::max(wish.index, 0));
    REELD_ASSIGN(const Picked taken, picked(choice, scene, folder, files));
    const fs::path& name = files[taken.index];
    Delivery delivery;
    REELD_ASSIGN(delivery.file, roots_.file(folder, name.string(), "/folder"));
    delivery.borrowed = true;
    delivery.media_type = media_type_of_name(name);
    delivery.source_type = "USER_UPLOADED";
    delivery.provenance.cost_usd = 0;
    if (choice.pick == "seed") delivery.provenance.seed = choice.seed;
    delivery.provenance.metadata = {{"folder", readable(folder)},
                                    {"file", readable(name)},
                                    {"why", taken.why},
                                    {"file_count", files.size()}};
    return std::vector{std::move(delivery)};
  }

 private:
  const AllowedRoots roots_;
};

}  // namespace

std::unique_ptr<Provider> folder_provider(std::vector<std::filesystem::path> allowed_roots) {
  return std::make_unique<FolderProvider>(allowed_roots);
}

}  // namespace reeld::providers
