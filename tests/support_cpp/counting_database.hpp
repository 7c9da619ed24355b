// A store that counts what is asked of it, so that a test can say how many statements an answer takes: those that somebody
// waits for. What is posted is not waited for.
#pragma once

#include <atomic>
#include <cstdint>

#include "sql/lane.hpp"

namespace gatehouse::testing {

class CountingDatabase final : public sql::Database {
 public:
  // `store` must outlive it.
  explicit CountingDatabase(sql::Database& store) : store_(store), lane_(store.lane(), statements_) {}

  // Since it was last asked.
  std::int64_t statements() { return statements_.exchange(0); }

  void read(FunctionRef<void(sql::Tx&)> work) override {
    store_.read([&](sql::Tx& tx) {
      Counting counting(tx, statements_);
      work(counting);
    });
  }
  sql::Lane& lane() override { return lane_; }
  Result<void> migrate(std::span<const sql::Migration> migrations) override { return store_.migrate(migrations); }
  Result<void> backup(const std::string& path, FunctionRef<void(std::int64_t, std::int64_t)> progress) override {
    return store_.backup(path, progress);
  }
  std::vector<std::string> check() override { return store_.check(); }
  std::vector<sql::TableShape> tables(sql::Tx& tx) override { return store_.tables(tx); }

 private:
  class Counting final : public sql::Tx {
   public:
    Counting(sql::Tx& tx, std::atomic<std::int64_t>& statements) : tx_(tx), statements_(statements) {}
    void each(std::string_view sql, sql::Values values, FunctionRef<bool(const sql::Row&)> on_row) override {
      ++statements_;
      tx_.each(sql, values, on_row);
    }
    std::int64_t execute(std::string_view sql, sql::Values values) override {
      ++statements_;
      return tx_.execute(sql, values);
    }
    void post(std::string_view sql, sql::Values values) override { tx_.post(sql, values); }

   private:
    sql::Tx& tx_;
    std::atomic<std::int64_t>& statements_;
  };

  // Counts what units of work ask; what the lane's observer does for all of a group is not theirs.
  class CountingLane final : public sql::Lane {
   public:
    CountingLane(sql::Lane& lane, std::atomic<std::int64_t>& statements) : lane_(lane), statements_(statements) {}
    Result<void> run(FunctionRef<Result<void>(sql::Tx&)> unit) override {
      return lane_.run([&](sql::Tx& tx) {
        Counting counting(tx, statements_);
        return unit(counting);
      });
    }
    void observe(Observer* observer) override { lane_.observe(observer); }
    [[nodiscard]] std::size_t waiting() const override { return lane_.waiting(); }
    [[nodiscard]] bool failing() const override { return lane_.failing(); }

   private:
    sql::Lane& lane_;
    std::atomic<std::int64_t>& statements_;
  };

  sql::Database& store_;
  std::atomic<std::int64_t> statements_ = 0;
  CountingLane lane_;
};

}  // namespace gatehouse::testing
