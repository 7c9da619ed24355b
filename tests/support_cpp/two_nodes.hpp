// Two nodes of one deployment: each its own services and its own memory, over one store. Where the store lets in one process
// only, they share its ledger; else the second opens the store anew and follows the log.
#pragma once

#include <barrier>
#include <memory>
#include <thread>
#include <utility>

#include "domain/deployment_key/deployment_key.hpp"
#include "domain/identification_types/identification_types.hpp"
#include "domain/invite_jobs/invite_jobs.hpp"
#include "support_cpp/people_fixture.hpp"

namespace gatehouse::testing {

// The store of that world once more; null where it lets in one process only.
inline std::unique_ptr<sql::Database> open_again(const Domain& world) {
  return engine() == Engine::kSqlite ? nullptr : world.store.open();
}

// What a node has in memory, over a ledger.
class Node {
 public:
  Node(domain::Ledger& of, Credentials& world)
      : ledger(of),
        sessions(of, world.tokens, world.tokens, {}),
        passwords(of, kCheap),
        throttle(of, domain::Throttle::Key{7}, {}),
        sign_in(of, passwords, sessions, throttle),
        idempotency(of, world.seal, domain::Idempotency::Key{7}),
        api_tokens(of),
        authenticator(of.graph(), world.tokens, &api_tokens, world.system_random),
        mails(of, world.seal, {domain::NodeId::make(world.now(), world.system_random), 120}),
        invitations(of, mails, passwords, world.invitation_rules),
        joins(of, mails, passwords, world.invitation_rules),
        jobs(of, joins, domain::NodeId::make(world.now(), world.system_random)),
        signing_keys(of, world.seal, {}) {}

  Result<domain::TokenPair> try_sign_in(std::string_view password, std::string_view source = "192.0.2.1") {
    return sign_in.with_password("ann", password, source);
  }
  Result<Principal> who(std::string_view bearer) { return authenticator.authenticate(bearer, ledger.clock().now()); }

  domain::Ledger& ledger;
  domain::Sessions sessions;
  domain::Passwords passwords;
  domain::Throttle throttle;
  domain::SignIn sign_in;
  domain::Idempotency idempotency;
  domain::ApiTokens api_tokens;
  domain::Authenticator authenticator;
  domain::Mails mails;
  domain::Invitations invitations;
  domain::JoinInvitations joins;
  domain::InviteJobs jobs;
  domain::SigningKeys signing_keys;
};

class TwoNodes : public ::testing::Test {
 protected:
  TwoNodes() : again_(open_again(world)) {
    if (again_ != nullptr) {
      graph_ = std::make_unique<access::Graph>(world.permissions);
      domain::load_graph(*again_, *graph_);
      ledger_ = std::make_unique<domain::Ledger>(*again_, *graph_, world.clock, world.system_random);
    }
    first = std::make_unique<Node>(*world.ledger, world);
    second = std::make_unique<Node>(ledger_ ? *ledger_ : *world.ledger, world);
  }

  // Both at the same moment. Neither may throw.
  template <class F, class G>
  static void at_once(F&& here, G&& there) {
    std::barrier start(2);
    std::thread other([&] {
      start.arrive_and_wait();
      there();
    });
    start.arrive_and_wait();
    here();
    other.join();
  }
  // The same on each node at the same moment; what each answered.
  template <class F>
  auto on_both(F&& work) {
    decltype(work(*first)) here, there;
    at_once([&] { here = work(*first); }, [&] { there = work(*second); });
    return std::pair(std::move(here), std::move(there));
  }
  // Each node knows what the other has done.
  void settle() {
    follow(*world.database, *world.ledger);
    if (again_ != nullptr) follow(*again_, *ledger_);
  }

  People world;

 private:
  static void follow(sql::Database& database, domain::Ledger& ledger) {
    const auto watch = database.watch();
    while (watch != nullptr && !need(ledger.follow(*watch))) {}
  }

  std::unique_ptr<sql::Database> again_;
  std::unique_ptr<access::Graph> graph_;
  std::unique_ptr<domain::Ledger> ledger_;

 protected:
  std::unique_ptr<Node> first, second;  // before what they stand on
};

}  // namespace gatehouse::testing
