// Watch over PostgreSQL: LISTEN and NOTIFY on one channel, on a connection of its own. A notification carries nothing; a
// lost one costs the time until the next look.
#pragma once

#include <memory>

#include "sql/postgres/connection.hpp"

namespace gatehouse::sql::postgres {

class Listener final : public Watch {
 public:
  // Throws EngineError when there is no event to be had from the system; connects when first used.
  explicit Listener(ConnectionSettings settings);
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
  std::unique_ptr<Connection> connection_;
  int event_;
};

}  // namespace gatehouse::sql::postgres
