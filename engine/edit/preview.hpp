// What a version would take from the film that it is made of, before anything is done for it. Reads the
// database, and looks whether files are there; some milliseconds.
#pragma once

#include "engine/edit/edits.hpp"
#include "engine/fetch.hpp"
#include "engine/reuse/segment_key.hpp"
#include "storage/reuse.hpp"

namespace reeld::engine {

struct VersionPreview {
  storage::JobReuse reuse;
  // False: the film's length depends on a speech that is still to be made, or what the other film is made of
  // was never measured. Frames and segments are then those that are known at least, 0 of 0 where nothing is.
  bool exact = true;
  std::vector<Want> to_fetch;
};

// `version` is the parsed request of `edited`; `threads` is what a slot has. Errors: invalid_request for a
// film that cannot be planned; those of kept_asset for assets that it names.
Result<VersionPreview> preview_version(storage::Database& database, const std::filesystem::path& data_dir,
                                       const storage::Job& film, const Request& version,
                                       const std::vector<int>& origins, int threads);

}  // namespace reeld::engine
