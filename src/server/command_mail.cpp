// Commands about outgoing mail, beside a running service or without one.
#include <fmt/format.h>

#include <cstdio>

#include "base/json_writer.hpp"
#include "server/commands.hpp"
#include "server/core.hpp"
#include "server/post_office.hpp"

namespace gatehouse::server {
namespace {

constexpr std::int64_t kMostListed = 10'000;

std::string json_of(const domain::Mail& mail) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().member("id", mail.id.to_string()).member("to", mail.to).member("template", mail.template_name);
  json.member("status", domain::name(mail.status)).member("attempts", mail.attempts);
  json.member("created_at", mail.created_at.to_string());
  if (mail.next_attempt_at) json.member("next_attempt_at", mail.next_attempt_at->to_string());
  if (mail.sent_at) json.member("sent_at", mail.sent_at->to_string());
  if (!mail.failure.empty()) json.member("failure", mail.failure);
  json.end_object();
  return out;
}

}  // namespace

Result<int> list_mails(const CommandContext& context, const std::string& status) {
  const auto wanted = domain::parse_mail_status(status);
  if (!status.empty() && !wanted) {
    return invalid("config.invalid", fmt::format("--status is waiting, sent or dead, not \"{}\"", status));
  }
  const SystemClock clock;
  SystemRandom random;
  const auto core = TRY(Core::open(context.config, Opening::kInspect, clock, random));
  const auto permit = core->ledger->policy().system<access::Action::kStoreAdminister>({}, clock.now());
  for (const auto& mail : core->mails->list(permit, wanted, kMostListed)) {
    if (context.json) {
      std::printf("%s\n", json_of(mail).c_str());
    } else {
      fmt::print("{}  {:<7}  {}  {}  {}{}{}\n", mail.id.to_string(), domain::name(mail.status),
                 mail.created_at.to_string(), mail.to, mail.template_name, mail.failure.empty() ? "" : "  ",
                 mail.failure);
    }
  }
  return 0;
}

Result<int> retry_mails(const CommandContext& context, const std::string& id, bool all) {
  const auto only = domain::MailId::parse(id);
  if (all == !id.empty() || (!id.empty() && !only)) {
    return invalid("config.invalid", "give the id of one mail (see `gatehouse mail list`), or --all");
  }
  const SystemClock clock;
  SystemRandom random;
  const auto core = Core::open(context.config, Opening::kChange, clock, random);
  if (!core) {
    if (core.error().code != "store.in_use") return core.error();
    TRY(PostOffice::ask_to_retry(context.config.data, only));
    std::printf("%s\n", context.json ? R"({"asked":true})" : "asked the running service to send again");
    return 0;
  }
  const auto permit = (*core)->ledger->policy().system<access::Action::kStoreAdminister>({}, clock.now());
  const auto count = TRY((*core)->mails->retry(permit, only));
  const auto text = context.json ? fmt::format(R"({{"due":{}}})", count)
                                 : fmt::format("{} due when the service starts",
                                               count == 1 ? "1 mail is" : fmt::format("{} mails are", count));
  std::printf("%s\n", text.c_str());
  return 0;
}

}  // namespace gatehouse::server
