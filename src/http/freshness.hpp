// How recent is this node's picture of who may do what? The router asks before it decides anything, because a node that
// has lost touch with the store must refuse rather than answer from what once was. Knows neither store nor graph.
#pragma once

#include <chrono>
#include <functional>
#include <utility>

#include "access/types.hpp"

namespace gatehouse::http {

class Freshness {
 public:
  // Called once: true when what was waited for has come, false when the time was over first. On any thread, also at once on
  // the caller's own; it must not block.
  using Then = std::function<void(bool reached)>;

  virtual ~Freshness() = default;
  // Whether decisions may be made now. Any thread; a load and a reading of the clock.
  [[nodiscard]] virtual bool is_fresh() const = 0;
  // Whether other nodes change the same store, so that this one's picture may be behind.
  [[nodiscard]] virtual bool has_others() const = 0;
  // Of the picture that decisions are made from now.
  [[nodiscard]] virtual Revision revision() const = 0;
  // Until the picture is at `at_least` or after it.
  virtual void await(Revision at_least, std::chrono::milliseconds patience, Then then) = 0;
  // Until the picture holds everything that was committed before this call.
  virtual void await_head(std::chrono::milliseconds patience, Then then) = 0;
};

// Of a node that nobody shares the store with: its picture is the newest there is, and a revision that it does not know
// is nobody's.
class SingleNode final : public Freshness {
 public:
  // `revision` is asked on any thread.
  explicit SingleNode(std::function<Revision()> revision) : revision_(std::move(revision)) {}
  [[nodiscard]] bool is_fresh() const override { return true; }
  [[nodiscard]] bool has_others() const override { return false; }
  [[nodiscard]] Revision revision() const override { return revision_(); }
  void await(Revision at_least, std::chrono::milliseconds, Then then) override { then(revision_() >= at_least); }
  void await_head(std::chrono::milliseconds, Then then) override { then(true); }

 private:
  const std::function<Revision()> revision_;
};

}  // namespace gatehouse::http
