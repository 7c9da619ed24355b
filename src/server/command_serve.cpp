#include <pthread.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>

#include "server/commands.hpp"
#include "server/core.hpp"
#include "server/log.hpp"
#include "server/service.hpp"

namespace gatehouse::server {
namespace {

// Every connection is a file: the soft limit of 1,024 would be reached long before the server's own.
void raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

Result<int> serve(const CommandContext& context) {
  // Blocked before any thread starts, so that only sigwait below takes them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  const SystemClock clock;
  SystemRandom random;
  for (const auto& warning : context.config.warnings)
    log_event(clock, LogLevel::kWarning, "configuration", {{"warning", std::string_view(warning)}});
  raise_file_limit();
  auto service = TRY(Service::bind(context.config));
  auto core = TRY(Core::open(context.config, Opening::kServe, clock, random, service->url()));
  service->start(*core);

  std::printf("Gatehouse serves %s (documentation at %s/docs)\n", service->url().c_str(), service->url().c_str());
  // Shown once: it is stored nowhere.
  if (core->first_password) {
    std::printf("First administrator: %s\nOne-time password:   %s\n", context.config.admin_email.c_str(),
                core->first_password->c_str());
    core->first_password.reset();
  }
  std::fflush(stdout);
  log_event(
      clock, LogLevel::kInfo, "listening",
      {{"url", std::string_view(service->url())}, {"management_url", std::string_view(service->management_url())}});

  int received = 0;
  sigwait(&signals, &received);
  log_event(clock, LogLevel::kInfo, "stopping", {{"signal", std::int64_t{received}}});
  service->stop();
  service.reset();
  core.reset();
  log_event(clock, LogLevel::kInfo, "stopped");
  return 0;
}

}  // namespace gatehouse::server
