#include "domain/mails/mails.hpp"

#include <algorithm>
#include <array>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "domain/mails/mail_store.hpp"

namespace gatehouse::domain {
namespace {

namespace store = mail_store;

constexpr std::array<std::string_view, 3> kStatusNames{"waiting", "sent", "dead"};
constexpr std::int64_t kBatch = 500;
constexpr std::size_t kMaxFailure = 500;  // bytes

std::string context_of(const MailId& id) { return "mail:" + id.to_string(); }

std::string written(const std::map<std::string, std::string>& parameters) {
  std::string json;
  JsonWriter writer(json);
  writer.begin_object();
  for (const auto& [key, value] : parameters) writer.member(key, value);
  writer.end_object();
  return json;
}

Result<std::map<std::string, std::string>> read_back(std::string_view text) {
  const auto value = TRY(json::parse(text));
  std::map<std::string, std::string> parameters;
  for (const auto& member : value.as_object()) {
    parameters.emplace(member.key(), std::string_view(member.value().as_string()));
  }
  return parameters;
}

// The beginning, in whole characters.
std::string_view kept_of(std::string_view failure) {
  if (failure.size() <= kMaxFailure) return failure;
  auto end = kMaxFailure;
  while (end > 0 && (static_cast<unsigned char>(failure[end]) & 0xC0U) == 0x80U) --end;
  return failure.substr(0, end);
}

Timestamp next_attempt(Timestamp now, std::int64_t attempts_before) {
  const auto doublings = std::min<std::int64_t>(attempts_before, 20);
  return now.plus_s(std::min(kFirstMailDelay_s << doublings, kLongestMailDelay_s));
}

}  // namespace

std::string_view name(MailStatus status) { return kStatusNames[static_cast<std::size_t>(status)]; }

std::optional<MailStatus> parse_mail_status(std::string_view name) {
  for (std::size_t i = 0; i < kStatusNames.size(); ++i) {
    if (kStatusNames[i] == name) return static_cast<MailStatus>(i);
  }
  return std::nullopt;
}

void Mails::enqueue(Unit& unit, const NewMail& mail) const {
  const auto id = MailId::make(unit.now(), unit.random());
  store::insert(unit.tx(), id, mail, seal_.seal(written(mail.parameters), context_of(id)), unit.now());
}

void Mails::announce() const {
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
}

void Mails::on_announce(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

std::vector<DueMail> Mails::due(std::int64_t limit) {
  // Asked often and mostly for nothing: whoever finds nothing writes nothing.
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = !store::due(tx, claims_.node, ledger_.clock().now(), 1).empty(); });
  if (!any) return {};
  Timestamp until;
  auto rows =
      ledger_.unguarded("delivery of mail", Principal::system(), [&](Unit& unit) -> Result<std::vector<store::Row>> {
        until = unit.now().plus_s(claims_.length_s);
        auto found = store::due(unit.tx(), claims_.node, unit.now(), limit);
        for (const auto& row : found) store::claim(unit.tx(), row.id, claims_.node, until);
        return found;
      });
  if (!rows) return {};
  std::vector<DueMail> due;
  for (auto& row : *rows) {
    held_[row.id] = until;
    const auto text = seal_.open(row.parameters, context_of(row.id));
    auto parameters = text ? read_back(*text) : text.error();
    if (!parameters) {
      (void)failed(row.id, "its contents cannot be opened with this master key", true);
      continue;
    }
    due.push_back({row.id,
                   row.created_at,
                   {std::move(row.to), std::move(row.template_name), std::move(row.locale), *std::move(parameters)}});
  }
  return due;
}

Result<bool> Mails::hold(const MailId& id) {
  const auto known = held_.find(id);
  if (known == held_.end()) return false;
  if (ledger_.clock().now().plus_s(claims_.length_s / 2) <= known->second) return true;
  // Those before it took long.
  Timestamp until;
  const bool kept = TRY(ledger_.unguarded("delivery of mail", Principal::system(), [&](Unit& unit) -> Result<bool> {
    until = unit.now().plus_s(claims_.length_s);
    return store::renew(unit.tx(), id, claims_.node, until);
  }));
  if (kept) {
    known->second = until;
  } else {
    held_.erase(known);
  }
  return kept;
}

Result<void> Mails::sent(const MailId& id) {
  TRY(ledger_.unguarded("delivery of mail", Principal::system(), [&](Unit& unit) -> Result<void> {
    store::set_sent(unit.tx(), id, unit.now());
    return {};
  }));
  held_.erase(id);
  return {};
}

Result<void> Mails::failed(const MailId& id, std::string_view failure, bool permanent) {
  TRY(ledger_.unguarded("delivery of mail", Principal::system(), [&](Unit& unit) -> Result<void> {
    const auto attempts = store::attempts(unit.tx(), id);
    const bool dead = permanent || attempts + 1 >= kMaxMailAttempts;
    store::set_failed(unit.tx(), id, claims_.node, kept_of(failure), dead,
                      dead ? unit.now() : next_attempt(unit.now(), attempts));
    return {};
  }));
  held_.erase(id);
  return {};
}

void Mails::give_back() {
  if (held_.empty()) return;
  // When it cannot be written, others wait until the claims are over.
  (void)ledger_.unguarded("delivery of mail", Principal::system(), [&](Unit& unit) -> Result<void> {
    for (const auto& [id, until] : held_) store::release(unit.tx(), id, claims_.node);
    return {};
  });
  held_.clear();
}

std::vector<Mail> Mails::list(const access::Permit<access::Action::kStoreAdminister>& permit,
                              std::optional<MailStatus> status, std::int64_t limit) const {
  (void)permit;
  std::vector<Mail> found;
  ledger_.read([&](sql::Tx& tx) { found = store::list(tx, status, limit); });
  return found;
}

Result<std::int64_t> Mails::retry(const access::Permit<access::Action::kStoreAdminister>& permit,
                                  const std::optional<MailId>& only) {
  auto count = TRY(ledger_.write(permit, [&](Unit& unit) -> Result<std::int64_t> {
    const auto changed = store::make_due(unit.tx(), only, unit.now());
    if (only && changed == 0) return not_found("mail.not_found", "There is no unsent mail of this id.");
    return changed;
  }));
  announce();
  return count;
}

MailCounts Mails::counts() const {
  MailCounts counts;
  ledger_.read([&](sql::Tx& tx) { counts = store::counts(tx); });
  return counts;
}

std::int64_t Mails::maintain(Timestamp now) {
  bool any = false;
  ledger_.read([&](sql::Tx& tx) { any = store::has_forgettable(tx, now.plus_s(-kKeptMail_s)); });
  if (!any) return 0;
  auto forgotten = ledger_.unguarded("mail of long ago", Principal::system(), [&](Unit& unit) -> Result<std::int64_t> {
    return store::forget(unit.tx(), now.plus_s(-kKeptMail_s), kBatch);
  });
  return forgotten ? *forgotten : 0;
}

}  // namespace gatehouse::domain
