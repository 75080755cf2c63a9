// reeld-worker: the data process. Started by reeld; its protocol is in engine/worker.hpp.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/worker.hpp"

int main() {
  // Libraries that print must not garble the answers: these get a descriptor of their own, and stdout becomes
  // stderr.
  const int answers = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  ::setenv("SVT_LOG", "1", 0);  // SVT-AV1 tells its settings on stderr otherwise; errors stay
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a file over the limit is then an error of write, which has a name
  return reeld::engine::run_worker(STDIN_FILENO, answers);
}
