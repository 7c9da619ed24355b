// The seam to the store: Database, Tx, Row. SQL is written once, in the domain's *_store.cpp files, for every engine.
// Knows no table. Refuses to hide a failure of the engine: those are exceptions (EngineError), because no caller can do
// anything about them; everything a caller can act on, a clash of names for example, is an empty result
// (`ON CONFLICT … DO NOTHING RETURNING`).
//
// Portable SQL: parameters are $1…$n, bound by name; `ON CONFLICT … RETURNING`; row values for keyset paging; types
// BIGINT, TEXT, BYTEA, BOOLEAN as 0/1 BIGINT; times are integer microseconds UTC; no stored procedures, no engine
// functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.hpp"
#include "base/function_ref.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"
#include "sql/tables.hpp"

namespace gatehouse::sql {

// The engine could not do its work: disk full, file gone, corruption, lost connection.
class EngineError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};
// The transaction is over and has certainly not happened, through no fault of its own: it may be run again.
class TransientError : public EngineError {
 public:
  using EngineError::EngineError;
};
// The statement itself was refused, for the values that it was given: the same again would be refused again, however well the
// store is.
class StatementRefused : public EngineError {
 public:
  using EngineError::EngineError;
};
// The commit was sent and no answer came: it may have happened or not.
class OutcomeUnknown : public EngineError {
 public:
  using EngineError::EngineError;
};

// A parameter. Text and bytes are views and must outlive the call.
class Value {
 public:
  enum class Type : std::uint8_t { kNull, kInteger, kText, kBytes };
  Value(std::nullptr_t) {}  // NOLINT
  template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
  Value(T integer) : type_(Type::kInteger), integer_(static_cast<std::int64_t>(integer)) {}  // NOLINT
  Value(std::string_view text) : type_(Type::kText), text_(text) {}                          // NOLINT
  Value(const std::string& text) : type_(Type::kText), text_(text) {}                        // NOLINT
  Value(const char* text) : type_(Type::kText), text_(text) {}                               // NOLINT
  Value(Timestamp at) : type_(Type::kInteger), integer_(at.micros) {}                        // NOLINT
  Value(const Uuid& id) : type_(Type::kBytes), text_(id.raw()) {}                            // NOLINT
  template <class T>
  Value(const std::optional<T>& maybe) {  // NOLINT
    if (maybe) *this = Value(*maybe);
  }
  static Value bytes(std::string_view raw) {
    Value v{raw};
    v.type_ = Type::kBytes;
    return v;
  }

  [[nodiscard]] Type type() const { return type_; }
  [[nodiscard]] std::int64_t integer() const { return integer_; }
  [[nodiscard]] std::string_view view() const { return text_; }

 private:
  Type type_ = Type::kNull;
  std::int64_t integer_ = 0;
  std::string_view text_;
};
using Values = std::span<const Value>;

// One row of an answer; views live until the callback that received the row returns. Columns count from 0.
class Row {
 public:
  virtual ~Row() = default;
  [[nodiscard]] virtual bool is_null(int column) const = 0;
  [[nodiscard]] virtual std::int64_t integer(int column) const = 0;    // null: 0
  [[nodiscard]] virtual std::string_view text(int column) const = 0;   // null: empty
  [[nodiscard]] virtual std::string_view bytes(int column) const = 0;  // null: empty
  [[nodiscard]] bool boolean(int column) const { return integer(column) != 0; }
  [[nodiscard]] Timestamp time(int column) const { return {integer(column)}; }
  [[nodiscard]] std::optional<Timestamp> maybe_time(int column) const {
    return is_null(column) ? std::nullopt : std::optional(time(column));
  }
  template <class IdType>
  [[nodiscard]] IdType id(int column) const {
    return IdType::from_bytes(bytes(column));
  }
};

