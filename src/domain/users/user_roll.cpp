#include "domain/users/user_roll.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

#include "base/text.hpp"
#include "domain/users/user_roll_store.hpp"

namespace gatehouse::domain {
namespace {

constexpr char kEnd = '\xff';  // in no UTF-8, so that no part reaches from one name into the next
constexpr std::int64_t kReadAtOnce = 8192;

// Without what stands in another of its names already: a part of it is found there.
std::string text_of(const user_roll_store::Entry& entry) {
  std::string text;
  const auto add = [&](const std::string& name) {
    if (!name.empty() && text.find(name) == std::string::npos) text.append(name).push_back(kEnd);
  };
  add(text::name_key(entry.email_key));
  add(text::name_key(entry.user_name));
  add(text::name_key(entry.display_name));
  add(text::name_key(std::string(entry.first_name).append(" ").append(entry.last_name)));
  return text;
}

using Block = unsigned char __attribute__((vector_size(16)));  // wider ones are taken apart where AVX is not asked for

// First and last letter at 16 places in one go: where both fit is rare enough to look closer.
std::size_t find_part(std::string_view text, std::string_view part, std::size_t from) {
  const std::size_t apart = part.size() - 1;
  const Block first = Block{} + static_cast<unsigned char>(part.front());
  const Block last = Block{} + static_cast<unsigned char>(part.back());
  for (; from + apart + sizeof(Block) <= text.size(); from += sizeof(Block)) {
    Block at_first;
    Block at_last;
    std::memcpy(&at_first, text.data() + from, sizeof(Block));
    std::memcpy(&at_last, text.data() + from + apart, sizeof(Block));
    const auto fits = (at_first == first) & (at_last == last);
    std::array<std::uint64_t, 2> any{};
    std::memcpy(any.data(), &fits, sizeof(Block));
    if ((any[0] | any[1]) == 0) continue;
    for (std::size_t i = 0; i < sizeof(Block); ++i) {
      if (fits[i] != 0 && text.substr(from + i, part.size()) == part) return from + i;
    }
  }
  return text.find(part, from);
}

}  // namespace

// What one search compares; the part as a name and, where that is something else, as an address.
struct UserRoll::Search {
  explicit Search(const RollQuestion& question)
      : nobody(!text::is_utf8(question.part)), as_name(text::name_key(question.part)) {
    if (const auto as_email = text::name_key(text::email_key(question.part)); as_email != as_name)
      as_address = as_email;
    for (const auto one : question.statuses) states |= 1U << static_cast<unsigned>(one);
    if (question.statuses.empty()) states = ~0U;
  }
  [[nodiscard]] bool any_name() const { return as_name.empty(); }
  [[nodiscard]] bool wants(std::uint8_t state) const { return state != kNobody && (states >> state & 1U) != 0; }
  [[nodiscard]] bool fits(std::string_view text) const {
    return any_name() || text.find(as_name) != std::string_view::npos ||
           (!as_address.empty() && text.find(as_address) != std::string_view::npos);
  }

