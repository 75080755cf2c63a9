// What decides a segment's bytes, as a hash: the key under which coded frames are kept. Pure; runs in the
// daemon.
#pragma once

#include <string>
#include <vector>

#include "engine/plan.hpp"
#include "engine/reuse/segments.hpp"

namespace reeld::engine {

// What makes and codes a plan's frames. Devices are not in it: all give the same bits.
struct Coding {
  std::string program;  // engine/reuse/program_identity.hpp
  std::string fonts;    // the same of the machine's fonts; counts where a text is shown
  std::string encoder;
  int threads = 1;  // a software encoder's bytes depend on it
};

// One key a segment. A frame counts as what a device is told of it, with contents in place of their numbers
// in this plan; so a key does not depend on where in the film the segment lies, nor on scenes that it does
// not show.
std::vector<std::string> segment_keys(const Plan& plan, const std::vector<SegmentRange>& segments,
                                      const Coding& coding);

// Of the sound track as a whole.
std::string sound_key(const Plan& plan, const std::string& program);

}  // namespace reeld::engine
