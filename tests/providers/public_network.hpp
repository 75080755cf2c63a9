// A network of a test's own in which this machine has public addresses too, so that what is said of the
// Internet can be seen without one.
#pragma once

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <string>

namespace reeld::providers {

inline constexpr const char* kPublicAddress = "8.8.4.4";

namespace detail {

inline bool bring_up(int socket, const char* interface, const char* address) {
  ifreq request{};
  std::strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  ::inet_pton(AF_INET, address, &here.sin_addr);
  std::memcpy(&request.ifr_addr, &here, sizeof here);
  if (::ioctl(socket, SIOCSIFADDR, &request) != 0) return false;
  request.ifr_flags = IFF_UP | IFF_LOOPBACK;
  return ::ioctl(socket, SIOCSIFFLAGS, &request) == 0;
}

}  // namespace detail

enum class Seen { good, bad, no_network };

// Runs `look` in a process of its own, where loopback and kPublicAddress are up. What it returns is printed
// where it is not empty, and means bad. no_network: the kernel gives us none.
inline Seen in_public_network(const std::function<std::string()>& look) {
  constexpr int kNoNetwork = 77;
  const pid_t child = ::fork();
  if (child == 0) {
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) ::_exit(kNoNetwork);
    const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (!detail::bring_up(socket, "lo", "127.0.0.1") || !detail::bring_up(socket, "lo:1", kPublicAddress))
      ::_exit(kNoNetwork);
    std::string bad;
    try {
      bad = look();
    } catch (const std::exception& problem) {
      bad = problem.what();
    }
    if (!bad.empty()) std::fprintf(stderr, "in the public network: %s\n", bad.c_str());
    ::_exit(bad.empty() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (!WIFEXITED(status)) return Seen::bad;
  return WEXITSTATUS(status) == 0            ? Seen::good
         : WEXITSTATUS(status) == kNoNetwork ? Seen::no_network
                                             : Seen::bad;
}

}  // namespace reeld::providers
