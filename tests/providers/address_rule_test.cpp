#include "providers/http/address_rule.hpp"

#include <netinet/in.h>

#include <catch2/catch.hpp>

namespace reeld::providers {

TEST_CASE("an address of no public network is known for what it is") {
  const auto [address, kind] = GENERATE(table<std::string, std::string>({
      {"127.0.0.1", "loopback"},
      {"127.255.255.254", "loopback"},
      {"0.0.0.0", "unspecified"},
      {"0.1.2.3", "unspecified"},
      {"10.0.0.1", "private network"},
      {"10.255.255.255", "private network"},
      {"172.16.0.1", "private network"},
      {"172.31.255.255", "private network"},
      {"192.168.1.1", "private network"},
      {"169.254.1.1", "link-local"},
      {"169.254.169.254", "cloud metadata"},
      {"168.63.129.16", "cloud metadata"},
      {"100.64.0.1", "carrier's network"},
      {"100.127.255.255", "carrier's network"},
      {"192.0.0.192", "reserved"},
      {"192.0.2.1", "documentation"},
      {"198.51.100.7", "documentation"},
      {"203.0.113.7", "documentation"},
      {"198.18.0.1", "reserved"},
      {"198.19.255.255", "reserved"},
      {"192.88.99.1", "reserved"},
      {"224.0.0.1", "multicast"},
      {"239.255.255.255", "multicast"},
      {"240.0.0.1", "reserved"},
      {"255.255.255.255", "broadcast"},
      {"::", "unspecified"},
      {"::1", "loopback"},
      {"fe80::1", "link-local"},
      {"febf::1", "link-local"},
      {"fec0::1", "site-local"},
      {"fc00::1", "private network"},
      {"fdff::1", "private network"},
      {"fd00:ec2::254", "cloud metadata"},
      {"ff02::1", "multicast"},
      {"2001:db8::1", "documentation"},
      {"3fff:0123::1", "documentation"},
      {"2001::1", "reserved"},  // Teredo
      {"100::1", "reserved"},   // discard
      {"64:ff9b:1::1", "reserved"},
      {"4000::1", "reserved"},  // handed out to nobody
  }));
  INFO(address);
  CHECK(not_public_because(address) == kind);
}

TEST_CASE("an IPv6 address that carries an IPv4 one is what that one is") {
  CHECK(not_public_because(std::string("::ffff:127.0.0.1")) == "loopback");
  CHECK(not_public_because(std::string("::ffff:169.254.169.254")) == "cloud metadata");
  CHECK(not_public_because(std::string("::127.0.0.1")) == "reserved");
  CHECK(not_public_because(std::string("64:ff9b::10.0.0.1")) == "private network");
  CHECK(not_public_because(std::string("2002:7f00:1::1")) == "loopback");
  CHECK(not_public_because(std::string("2002:c0a8:101::")) == "private network");
  CHECK(not_public_because(std::string("::ffff:8.8.8.8")).empty());
  CHECK(not_public_because(std::string("64:ff9b::8.8.8.8")).empty());
  CHECK(not_public_because(std::string("2002:808:808::1")).empty());
}

TEST_CASE("public addresses are public, up to the edge of those that are not") {
  const auto* const address = GENERATE(
      "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255",
      "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111",
      "2001:4860:4860::8888", "2a00:1450::1", "2003::1", "3ffe:ffff::1");
  INFO(address);
  CHECK(not_public_because(std::string(address)).empty());
}

TEST_CASE("what is no IP address is not public") {
  CHECK(not_public_because(std::string("")) == "no address");
  CHECK(not_public_because(std::string("localhost")) == "no address");
  sockaddr local{};
  local.sa_family = AF_UNIX;
  CHECK(not_public_because(local, sizeof local) == "no address");
  sockaddr_in cut{};
  cut.sin_family = AF_INET;
  cut.sin_addr.s_addr = htonl(0x08080808);
  CHECK(not_public_because(reinterpret_cast<const sockaddr&>(cut), 4) == "no address");
  CHECK(not_public_because(reinterpret_cast<const sockaddr&>(cut), sizeof cut).empty());
  CHECK(address_text(reinterpret_cast<const sockaddr&>(cut), sizeof cut) == "8.8.8.8");
}

}  // namespace reeld::providers
