#include "sql/postgres/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "sql/postgres/dialect.hpp"

namespace gatehouse::sql::postgres {
namespace {

constexpr Oid kInt8 = 20;
constexpr Oid kText = 25;
constexpr Oid kBytea = 17;

char letter_of(const Value& value) {
  switch (value.type()) {
    case Value::Type::kInteger: return 'i';
    case Value::Type::kText: return 't';
    case Value::Type::kBytes: return 'b';
    case Value::Type::kNull: break;
  }
  return '0';
}

Oid type_of(const Value& value) {
  switch (value.type()) {
    case Value::Type::kInteger: return kInt8;
    case Value::Type::kText: return kText;
    case Value::Type::kBytes: return kBytea;
    case Value::Type::kNull: break;
  }
  return 0;  // the server finds out
}

// Parameters in binary format, as libpq takes them.
class Parameters {
 public:
  explicit Parameters(Values values) : integers_(values.size()), lengths_(values.size()), formats_(values.size(), 1) {
    places_.reserve(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) add(values[i], i);
  }
  [[nodiscard]] const char* const* places() const { return places_.data(); }
  [[nodiscard]] const int* lengths() const { return lengths_.data(); }
  [[nodiscard]] const int* formats() const { return formats_.data(); }

 private:
  void add(const Value& value, std::size_t index) {
    if (value.type() == Value::Type::kNull) {
      places_.push_back(nullptr);
    } else if (value.type() == Value::Type::kInteger) {
      auto rest = static_cast<std::uint64_t>(value.integer());
      for (std::size_t byte = 8; byte-- > 0; rest >>= 8U) integers_[index][byte] = static_cast<char>(rest & 0xFFU);
      places_.push_back(integers_[index].data());
      lengths_[index] = 8;
    } else {
      // Never null: that would be NULL, and an empty text is not.
      places_.push_back(value.view().data() == nullptr ? "" : value.view().data());
      lengths_[index] = static_cast<int>(value.view().size());
    }
  }
  std::vector<std::array<char, 8>> integers_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<const char*> places_;
};

bool is_failure(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE || status == PGRES_NONFATAL_ERROR;
}

std::int64_t rows_changed(PGresult* result) {
  const std::string_view tag = PQcmdStatus(result);
  const bool changes = tag.starts_with("INSERT") || tag.starts_with("UPDATE") || tag.starts_with("DELETE");
  return changes ? std::strtoll(PQcmdTuples(result), nullptr, 10) : 0;
}

}  // namespace

// The rows of one statement as they come, or out of memory when another statement had to use the connection meanwhile.
class Connection::Stream {
 public:
  explicit Stream(Connection& of) : of_(of) { of_.stream_ = this; }
  ~Stream() {
    // Left by an exception: what is still on its way must not be taken for the next statement's.
    try {
      while (!of_.lost_ && next() != nullptr) {}
    } catch (const std::exception&) {}  // the connection knows that it is lost
    leave();
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  PgResult next() {
    if (!kept_.empty()) {
      PgResult first = std::move(kept_.front());
      kept_.pop_front();
      return first;
    }
    return ended_ ? nullptr : receive();
  }
  void keep_rest() {
    while (!ended_) {
      if (auto row = receive()) kept_.push_back(std::move(row));
    }
  }
  [[nodiscard]] std::int64_t changed() const { return changed_; }

 private:
  PgResult receive() {
    if (!asked_) {
      PQsetSingleRowMode(of_.connection_.get());
      asked_ = true;
    }
    auto result = of_.next_result();
    if (result == nullptr) {
      of_.awaited_.pop_front();
      end();
      while (of_.take_answer() != What::kSync) {}  // its own: others may have been posted since
      return nullptr;
    }
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_SINGLE_TUPLE) {
      ++of_.rows_;
      return result;
    }
    if (PQntuples(result.get()) > 0) throw std::logic_error("rows came all at once");
    if (is_failure(result.get()) && !of_.failure_) of_.failure_ = failure_of(result.get(), of_.connection_.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) changed_ = rows_changed(result.get());
    return receive();
  }
  void end() {
    ended_ = true;
    leave();
  }
  void leave() {
    if (of_.stream_ == this) of_.stream_ = nullptr;
  }

