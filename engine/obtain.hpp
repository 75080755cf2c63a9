// One thing that a provider makes or finds, brought into the asset store with the record of how it came to
// be; or the equal one that is there already. Of the fetch of jobs and of takes alike. Any thread; decodes
// nothing.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "engine/reservation.hpp"
#include "providers/local/allowed_roots.hpp"
#include "providers/provider.hpp"
#include "storage/database.hpp"

namespace reeld::engine {

struct ObtainTools {
  storage::Database& database;
  const providers::Registry& registry;
  const providers::AllowedRoots& roots;  // of references; other files are the providers'
  const std::filesystem::path& data_dir;
};

struct Obtained {
  storage::Asset asset;  // the one to use
  std::string fallback;  // that another model made it than the one asked for; else empty
  bool reused = false;   // it was there already: nobody was asked
};

// `use`: of the job that it is for, to which all that comes is linked as it is recorded; what was there
// already is not. Without it nobody has it yet. `scratch` is made for this and removed after. Paths of errors
// are relative to the wish's params. Errors: the provider's own; budget_exceeded before anything is sent;
// what AssetStore::put says.
Result<Obtained> obtain(const ObtainTools& tools, const std::string& provider, const providers::Wish& wish,
                        const Budget& budget, const std::optional<storage::Database::AssetUse>& use,
                        const std::filesystem::path& scratch, const providers::Cancelled& cancelled);

// Whether the error is that what came is no picture or sound that can be read.
bool is_broken_file(Code code);

// Whether the asset's file is where its record says.
bool file_is_there(const std::filesystem::path& data_dir, const storage::Asset& asset);

}  // namespace reeld::engine
