// The environment for the programs that a process starts: its own, without what may be a key.
#pragma once

#include <string>
#include <vector>

namespace reeld {

class ChildEnvironment {
 public:
  // Of the variables as they are now, all but those whose names have a part such as KEY, TOKEN, SECRET,
  // PASSWORD or AUTH. `more` come first, and so stand above variables of the same name.
  explicit ChildEnvironment(std::vector<std::string> more = {});
  // "NAME=value" each, and a null at the end, as exec and posix_spawn take it; as long as this object lives.
  char* const* get() const { return pointers_.data(); }

 private:
  std::vector<std::string> variables_;
  std::vector<char*> pointers_;
};

}  // namespace reeld