  Connection& of_;
  std::deque<PgResult> kept_;
  std::int64_t changed_ = 0;
  bool asked_ = false;
  bool ended_ = false;
};

Connection::Connection(const ConnectionSettings& settings)
    : settings_(settings), answer_within_(settings.answer_within) {
  connect();
}

Connection::~Connection() = default;

void Connection::connect() {
  const std::string seconds = std::to_string(std::max<std::int64_t>(2, settings_.connect_within.count() / 1000));
  // Before the URL, whose own settings win; those after it are not the operator's to choose. Keepalives notice a peer that
  // is gone while nothing is under way, tcp_user_timeout one that is gone while something is.
  const std::array<std::pair<const char*, const char*>, 9> pairs{{{"connect_timeout", seconds.c_str()},
                                                                  {"application_name", "gatehouse"},
                                                                  {"keepalives_idle", "2"},
                                                                  {"keepalives_interval", "1"},
                                                                  {"keepalives_count", "3"},
                                                                  {"tcp_user_timeout", "5000"},
                                                                  {"dbname", settings_.url.c_str()},
                                                                  {"target_session_attrs", "read-write"},
                                                                  {"client_encoding", "UTF8"}}};
  std::array<const char*, pairs.size() + 1> names{};
  std::array<const char*, pairs.size() + 1> values{};
  for (std::size_t i = 0; i < pairs.size(); ++i) std::tie(names.at(i), values.at(i)) = pairs.at(i);
  connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
  if (connection_ == nullptr) throw std::bad_alloc();
  if (PQstatus(connection_.get()) != CONNECTION_OK) lose(failure_of(nullptr, connection_.get()).words);
  PQsetNoticeReceiver(
      connection_.get(),
      [](void* self, const PGresult* notice) {
        const char* severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
        if (severity != nullptr && std::string_view(severity) == "WARNING") ++static_cast<Connection*>(self)->warnings_;
      },
      this);
  if (!settings_.session.empty()) {
    const PgResult done(PQexec(connection_.get(), settings_.session.c_str()));
    if (is_failure(done.get())) fail(failure_of(done.get(), connection_.get()));
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0 || PQenterPipelineMode(connection_.get()) != 1) {
    lose("pipeline mode was refused");
  }
}

void Connection::lose(std::string_view why) {
  lost_ = true;
  throw ConnectionLost(fmt::format("PostgreSQL: {}", why.empty() ? "the connection was lost" : why));
}

void Connection::check(int sent) {
  if (sent != 1) lose(failure_of(nullptr, connection_.get()).words);
}

void Connection::defer(std::string_view command) {
  submit_rows();
  deferred_.push_back(command);
}

void Connection::submit_deferred() {
  for (; !deferred_.empty(); deferred_.pop_front()) {
    const std::string command(deferred_.front());
    check(PQsendQueryParams(connection_.get(), command.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
    awaited_.push_back({What::kCommand});
  }
}

const std::string& Connection::prepare(std::string_view sql, Values values) {
  key_.clear();
  for (const auto& value : values) key_ += letter_of(value);
  key_.append(" ").append(sql);
  const auto found = statements_.find(key_);
  if (found != statements_.end()) {
    found->second.last_used = ++uses_;
    return found->second.name;
  }
  if (const std::size_t taken = count_parameters(sql); taken != values.size()) {
    throw EngineError(fmt::format("PostgreSQL: {} values given, {} taken by: {}", values.size(), taken, sql));
  }
  if (statements_.size() >= kCacheLimit) drop_oldest();
  std::vector<Oid> types;
  for (const auto& value : values) types.push_back(type_of(value));
  const std::string text(sql);
  auto& statement = statements_[key_];
  statement = {fmt::format("s{}", ++names_), ++uses_};
  check(PQsendPrepare(connection_.get(), statement.name.c_str(), text.c_str(), static_cast<int>(types.size()),
                      types.data()));
  awaited_.push_back({What::kPrepare, key_});
  return statement.name;
}

void Connection::drop_oldest() {
  const auto oldest = std::min_element(statements_.begin(), statements_.end(), [](const auto& a, const auto& b) {
    return a.second.last_used < b.second.last_used;
  });
  const std::string command = "DEALLOCATE " + oldest->second.name;
  statements_.erase(oldest);
  check(PQsendQueryParams(connection_.get(), command.c_str(), 0, nullptr, nullptr, nullptr, nullptr, 1));
  awaited_.push_back({What::kCommand});
}

void Connection::submit(std::string_view sql, Values values, What what) {
  if (lost_) lose("the connection was lost before");
  submit_deferred();
  const std::string name = prepare(sql, values);
  const Parameters parameters(values);
  check(PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()), parameters.places(),
                            parameters.lengths(), parameters.formats(), 1));
  awaited_.push_back({what});
}

void Connection::sync() {
  check(PQpipelineSync(connection_.get()));
  awaited_.push_back({What::kSync});
  flush();
}

void Connection::submit_rows() {
  if (rows_posted_.empty()) return;
  rows_posted_.hand_over([this](std::string_view sql, Values values) { submit(sql, values, What::kCommand); });
}

void Connection::post(std::string_view sql, Values values) {
  if (rows_posted_.take(sql, values)) return;
  submit_rows();
  if (!rows_posted_.take(sql, values)) submit(sql, values, What::kCommand);
}

std::int64_t Connection::run(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row) {
  if (stream_ != nullptr) stream_->keep_rest();
  submit_rows();
  submit(sql, values, What::kRows);
  sync();
  while (awaited_.front().what != What::kRows) take_answer();
  std::int64_t changed = 0;
  {
    Stream stream(*this);
    bool more = true;
    while (const auto row = stream.next()) {
      if (more) more = on_row(ResultRow(row.get()));
    }
    changed = stream.changed();
  }
  throw_failure(sql);
  return changed;
}

void Connection::settle() {
  if (stream_ != nullptr) stream_->keep_rest();
  if (!owes()) return;
  if (lost_) lose("the connection was lost before");
  submit_rows();
  submit_deferred();
  sync();
  while (!awaited_.empty()) take_answer();
  throw_failure();
}

std::string Connection::commit() {
  defer("COMMIT");
  settle();
  return tag_;
}

void Connection::discard() {
  deferred_.clear();
  rows_posted_.forget();
  spoiled_ = false;
  if (!awaited_.empty() && !lost_) {
    sync();
    while (!awaited_.empty()) take_answer();
  }
  failure_.reset();
}

void Connection::send() {
  if (lost_) lose("the connection was lost before");
  submit_rows();
  submit_deferred();
  sync();
}

void Connection::script(const std::string& sql) {
  settle();
  PQexitPipelineMode(connection_.get());
  PQsetnonblocking(connection_.get(), 0);
  const PgResult done(PQexec(connection_.get(), sql.c_str()));
  PQsetnonblocking(connection_.get(), 1);
  PQenterPipelineMode(connection_.get());
  if (!is_failure(done.get())) return;
  const Failure failure = failure_of(done.get(), connection_.get());
  lost_ = ends_connection(failure);
  fail(failure);
}

Connection::What Connection::take_answer() {
  const Awaited of = awaited_.front();
  for (;;) {
    const auto result = next_result();
    if (result == nullptr) break;
    const auto status = PQresultStatus(result.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (is_failure(result.get()) && !failure_) failure_ = failure_of(result.get(), connection_.get());
    const bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (done) tag_ = PQcmdStatus(result.get());
    // Failed, or passed over because something before it had failed.
    if (of.what == What::kCommand && !done) spoiled_ = true;
    if (of.what == What::kPrepare && !done) statements_.erase(of.statement);
  }
  awaited_.pop_front();
  return of.what;
}

void Connection::throw_failure(std::string_view sql) {
  if (!failure_) return;
  const Failure failure = *std::exchange(failure_, std::nullopt);
  lost_ = lost_ || ends_connection(failure);
  fail(failure, sql);
}

PgResult Connection::next_result() {
  while (PQisBusy(connection_.get()) == 1) wait_for(POLLIN);
  PgResult result(PQgetResult(connection_.get()));
  if (PQstatus(connection_.get()) == CONNECTION_BAD) {
    const Failure failure = failure_of(result.get(), connection_.get());
    lost_ = true;
    if (failure.state.empty()) lose(failure.words);
    fail({failure.state.starts_with("57P") ? failure.state : "08006", failure.words});
  }
  return result;
}

void Connection::flush() {
  for (int left = PQflush(connection_.get()); left != 0; left = PQflush(connection_.get())) {
    if (left < 0) lose(failure_of(nullptr, connection_.get()).words);
    wait_for(POLLIN | POLLOUT);
  }
}

// Until the socket is ready; what has arrived is taken in.
void Connection::wait_for(short events) {
  if (lost_) lose("the connection was lost before");
  pollfd socket{PQsocket(connection_.get()), events, 0};
  const int ready = ::poll(&socket, 1, static_cast<int>(answer_within_.count()));
  if (ready == 0) lose(fmt::format("no answer within {} ms", answer_within_.count()));
  if (ready < 0 && errno != EINTR) lose(std::generic_category().message(errno));
  if ((socket.revents & ~POLLOUT) != 0) take_in();
}

void Connection::take_in() {
  if (PQconsumeInput(connection_.get()) != 1) lose(failure_of(nullptr, connection_.get()).words);
}

}  // namespace gatehouse::sql::postgres
