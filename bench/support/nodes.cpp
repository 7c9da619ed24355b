#include "support/nodes.hpp"

#include <fmt/format.h>

#include <atomic>
#include <future>

#include "support/measure.hpp"

namespace gatehouse::bench {
namespace {

std::string public_url(const Context& context) { return "http://" + issuer_of(context.port); }
std::string key_file(const Deployment& deployment) { return deployment.origin + "/master.key"; }

std::string own_directory(const Context& context) {
  static int made = 0;
  return fmt::format("{}/node{}", context.directory, ++made);
}

}  // namespace

std::unique_ptr<Gatehouse> serve_node(const Context& context, const Deployment& deployment, std::uint16_t port,
                                      int core) {
  return std::make_unique<Gatehouse>(
      ServerStart{own_directory(context),
                  port,
                  core,
                  {"GATEHOUSE_DATABASE_URL=" + deployment.url, "GATEHOUSE_MASTER_KEY_FILE=" + key_file(deployment),
                   "GATEHOUSE_PUBLIC_URL=" + public_url(context)}});
}

Node::Node(Context& context, const Deployment& deployment) {
  auto config = context.config(own_directory(context));
  config.database_url = deployment.url;
  config.master_key_file = key_file(deployment);
  config.public_url = public_url(context);
  core_ = need(server::Core::open(config, server::Opening::kServe, context.clock, context.random));
  const std::chrono::milliseconds bound(config.staleness_bound_ms);
  follower_ = std::make_unique<server::Follower>(*core_->ledger, core_->database->watch(), bound);
  follower_->start();
}

std::vector<Exchange> organizations_to_make(const std::vector<std::string>& tokens, std::string_view name,
                                            std::size_t count) {
  std::vector<Exchange> exchanges;
  for (std::size_t i = 0; i < count; ++i) {
    const auto body = fmt::format(R"({{"name":"{} {:07}","description":"made by the bench"}})", name, i);
    exchanges.push_back({post("/api/v1/orgs", tokens[i % tokens.size()], body), "", 201});
  }
  return exchanges;
}

struct Writing::Work {
  std::atomic<bool> done{false};
  std::future<double> rate;
};

Writing::Writing(std::uint16_t port, std::string token, std::string name) : work_(std::make_unique<Work>()) {
  auto* work = work_.get();
  work->rate = std::async(std::launch::async, [work, port, token = std::move(token), name = std::move(name)] {
    LoadPlan plan;
    plan.port = port;
    plan.connections = 8;
    plan.most = 200;
    double written = 0;
    const auto began = wall_ns();
    for (int turn = 0; !work->done; ++turn) {
      const auto result = load(plan, organizations_to_make({token}, fmt::format("{} {}", name, turn), plan.most));
      if (result.wrong != 0) throw std::runtime_error("wrong answer: " + result.last_wrong);
      written += static_cast<double>(result.requests);
    }
    return written * 1e9 / static_cast<double>(wall_ns() - began);
  });
}

Writing::~Writing() { work_->done = true; }

double Writing::stop() {
  work_->done = true;
  return work_->rate.get();
}

}  // namespace gatehouse::bench