  bool nobody;
  std::string as_name;
  std::string as_address;
  unsigned states = 0;
};

std::array<std::uint8_t, UserRoll::kLeafSize> UserRoll::Leaf::nobodies() {
  std::array<std::uint8_t, kLeafSize> states{};
  states.fill(kNobody);
  return states;
}

std::string_view UserRoll::Leaf::text(std::uint32_t slot) const {
  const std::size_t begin = slot == 0 ? 0 : ends_[slot - 1];
  return std::string_view(text_).substr(begin, ends_[slot] - begin);
}

void UserRoll::Leaf::put(std::span<const Account> accounts) {
  std::size_t size = text_.size();
  for (const auto& one : accounts) size += one.text.size() - text(one.no.value % kLeafSize).size();
  std::string all;
  all.reserve(size);
  std::array<std::uint32_t, kLeafSize> ends{};
  auto next = accounts.begin();
  for (std::uint32_t slot = 0; slot < kLeafSize; ++slot) {
    if (next != accounts.end() && next->no.value % kLeafSize == slot) {
      all += next->text;
      states_[slot] = next++->state;
    } else {
      all += text(slot);
    }
    ends[slot] = static_cast<std::uint32_t>(all.size());
  }
  text_ = std::move(all);
  ends_ = ends;
}

void UserRoll::Leaf::each_with(std::string_view part, FunctionRef<void(std::uint32_t slot)> use) const {
  const auto* end = ends_.begin();
  for (auto at = find_part(text_, part, 0); at != std::string::npos; at = find_part(text_, part, *end)) {
    end = std::upper_bound(end, ends_.end(), at);
    use(static_cast<std::uint32_t>(end - ends_.begin()));
  }
}

void UserRoll::put(std::span<const Account> accounts) {
  while (!accounts.empty()) {
    const auto leaf = accounts.front().no.value / kLeafSize;
    const auto end = std::find_if(accounts.begin(), accounts.end(),
                                  [&](const Account& one) { return one.no.value / kLeafSize != leaf; });
    const auto count = static_cast<std::size_t>(end - accounts.begin());
    if (leaf >= leaves_.size()) leaves_.resize(leaf + 1);
    leaves_[leaf].put(accounts.first(count));
    accounts = accounts.subspan(count);
  }
}

void UserRoll::read_all(sql::Tx& tx) {
  std::vector<Account> some;
  UserNo last;
  do {
    some.clear();
    user_roll_store::each_after(tx, last, kReadAtOnce, [&](const user_roll_store::Entry& entry) {
      some.push_back({entry.no, text_of(entry), static_cast<std::uint8_t>(entry.status)});
    });
    put(some);
    if (!some.empty()) last = some.back().no;
  } while (std::ssize(some) == kReadAtOnce);
}

void UserRoll::read_changed(sql::Tx& tx, Revision head) {
  const auto changed = user_roll_store::changed(tx, known_, head);
  std::vector<Account> accounts;
  accounts.reserve(changed.size());
  for (const auto no : changed) accounts.push_back({no});  // gone, unless it is found
  user_roll_store::each_of(tx, changed, [&](const user_roll_store::Entry& entry) {
    auto& account = *std::lower_bound(accounts.begin(), accounts.end(), entry.no,
                                      [](const Account& one, UserNo no) { return one.no.value < no.value; });
    account.text = text_of(entry);
    account.state = static_cast<std::uint8_t>(entry.status);
  });
  put(accounts);
}

void UserRoll::refresh(sql::Tx& tx) {
  const auto head = Ledger::head(tx);
  if (head <= known_) return;
  if (known_ < 0 || head - known_ > far_behind_) {
    known_ = -1;
    leaves_.clear();
    read_all(tx);
  } else {
    read_changed(tx, head);
  }
  known_ = head;
}

Result<UserRoll::Turn> UserRoll::turn() {
  Turn turn(searches_);
  if (++searches_ > kMaxSearches) {
    return Error{ErrorKind::kThrottled, "search.busy", "Others are searching at the moment; try again.", {}, 1};
  }
  return turn;
}

std::vector<UserNo> UserRoll::page(sql::Tx& tx, const UserSet& set, const std::string& order, const Paging& paging,
                                   std::int64_t user_count) {
  return user_roll_store::page(tx, set, order, paging, user_count);
}

void UserRoll::warm_up(sql::Tx& tx) {
  const std::lock_guard lock(mutex_);
  refresh(tx);
}

UserSet UserRoll::find(sql::Tx& tx, const RollQuestion& question) {
  const Search search(question);
  UserSet found;
  if (search.nobody) return found;
  const std::lock_guard lock(mutex_);
  refresh(tx);
  for (std::uint32_t at = 0; at < leaves_.size(); ++at) {
    const auto& leaf = leaves_[at];
    const auto add = [&](std::uint32_t slot) {
      if (search.wants(leaf.state(slot))) found.add({at * kLeafSize + slot});
    };
    if (search.any_name()) {
      for (std::uint32_t slot = 0; slot < kLeafSize; ++slot) add(slot);
    } else {
      leaf.each_with(search.as_name, add);
      if (!search.as_address.empty()) leaf.each_with(search.as_address, add);
    }
  }
  return found;
}

UserSet UserRoll::find_among(sql::Tx& tx, const RollQuestion& question, FunctionRef<void(const Sink&)> among) {
  const Search search(question);
  UserSet found;
  if (search.nobody) return found;
  const std::lock_guard lock(mutex_);
  refresh(tx);
  among([&](UserNo no) {
    if (no.value / kLeafSize >= leaves_.size()) return;
    const auto& leaf = leaves_[no.value / kLeafSize];
    const auto slot = no.value % kLeafSize;
    if (search.wants(leaf.state(slot)) && search.fits(leaf.text(slot))) found.add(no);
  });
  return found;
}

std::int64_t UserRoll::count(sql::Tx& tx, UserStatus status) {
  const auto head = Ledger::head(tx);
  auto counts = [&] {
    const std::lock_guard lock(counts_mutex_);
    return counts_;
  }();
  if (counts.known != head) {
    const bool stands =
        counts.known >= 0 && counts.known < head && !user_roll_store::any_changed(tx, counts.known, head);
    if (!stands) std::tie(counts.fresh, counts.inactive) = user_roll_store::count_not_active(tx);
    counts.known = head;
    const std::lock_guard lock(counts_mutex_);
    if (counts_.known < head) counts_ = counts;
  }
  return status == UserStatus::kNew ? counts.fresh : counts.inactive;
}

}  // namespace gatehouse::domain
