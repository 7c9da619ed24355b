#include "sql/postgres/listener.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>

#include "sql/postgres/transaction.hpp"

namespace gatehouse::sql::postgres {
namespace {

constexpr std::string_view kListen = "LISTEN gatehouse;";

ConnectionSettings listening(ConnectionSettings settings) {
  settings.session.append(kListen);
  return settings;
}

}  // namespace

Listener::Listener(ConnectionSettings settings, std::function<void()> connected)
    : settings_(listening(std::move(settings))),
      told_connected_(std::move(connected)),
      event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (event_ < 0) throw EngineError("no event can be made: too many open files?");
}

Listener::~Listener() { ::close(event_); }

Connection& Listener::connected() {
  if (connection_ && connection_->lost()) connection_.reset();
  if (!connection_) {
    connection_ = std::make_unique<Connection>(settings_);
    told_connected_();
  }
  return *connection_;
}

void Listener::read(FunctionRef<void(Tx&)> work) {
  Connection& connection = connected();
  connection.defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    Transaction transaction(connection);
    work(transaction);
    connection.defer("ROLLBACK");
    connection.settle();
  } catch (...) {
    connection_.reset();
    throw;
  }
}

// Its own node's notifications come too, and say nothing new.
bool Listener::was_told() {
  bool told = false;
  while (PGnotify* notification = PQnotifies(connection_->raw())) {
    told = told || notification->be_pid != PQbackendPID(connection_->raw());
    PQfreemem(notification);
  }
  return told;
}

void Listener::wait(std::chrono::milliseconds most) {
  const auto until = std::chrono::steady_clock::now() + most;
  Connection& connection = connected();
  for (;;) {
    if (was_told()) return;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0) return;
    std::array<pollfd, 2> ready{{{PQsocket(connection.raw()), POLLIN, 0}, {event_, POLLIN, 0}}};
    ::poll(ready.data(), ready.size(), static_cast<int>(left.count()));
    if (ready[0].revents != 0) connection.take_in();
    if (ready[1].revents != 0) {
      eventfd_t times = 0;
      ::eventfd_read(event_, &times);
      return;
    }
  }
}

void Listener::tell() {
  Connection& connection = connected();
  connection.defer("NOTIFY gatehouse");
  connection.settle();
}

void Listener::wake() { ::eventfd_write(event_, 1); }

}  // namespace gatehouse::sql::postgres
