// Which program makes pixels and codes them: what it makes may differ from what another version made. Runs
// in workers.
#pragma once

#include <string>

namespace reeld::engine {

// A hash of the program's file and of the libraries that it was started with: their paths, sizes and times of
// change. The first call decides: it is made before any driver or plug-in of a library is loaded.
const std::string& program_identity();

// The same of the fonts that Fontconfig has.
std::string fonts_identity();

}  // namespace reeld::engine
