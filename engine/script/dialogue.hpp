// Director and critic: asks a provider of scripts for a draft, has it judged and revised as often as the
// brief asks, and keeps the whole conversation.
#pragma once

#include "engine/script/script.hpp"

namespace reeld::engine {

// tools.writer is there. At most 1 + 2 * passes calls; the critic's "accept" ends it early. One failing call
// fails it all: the message names who was asked, and in which round.
Result<Script> write_script(const Brief& brief, const ScriptTools& tools);

}  // namespace reeld::engine
