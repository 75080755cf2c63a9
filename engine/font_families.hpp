// The font families of this machine, by Fontconfig. Runs in workers; thread-safe.
#pragma once

#include <string>
#include <vector>

namespace reeld::engine {

// Each once, in the order of their names.
std::vector<std::string> installed_families();

}  // namespace reeld::engine
