#include "providers/http/address_rule.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <span>

namespace reeld::providers {
namespace {

constexpr std::string_view kNoAddress = "no address";

struct Range4 {
  std::array<std::uint8_t, 4> start;
  int bits;  // that must be equal
  std::string_view kind;
};

// IANA's registry of special IPv4 addresses, the narrow before the wide, and two clouds' metadata services:
// Azure's lies among the public addresses.
constexpr std::array kRanges4 = {
    Range4{{169, 254, 169, 254}, 32, "cloud metadata"},
    Range4{{168, 63, 129, 16}, 32, "cloud metadata"},
    Range4{{0, 0, 0, 0}, 8, "unspecified"},
    Range4{{10, 0, 0, 0}, 8, "private network"},
    Range4{{100, 64, 0, 0}, 10, "carrier's network"},
    Range4{{127, 0, 0, 0}, 8, "loopback"},
    Range4{{169, 254, 0, 0}, 16, "link-local"},
    Range4{{172, 16, 0, 0}, 12, "private network"},
    Range4{{192, 0, 0, 0}, 24, "reserved"},
    Range4{{192, 0, 2, 0}, 24, "documentation"},
    Range4{{192, 88, 99, 0}, 24, "reserved"},
    Range4{{192, 168, 0, 0}, 16, "private network"},
    Range4{{198, 18, 0, 0}, 15, "reserved"},
    Range4{{198, 51, 100, 0}, 24, "documentation"},
    Range4{{203, 0, 113, 0}, 24, "documentation"},
    Range4{{224, 0, 0, 0}, 4, "multicast"},
    Range4{{255, 255, 255, 255}, 32, "broadcast"},
    Range4{{240, 0, 0, 0}, 4, "reserved"},
};

struct Range6 {
  std::array<std::uint8_t, 16> start;
  int bits;
  std::string_view kind;
};

// Whatever lies outside 2000::/3 is not handed out to the Internet; the rows below only name it, and take out
// of 2000::/3 what is special there.
constexpr std::array kRanges6 = {
    Range6{{0xfd, 0x00, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128, "cloud metadata"},
    Range6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "loopback"},
    Range6{{}, 128, "unspecified"},
    Range6{{0xfc}, 7, "private network"},
    Range6{{0xfe, 0x80}, 10, "link-local"},
    Range6{{0xfe, 0xc0}, 10, "site-local"},
    Range6{{0xff}, 8, "multicast"},
    Range6{{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
    Range6{{0x3f, 0xff}, 20, "documentation"},
    Range6{{0x20, 0x01}, 23, "reserved"},  // Teredo, benchmarks, ORCHID
};

struct Carrier {
  std::array<std::uint8_t, 16> start;
  int bits;
  std::size_t offset;  // of the IPv4 address, in bytes
};

constexpr std::array kCarriers = {
    Carrier{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12},  // ::ffff:0:0/96, mapped
    Carrier{{0x00, 0x64, 0xff, 0x9b}, 96, 12},                    // 64:ff9b::/96, NAT64
    Carrier{{0x20, 0x02}, 16, 2},                                 // 2002::/16, 6to4
};

bool within(std::span<const std::uint8_t> address, std::span<const std::uint8_t> start, int bits) {
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const auto mask = static_cast<std::uint8_t>(bits >= 8 ? 0xff : 0xff << (8 - bits));
    if (((address[i] ^ start[i]) & mask) != 0) return false;
  }
  return true;
}

std::string_view kind4(std::span<const std::uint8_t> address) {
  const auto* const row = std::ranges::find_if(
      kRanges4, [&](const Range4& range) { return within(address, range.start, range.bits); });
  return row == kRanges4.end() ? "" : row->kind;
}

std::string_view kind6(std::span<const std::uint8_t> address) {
  for (const Carrier& carrier : kCarriers) {
    if (within(address, carrier.start, carrier.bits)) return kind4(address.subspan(carrier.offset, 4));
  }
  for (const Range6& range : kRanges6) {
    if (within(address, range.start, range.bits)) return range.kind;
  }
  return (address[0] & 0xe0) == 0x20 ? "" : "reserved";
}

// The address's own bytes, 4 or 16 of them, in the network's order; none where it is neither.
struct Bytes {
  std::array<std::uint8_t, 16> bytes{};
  std::size_t count = 0;
};

Bytes bytes_of(const sockaddr& address, std::size_t size) {
  Bytes found;
  if (address.sa_family == AF_INET && size >= sizeof(sockaddr_in)) {
    sockaddr_in four{};
    std::memcpy(&four, &address, sizeof four);
    std::memcpy(found.bytes.data(), &four.sin_addr, found.count = 4);
  } else if (address.sa_family == AF_INET6 && size >= sizeof(sockaddr_in6)) {
    sockaddr_in6 six{};
    std::memcpy(&six, &address, sizeof six);
    std::memcpy(found.bytes.data(), &six.sin6_addr, found.count = 16);
  }
  return found;
}

std::string_view kind_of(const Bytes& address) {
  if (address.count == 0) return kNoAddress;
  const std::span<const std::uint8_t> bytes(address.bytes.data(), address.count);
  return address.count == 4 ? kind4(bytes) : kind6(bytes);
}

}  // namespace

std::string_view not_public_because(const sockaddr& address, std::size_t size) {
  return kind_of(bytes_of(address, size));
}

std::string_view not_public_because(const std::string& address) {
  Bytes found;
  if (inet_pton(AF_INET, address.c_str(), found.bytes.data()) == 1) {
    found.count = 4;
  } else if (inet_pton(AF_INET6, address.c_str(), found.bytes.data()) == 1) {
    found.count = 16;
  }
  return kind_of(found);
}

std::string address_text(const sockaddr& address, std::size_t size) {
  const Bytes found = bytes_of(address, size);
  if (found.count == 0) return std::string(kNoAddress);
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(found.count == 4 ? AF_INET : AF_INET6, found.bytes.data(), text.data(), text.size());
  return text.data();
}

}  // namespace reeld::providers