// A transaction: on the write lane, or a read snapshot. Not shared between threads. All functions throw EngineError.
class Tx {
 public:
  virtual ~Tx() = default;
  // Calls `on_row` for each row; it returns false to stop early. The row callback may run other statements on this Tx.
  virtual void each(std::string_view sql, Values values, FunctionRef<bool(const Row&)> on_row) = 0;
  // Rows changed by an INSERT, UPDATE or DELETE.
  virtual std::int64_t execute(std::string_view sql, Values values) = 0;
  // As execute, for what cannot fail by itself and nobody asks how many rows of: the engine may send it along with a later
  // statement, and a failure may then undo the whole transaction.
  virtual void post(std::string_view sql, Values values) { execute(sql, values); }
  // The integer of a one-row query, 0 without a row; nobody else changes that row until this transaction ends.
  virtual std::int64_t integer_locked(std::string_view sql, Values values) {
    std::int64_t found = 0;
    each(sql, values, [&](const Row& row) {
      found = row.integer(0);
      return false;
    });
    return found;
  }

  std::int64_t execute(std::string_view sql, std::initializer_list<Value> values = {}) {
    return execute(sql, Values(values.begin(), values.size()));
  }
  void post(std::string_view sql, std::initializer_list<Value> values) {
    post(sql, Values(values.begin(), values.size()));
  }
  void each(std::string_view sql, std::initializer_list<Value> values, FunctionRef<bool(const Row&)> on_row) {
    each(sql, Values(values.begin(), values.size()), on_row);
  }
  // The first row through `read`, or nothing.
  template <class F>
  auto first(std::string_view sql, std::initializer_list<Value> values, F&& read)
      -> std::optional<std::decay_t<decltype(read(std::declval<const Row&>()))>> {
    std::optional<std::decay_t<decltype(read(std::declval<const Row&>()))>> found;
    each(sql, Values(values.begin(), values.size()), [&](const Row& row) {
      found.emplace(read(row));
      return false;
    });
    return found;
  }
  bool exists(std::string_view sql, std::initializer_list<Value> values) {
    return first(sql, values, [](const Row&) { return true; }).has_value();
  }
  std::int64_t integer(std::string_view sql, std::initializer_list<Value> values = {}) {
    return first(sql, values, [](const Row& row) { return row.integer(0); }).value_or(0);
  }
};

// One schema step. `version` counts from 1 without gaps; `sql` may hold several statements.
struct Migration {
  std::int64_t version;
  std::string_view name;
  std::string_view sql;
  // Programs that know this version or a later one can go on with the schema (it only added to what they know); 0: only
  // those that know the step itself.
  std::int64_t works_with = 0;
};

class Lane;

// One thread's watch over what other nodes write into the same store: a connection of its own, so that no queue of requests
// stands before it. Everything but `wake` throws EngineError when the store cannot be reached; the next call tries anew.
class Watch {
 public:
  virtual ~Watch() = default;
  // One consistent snapshot, of the node that takes writes.
  virtual void read(FunctionRef<void(Tx&)> work) = 0;
  // Until another node told, `wake` was called, or the time is over.
  virtual void wait(std::chrono::milliseconds most) = 0;
  // Wakes the watches of the other nodes. A hint: it may be lost.
  virtual void tell() = 0;
  // From any thread: ends `wait`, now or the next one.
  virtual void wake() = 0;
};

class Database {
 public:
  virtual ~Database() = default;
  // Runs `work` over one consistent snapshot, on this thread's own read connection.
  virtual void read(FunctionRef<void(Tx&)> work) = 0;
  // The same for work that may take long, such as reading everything: no statement is cut off.
  virtual void read_at_length(FunctionRef<void(Tx&)> work) { read(work); }
  // The one way to write.
  virtual Lane& lane() = 0;
  // Brings the schema up to the last of `migrations`; an error, and nothing changed, when the store is of a newer
  // version.
  virtual Result<void> migrate(std::span<const Migration> migrations) = 0;
  // A consistent copy as one file that `open` can read; the service goes on meanwhile. `progress` gets done and total
  // pages.
  virtual Result<void> backup(const std::string& path, FunctionRef<void(std::int64_t, std::int64_t)> progress) = 0;
  // The engine's own integrity check; the findings, empty when sound.
  virtual std::vector<std::string> check() = 0;
  // The tables as `tx`, a transaction of this database, sees them: by name, without bookkeeping.
  virtual std::vector<TableShape> tables(Tx& tx) = 0;
  // Runs `work` while no other node on this store runs something under `alone`: what is to be done once, at start.
  virtual void alone(FunctionRef<void()> work) { work(); }
  // Nothing when no other process can write to this store.
  virtual std::unique_ptr<Watch> watch() { return nullptr; }
};

}  // namespace gatehouse::sql
