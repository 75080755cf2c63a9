// What both ends of the protocol (docs/protocol.md) must agree on.
#pragma once

namespace reeld::ipc {

inline constexpr int kProtocolVersion = 1;

}  // namespace reeld::ipc
