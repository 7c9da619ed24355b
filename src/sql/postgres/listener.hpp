// Watch over PostgreSQL: LISTEN and NOTIFY on one channel, on a connection of its own. A notification carries nothing; a
// lost one costs the time until the next look.
#pragma once

#include <functional>
#include <memory>

#include "sql/postgres/connection.hpp"

namespace gatehouse::sql::postgres {

class Listener final : public Watch {
 public:
  // Throws EngineError when there is no event to be had from the system; connects when first used. `connected` is called
  // after each time it has.
  Listener(ConnectionSettings settings, std::function<void()> connected);
  ~Listener() override;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void read(FunctionRef<void(Tx&)> work) override;
  void wait(std::chrono::milliseconds most) override;
  void tell() override;
  void wake() override;

 private:
  Connection& connected();
  bool was_told();

  const ConnectionSettings settings_;
  const std::function<void()> told_connected_;
  std::unique_ptr<Connection> connection_;
  int event_;
};

}  // namespace gatehouse::sql::postgres
