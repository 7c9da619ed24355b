// The roll of all accounts: what is looked through when somebody searches for a part of a name. It is kept in memory, because
// no index finds any two letters of a name on every engine, and memory is read from end to end before a store has found its
// first row.
//
// Knows nothing that the store does not: every search first reads what the log says of accounts since the one before, and the
// first one all accounts; the service has it read them soon after its start. It takes 50 to 100 bytes an account.
// One search at a time: they share the width of the memory anyway, and no flood of them takes more than a core.
#pragma once

#include <array>
#include <atomic>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function_ref.hpp"
#include "domain/users/user_set.hpp"
#include "domain/users/users.hpp"

namespace gatehouse::domain {

// What is looked for: a part of user name, e-mail, display name or first and last name, compared as names are
// (text::name_key), of accounts in one of these states. An empty part, or no state: any.
struct RollQuestion {
  std::string_view part{};
  std::span<const UserStatus> statuses{};
};

// Searches wait for each other on threads that everybody reads on, so that only so many of them are let in.
inline constexpr int kMaxSearches = 2;

class UserRoll {
 public:
  // The place of one search, until it goes.
  class Turn {
   public:
    explicit Turn(std::atomic<int>& searches) : searches_(&searches) {}
    Turn(Turn&& other) noexcept : searches_(std::exchange(other.searches_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (searches_ != nullptr) --*searches_;
    }

   private:
    std::atomic<int>* searches_;
  };
  // So many changes behind (sign-ins count), all accounts are read again rather than the log.
  static constexpr Revision kFarBehind = 500'000;
  explicit UserRoll(Revision far_behind = kFarBehind) : far_behind_(far_behind) {}

  // For whoever searches in somebody's name, before it reads. Errors: search.busy (kThrottled).
  Result<Turn> turn();
  // Reads what a first search would have to read, or what has come since.
  void warm_up(sql::Tx& tx);
  // As the transaction sees the accounts, if nothing was read in it before; else some may be known as they are by now.
  UserSet find(sql::Tx& tx, const RollQuestion& question);
  // The same, of those only that `among` passes on; it may read in the transaction.
  using Sink = FunctionRef<void(UserNo)>;
  UserSet find_among(sql::Tx& tx, const RollQuestion& question, FunctionRef<void(const Sink&)> among);
  // How many accounts are in that state, which is not kActive: they are counted in the store, and again only after the log
  // has told of an account. Reads no names.
  std::int64_t count(sql::Tx& tx, UserStatus status);

  // A page of what was found; `order`: ` ORDER BY …` of columns of `users u`, no two alike in all of them. `user_count`: of
  // all accounts, about.
  static std::vector<UserNo> page(sql::Tx& tx, const UserSet& set, const std::string& order, const Paging& paging,
                                  std::int64_t user_count);

 private:
  static constexpr std::uint32_t kLeafSize = 1024;
  struct Account {
    UserNo no;
    std::string text{};  // what there is to find of it; empty with `kNobody`
    std::uint8_t state = kNobody;
  };
  static constexpr std::uint8_t kNobody = 0xff;
  // Accounts of consecutive numbers, their texts in one piece.
  class Leaf {
   public:
    void put(std::span<const Account> accounts);  // ascending, of this leaf
    [[nodiscard]] std::uint8_t state(std::uint32_t slot) const { return states_[slot]; }
    [[nodiscard]] std::string_view text(std::uint32_t slot) const;
    void each_with(std::string_view part, FunctionRef<void(std::uint32_t slot)> use) const;

   private:
    std::string text_;
    std::array<std::uint32_t, kLeafSize> ends_{};
    std::array<std::uint8_t, kLeafSize> states_ = nobodies();
    static std::array<std::uint8_t, kLeafSize> nobodies();
  };
  struct Search;
  struct Counts {
    Revision known = -1;  // as of there; -1: not counted yet
    std::int64_t fresh = 0;
    std::int64_t inactive = 0;
  };

  void refresh(sql::Tx& tx);
  void read_all(sql::Tx& tx);
  void read_changed(sql::Tx& tx, Revision head);
  void put(std::span<const Account> accounts);  // ascending

  const Revision far_behind_;
  std::atomic<int> searches_ = 0;
  std::mutex mutex_;
  Revision known_ = -1;  // up to there; -1: nothing
  std::vector<Leaf> leaves_;
  std::mutex counts_mutex_;
  Counts counts_;
};

}  // namespace gatehouse::domain
