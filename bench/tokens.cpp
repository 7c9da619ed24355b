// Looking up a verified token, and exchanging a client's secret for one.
#include <fmt/format.h>

#include "crypto/digest.hpp"
#include "crypto/signing_key.hpp"
#include "support/context.hpp"
#include "support/load.hpp"
#include "support/measure.hpp"
#include "support/responder.hpp"

namespace gatehouse::bench {
namespace {

void look_up(Context& context) {
  const auto& store = context.store();
  const auto core = context.open(store.data);
  const auto now = context.clock.now();
  std::size_t at = 0;
  std::size_t refused = 0;
  const auto authenticate = [&] {
    refused += core->authenticator->authenticate(store.callers[at], now) ? 0 : 1;
    at = (at + 1) % store.callers.size();
  };
  const double first = cpu_ns_each(static_cast<std::int64_t>(store.callers.size()), authenticate);
  std::vector<double> ours;
  std::vector<double> limits;
  const std::int64_t times = context.options.quick ? 20'000 : 500'000;
  for (int i = 0; i < context.rounds(); ++i) {
    ours.push_back(cpu_ns_each(times, authenticate));
    limits.push_back(cpu_ns_each(times, [&] {
      keep(crypto::sha256(store.callers[at]));
      at = (at + 1) % store.callers.size();
    }));
  }
  if (refused != 0) throw std::runtime_error("a token was refused");
  const double ns = median(ours);
  context.report.add({"verified-token look-up", fmt::format("{:.0f} ns", ns),
                      fmt::format("SHA-256 of the token: {:.0f} ns", median(limits)),
                      fmt::format("{:.2f}", ns / median(limits)), "≤ 500 ns", met(ns <= 500),
                      fmt::format("32 sessions' tokens of {} bytes; the first time, with the signature: {:.0f} µs.",
                                  store.callers[0].size(), first / 1e3)});
}

void exchange(Context& context) {
  const auto& store = context.store();
  const auto server = context.serve(store.data, 0);
  const OnCore here(1);
  const auto body =
      fmt::format("grant_type=client_credentials&client_id={}&client_secret={}", store.client_id, store.client_secret);
  const std::vector<Exchange> exchanges{
      {post("/connect/token", "", body, "application/x-www-form-urlencoded"), R"("access_token":")", 200}};
  const BareResponder bare(context.directory, {ask(context.port, exchanges[0].request)}, 0);
  const auto key = crypto::SigningKey::generate(crypto::Algorithm::kEs256);
  const std::string message(400, 'x');
  LoadPlan plan;
  plan.port = context.port;
  plan.server = server->pid();
  plan.seconds = context.round_s();
  plan.spin = true;
  std::vector<double> ours;
  std::vector<double> signatures;
  std::vector<double> bares;
  LoadResult last;
  for (int i = 0; i < context.rounds(); ++i) {
    last = load(plan, exchanges);
    if (last.wrong != 0) throw std::runtime_error("wrong answer: " + last.last_wrong);
    ours.push_back(last.cpu_us);
    signatures.push_back(cpu_ns_each(2000, [&] { keep(key.sign(message)); }) / 1e3);
    bares.push_back(bare.load(plan, exchanges).cpu_us);
  }
  const double limit = median(signatures) + 3 * median(bares);
  const double ratio = median(ours) / limit;
  context.report.add(
      {"machine token, POST /connect/token", fmt::format("{:.1f} µs CPU", median(ours)),
       fmt::format("ES256 signature {:.1f} + 3 × bare {:.1f} = {:.1f} µs CPU", median(signatures), median(bares),
                   limit),
       fmt::format("{:.2f}", ratio), "≤ 1", met(ratio <= 1),
       fmt::format("One core: {:.0f} tokens/s, p50 {:.0f} µs, p99 {:.0f} µs.", last.rate(), last.p50_us, last.p99_us)});
}

}  // namespace

void measure_tokens(Context& context) {
  look_up(context);
  exchange(context);
}

}  // namespace gatehouse::bench
