// gatehouse_bench: measures the service against the limits of the machine it runs on, prints one table, and writes it to
// bench/RESULTS.md after a full run.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>

#include "support/context.hpp"
#include "support/measure.hpp"
#include "support/responder.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::string_view kUsage =
    "usage: gatehouse_bench [--only NAME] [--scale USERS] [--whole] [--quick]\n"
    "  --only NAME    the families whose name holds NAME: machine decision-in-process decision-http tokens lists "
    "names access sign-in\n"
    "                 writes start imports postgres-decisions postgres-sign-in postgres-writes staleness "
    "postgres-lists\n"
    "                 directory\n"
    "  --scale USERS  users of the store (100000), with a tenth of organizations and ten memberships each\n"
    "  --whole        the store and the data sets at 1,000,000 users and 10,000,000 memberships\n"
    "  --quick        small and short, to see that everything runs; the figures mean nothing\n";

struct Family {
  std::string_view name;
  void (*measure)(Context&);
};
constexpr Family kFamilies[] = {
    {"machine", measure_machine},
    {"decision-in-process", measure_decisions_in_process},
    {"decision-http", measure_decisions_over_http},
    {"tokens", measure_tokens},
    {"lists", measure_lists},
    {"names", measure_names},
    {"access", measure_access},
    {"sign-in", measure_sign_in},
    {"writes", measure_writes},
    {"start", measure_start},
    {"imports", measure_imports},
    {"postgres-decisions", measure_postgres_decisions},
    {"postgres-sign-in", measure_postgres_sign_in},
    {"postgres-writes", measure_postgres_writes},
    {"staleness", measure_staleness},
    {"postgres-lists", measure_postgres_lists},
    {"directory", measure_directory},  // last: it invites into what others list
};

bool parse(int count, char** arguments, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    const bool more = i + 1 < count;
    if (word == "--whole")
      options.whole = true;
    else if (word == "--quick")
      options.quick = true;
    else if (word == "--only" && more)
      options.only = arguments[++i];
    else if (word == "--scale" && more)
      options.users = static_cast<std::uint32_t>(std::strtoul(arguments[++i], nullptr, 10));
    else
      return false;
  }
  return options.users >= 1000;
}

int run(const Options& options) {
  Context context(options);
  bool failed = false;
  const auto began = wall_ns();
  for (const auto& family : kFamilies) {
    if (!options.only.empty() && family.name.find(options.only) == std::string_view::npos) continue;
    try {
      family.measure(context);
    } catch (const std::exception& failure) {
      failed = true;
      context.report.add({std::string(family.name), "failed", "", "", "", Met::kNo, failure.what()});
      std::fprintf(stderr, "bench: %s failed: %s\n", family.name.data(), failure.what());
    }
  }
  std::printf("%s", context.report.table().c_str());
  const auto minutes = static_cast<double>(wall_ns() - began) / 60e9;
  if (options.only.empty() && !options.quick) {
    const std::string file = GATEHOUSE_SOURCE_DIR "/bench/RESULTS.md";
    std::ofstream out(file);
    out << context.report.markdown(
        fmt::format("The store of the rows over HTTP: {}. {:.1f} minutes.", context.scale(), minutes));
    // Written by people: where the time goes.
    if (std::ifstream analysis(GATEHOUSE_SOURCE_DIR "/bench/analysis.md"); analysis) out << '\n' << analysis.rdbuf();
    std::printf("written to bench/RESULTS.md\n");
  }
  return failed ? 1 : 0;
}

}  // namespace
}  // namespace gatehouse::bench

int main(int count, char** arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  if (count == 3 && std::strcmp(arguments[1], "--bare-responder") == 0)
    return gatehouse::bench::serve_bare(arguments[2]);
  gatehouse::bench::Options options;
  if (!gatehouse::bench::parse(count, arguments, options)) {
    std::fputs(gatehouse::bench::kUsage.data(), stderr);
    return 2;
  }
  return gatehouse::bench::run(options);
}
