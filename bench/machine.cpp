// The limits of the machine itself.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <numeric>

#include "crypto/digest.hpp"
#include "crypto/password.hpp"
#include "crypto/signing_key.hpp"
#include "support/context.hpp"
#include "support/measure.hpp"
#include "support/responder.hpp"

namespace gatehouse::bench {
namespace {

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

double fdatasync_us(const std::string& file) {
  const int fd = open(file.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
  const std::array<char, 4096> page{};
  std::vector<double> each;
  for (int i = 0; i < 300; ++i) {
    const auto began = wall_ns();
    if (write(fd, page.data(), page.size()) != static_cast<ssize_t>(page.size()) || fdatasync(fd) != 0) break;
    each.push_back(static_cast<double>(wall_ns() - began) / 1e3);
  }
  close(fd);
  return median(each);
}

// Each read waits for the one before, anywhere in 256 MB.
double random_read_ns() {
  std::vector<std::uint32_t> next(1U << 26U);
  std::iota(next.begin(), next.end(), 0U);
  SeededRandom random(1);
  for (std::size_t i = next.size() - 1; i > 0; --i) std::swap(next[i], next[random.below(i)]);  // one cycle (Sattolo)
  std::uint32_t at = 0;
  const auto ns = cpu_ns_each(2'000'000, [&] { at = next[at]; });
  keep(at);
  return ns;
}

std::string load_average() {
  std::string average;
  std::ifstream("/proc/loadavg") >> average;
  return average;
}

}  // namespace

void measure_machine(Context& context) {
  auto& report = context.report;
  report.machine("CPU", fmt::format("{}, {} cores", cpu_model(), cores()));
  report.machine("load average at the beginning (others at work disturb the wall-clock rows)", load_average());
  report.machine("write and fdatasync of 4 KiB, median",
                 fmt::format("{:.0f} µs", fdatasync_us(context.directory + "/fdatasync")));
  const auto key = crypto::SigningKey::generate(crypto::Algorithm::kEs256);
  const std::string message(300, 'x');
  const auto signature = key.sign(message);
  report.machine("ES256 signature",
                 fmt::format("{:.1f} µs CPU", cpu_ns_each(500, [&] { keep(key.sign(message)); }) / 1e3));
  report.machine("ES256 verification",
                 fmt::format("{:.1f} µs CPU", cpu_ns_each(500, [&] { keep(key.verify(message, signature)); }) / 1e3));
  report.machine("SHA-256 of 32 bytes", fmt::format("{:.0f} ns CPU", cpu_ns_each(200'000, [&] {
                                                      keep(crypto::sha256(std::string_view(message).substr(0, 32)));
                                                    })));
  report.machine(
      "Argon2id, 19 MiB, t=2, p=1 (libsodium)",
      fmt::format("{:.1f} ms CPU", cpu_ns_each(10, [&] { keep(crypto::hash_password(kPassword, {})); }) / 1e6));
  report.machine("one random read of memory, waited for", fmt::format("{:.0f} ns", random_read_ns()));
  const BareResponder bare(context.directory,
                           {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"}, 0);
  const OnCore here(1);
  LoadPlan plan;
  plan.seconds = context.round_s();
  plan.spin = true;
  const auto result = bare.load(plan, {{get("/", "none"), "", 200}});
  report.machine("bare epoll responder, 32 keep-alive connections",
                 fmt::format("{:.1f} µs CPU a request, {:.0f} requests/s", result.cpu_us, result.rate()));
}

}  // namespace gatehouse::bench
