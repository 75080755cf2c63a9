// What a request says of quality. Pure.
#pragma once

namespace reeld::engine {

struct QualitySpec {
  bool fidelity = false;  // the finished file is decoded once more and held against its frames
};

}  // namespace reeld::engine
