#include "engine/process_use.hpp"

#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace reeld::engine {

std::optional<ProcessUse> process_use(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string line{std::istreambuf_iterator<char>(file), {}};
  // The name, the second field, may have blanks and brackets in it.
  const std::size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  double user_ticks = 0, system_ticks = 0, resident_pages = 0;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  fields >> user_ticks >> system_ticks;  // fields 14 and 15
  for (int field = 16; field < 24; ++field) fields >> skipped;
  if (!(fields >> resident_pages)) return std::nullopt;  // field 24
  return ProcessUse{(user_ticks + system_ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK)),
                    resident_pages * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20)};
}

}  // namespace reeld::engine
