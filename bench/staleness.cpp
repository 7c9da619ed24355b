// How long it takes until a change that one node has acknowledged shows in the decisions of another: from the last byte of the
// answer to the edit until the last byte of the first decision that differs.
#include <fmt/format.h>

#include "support/measure.hpp"
#include "support/nodes.hpp"
#include "support/world.hpp"

namespace gatehouse::bench {
namespace {

constexpr std::int64_t kTooLong_ns = 5'000'000'000;
constexpr double kAim_ms = 50;

// What is edited at one node and asked at another.
class Probe {
 public:
  Probe(const World& world, std::uint16_t written, std::uint16_t read) : editor_(written), reader_(read) {
    for (const auto* verb : {"add", "remove"}) {
      const auto body = fmt::format(R"({{"user_id":"{}","{}":["ORDERS_VIEW"]}})", world.member.to_string(), verb);
      edits_.push_back(post("/access/edit", world.boss, body));
    }
    question_ = post("/access/v1/evaluation", world.boss,
                     fmt::format(R"({{"subject":{{"type":"user","id":"{}"}},"action":{{"name":"orders.view"}},)"
                                 R"("resource":{{"type":"organization","id":"{}"}}}})",
                                 world.member.to_string(), world.listed.to_string()));
  }

  // Nanoseconds for each edit.
  std::vector<std::uint32_t> measure(std::size_t edits) {
    std::vector<std::uint32_t> waited;
    for (std::size_t i = 0; i < edits; ++i) {
      const bool gives = i % 2 == 0;
      const auto answer = editor_.ask(edits_[gives ? 0 : 1]);
      const auto began = wall_ns();
      if (answer.find("success") == std::string::npos) throw std::runtime_error("an edit was refused: " + answer);
      waited.push_back(static_cast<std::uint32_t>(until(gives, began) - began));
    }
    return waited;
  }
  double decision_us(std::size_t times) {
    std::vector<std::uint32_t> took;
    for (std::size_t i = 0; i < times; ++i) {
      const auto began = wall_ns();
      reader_.ask(question_);
      took.push_back(static_cast<std::uint32_t>(wall_ns() - began));
    }
    return quantile(took, 0.5) / 1e3;
  }

 private:
  std::int64_t until(bool allowed, std::int64_t began) {
    const auto* expected = allowed ? R"("decision":true)" : R"("decision":false)";
    for (;;) {
      const auto answer = reader_.ask(question_);
      const auto now = wall_ns();
      if (answer.find(expected) != std::string::npos) return now;
      if (answer.find("\"decision\"") == std::string::npos) throw std::runtime_error("no decision: " + answer);
      if (now - began > kTooLong_ns) throw std::runtime_error("a change was not seen by the other node within 5 s");
    }
  }

  Conversation editor_;
  Conversation reader_;
  std::vector<std::string> edits_;
  std::string question_;
};

void row(Context& context, Probe& probe, const World& world, const std::string& when, std::size_t edits,
         const std::vector<std::uint16_t>& written) {
  std::vector<std::unique_ptr<Writing>> busy;
  for (const auto port : written)
    busy.push_back(std::make_unique<Writing>(port, world.boss, fmt::format("Busy {} {}", written.size(), port)));
  auto waited = probe.measure(context.options.quick ? edits / 20 : edits);
  const auto alone = probe.decision_us(200);
  double rate = 0;
  for (const auto& one : busy) rate += one->stop();
  const double p50 = quantile(waited, 0.5) / 1e6;
  const double p99 = quantile(waited, 0.99) / 1e6;
  const double most = quantile(waited, 1) / 1e6;
  context.report.add(
      {"staleness of the other node, " + when, fmt::format("p50 {:.2f} ms, p99 {:.2f} ms", p50, p99),
       fmt::format("a decision there alone: p50 {:.2f} ms", alone / 1e3), "", "p99 ≤ 50 ms", met(p99 <= kAim_ms),
       fmt::format("{} role edits, the slowest {:.1f} ms{}.", waited.size(), most,
                   written.empty()
                       ? std::string()
                       : fmt::format("; {:.0f} other changes a second by {} clients", rate, 8 * written.size()))});
}

}  // namespace

void measure_staleness(Context& context) {
  const auto world = make_world(context, context.directory + "/staleness");
  const Deployment deployment{context.postgres().copy_of(world.data + "/gatehouse.db"), world.data};
  const auto one = free_port();
  const auto two = free_port();
  const auto first = serve_node(context, deployment, one, -1);
  const auto second = serve_node(context, deployment, two, -1);
  Probe probe(world, one, two);
  probe.measure(10);
  row(context, probe, world, "nothing else to do", 1000, {});
  row(context, probe, world, "the first writes", 600, {one});
  row(context, probe, world, "both write", 600, {one, two});
}

}  // namespace gatehouse::bench
