// Which network addresses a public URL may lead to. Pure. Asked at the moment of connecting, of the address
// that is connected to, so that no name can say one thing when looked up and another when used.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

namespace reeld::providers {

// What kind of address it is where it is none of the public Internet ("loopback", "private network", "cloud
// metadata"); empty where it is public. IPv6 addresses that carry an IPv4 one (mapped, 6to4, NAT64) are what
// that one is. What is not surely public is not public. `size` is the address's own, in bytes.
std::string_view not_public_because(const sockaddr& address, std::size_t size);

// The same of an address in text; "no address" where it is none.
std::string_view not_public_because(const std::string& address);

// "127.0.0.1", "::1".
std::string address_text(const sockaddr& address, std::size_t size);

}  // namespace reeld::providers
