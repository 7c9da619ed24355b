// What the tests of a router among several nodes share: a picture that moves by hand, and endpoints of every kind of work.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http/router_test_support.hpp"

namespace gatehouse::http::testing {

// Brings what is waited for on the thread that moves it.
class MovedByHand final : public Freshness {
 public:
  [[nodiscard]] bool is_fresh() const override { return fresh; }
  [[nodiscard]] bool has_others() const override { return others; }
  [[nodiscard]] Revision revision() const override { return now; }
  void await(Revision at_least, std::chrono::milliseconds patience, Then then) override {
    EXPECT_EQ(patience, std::chrono::seconds(1));
    if (at_once) return then(at_least <= now);
    add(revisions_, {at_least, std::move(then)});
  }
  void await_head(std::chrono::milliseconds patience, Then then) override {
    EXPECT_EQ(patience, std::chrono::seconds(1));
    add(heads_, {0, std::move(then)});
  }

  void move_to(Revision revision) {
    now = revision;
    call(revisions_, true, [&](Revision at_least) { return at_least <= revision; });
  }
  void head_is_known() { call(heads_, true); }
  void time_is_over() {
    call(revisions_, false);
    call(heads_, false);
  }
  // As soon as so many wait.
  void expect_waiting(std::size_t revisions, std::size_t heads) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return revisions_.size() == revisions && heads_.size() == heads; });
  }
  [[nodiscard]] std::size_t asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

  std::atomic<bool> fresh{true};
  std::atomic<bool> others{true};
  std::atomic<bool> at_once{false};
  std::atomic<Revision> now{10};

 private:
  using Waits = std::vector<std::pair<Revision, Then>>;
  void add(Waits& to, std::pair<Revision, Then> wait) {
    const std::lock_guard lock(mutex_);
    to.push_back(std::move(wait));
    ++asked_;
    changed_.notify_all();
  }
  void call(
      Waits& from, bool reached, const std::function<bool(Revision)>& which = [](Revision) { return true; }) {
    Waits called;
    {
      const std::lock_guard lock(mutex_);
      Waits left;
      for (auto& wait : from) (which(wait.first) ? called : left).push_back(std::move(wait));
      from = std::move(left);
      changed_.notify_all();
    }
    for (auto& wait : called) wait.second(reached);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  Waits revisions_;
  Waits heads_;
  std::size_t asked_ = 0;
};

class AmongNodes : public ::testing::Test {
 public:
  explicit AmongNodes(const RouterOptions& options = {}) : served(options, &freshness) {
    using Asker = Permit<Action::kOrganizationList>;
    surface.add({.id = "decide", .method = Method::kPost, .path = "/decide", .work = Work::kMemory},
                [this](Call&, const Asker&, RawBody) { return run("decided"); });
    surface.add({.id = "read", .path = "/read"}, [this](Call&, const Asker&, Nothing) {
      if (hold) hold();
      return run("read");
    });
    surface.add({.id = "write", .method = Method::kPost, .path = "/write", .work = Work::kWrite},
                [this](Call&, const Asker&, RawBody) { return run("written"); });
    surface.add({.id = "hash", .method = Method::kPost, .path = "/hash", .work = Work::kHash},
                [this](Call&, const Asker&, RawBody) { return run("hashed"); });
    surface.add({.id = "signIn", .method = Method::kPost, .path = "/sign-in", .anyone_because = "a test"},
                [this](Call&, Anyone, RawBody) { return run("signed in"); });
    surface.add({.id = "keys", .path = "/keys", .anyone_because = "a test", .work = Work::kMemory},
                [this](Call&, Anyone, Nothing) { return run("keys"); });
    surface.add({.id = "page", .path = "/page", .timeless = true, .anyone_because = "a test", .work = Work::kMemory},
                [](Call&, Anyone, Nothing) -> Result<RawAnswer> {
                  return RawAnswer{"text/html", "the page"};
                });
    served.router->mount(surface);
  }
  ~AmongNodes() override { served.stop(); }

  [[nodiscard]] RawClient client() const { return served.client(); }
  static std::string at_least(std::string_view revision) {
    return "Gatehouse-At-Least-Revision: " + std::string(revision) + "\r\n";
  }
  static std::string json_post(std::string_view path, std::string_view fields) {
    return post(path, "{}", "Content-Type: application/json\r\n" + std::string(fields));
  }
  static bool tells(const Answer& answer, std::string_view word) { return answer.body.find(word) != std::string::npos; }
  void refuse_with(ErrorKind kind) {
    const std::lock_guard lock(mutex_);
    refusal_ = Error{kind, "test.refused", "Not now."};
  }
  void refuse_no_more() {
    const std::lock_guard lock(mutex_);
    refusal_.reset();
  }

  MovedByHand freshness;
  RunningRouter served;
  Surface surface{"test", plain_dialect()};
  std::function<void()> hold;  // set before the start
  std::atomic<int> runs{0};

 private:
  Result<RawAnswer> run(std::string_view what) {
    ++runs;
    const std::lock_guard lock(mutex_);
    if (refusal_) return *refusal_;
    return RawAnswer{"text/plain", std::string(what)};
  }

  std::mutex mutex_;
  std::optional<Error> refusal_;
};

}  // namespace gatehouse::http::testing
