#include "server/post_office.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

#include "http/metrics.hpp"
#include "mail/file_transport.hpp"
#include "mail/smtp_transport.hpp"
#include "server/log.hpp"

namespace gatehouse::server {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::string_view kEverything = "all";

// Requests of `gatehouse mail retry` lie here as empty files, named by the mail: whoever may write into the data
// directory may ask.
fs::path requests_in(const std::string& data) { return fs::path(data) / "mail-retry"; }

std::string host_of(const std::string& url) {
  auto host = url.substr(url.find("://") == std::string::npos ? 0 : url.find("://") + 3);
  host = host.substr(0, host.find('/'));
  if (host.starts_with("[")) return "localhost";  // an address literal is no mail domain
  host = host.substr(0, host.rfind(':'));
  const bool is_address = host.find_first_not_of("0123456789.") == std::string::npos;
  return host.empty() || is_address ? "localhost" : host;
}

std::unique_ptr<mail::Transport> transport_of(const Config& config, const std::string& host) {
  if (config.smtp_url.empty()) return mail::file_transport(fs::path(config.data) / "mail");
  // The configuration has been checked.
  mail::SmtpOptions options{.server = mail::parse_smtp_url(config.smtp_url).value()};
  options.require_tls = config.smtp_tls == "required";
  options.ca_file = config.smtp_ca_file;
  options.client_name = host;
  options.stall_timeout = seconds(config.smtp_timeout_s);
  options.connect_timeout = std::min<std::chrono::milliseconds>(options.connect_timeout, options.stall_timeout);
  options.total_timeout = 4 * options.stall_timeout;
  return mail::smtp_transport(std::move(options));
}

}  // namespace

class PostOffice::Outbox final : public mail::Queue {
 public:
  explicit Outbox(Core& core) : core_(core) {}

  std::vector<mail::QueuedMail> take(std::size_t limit) override {
    hear_requests();
    std::vector<mail::QueuedMail> taken;
    for (auto& due : core_.mails->due(static_cast<std::int64_t>(limit))) {
      taken.push_back({.id = due.id,
                       .created_at = due.created_at,
                       .to_address = std::move(due.mail.to),
                       .template_name = std::move(due.mail.template_name),
                       .locale = std::move(due.mail.locale),
                       .parameters = {due.mail.parameters.begin(), due.mail.parameters.end()}});
    }
    return taken;
  }
  bool hold(const Uuid& id) override {
    const auto ours = core_.mails->hold(domain::MailId(id));
    if (!ours) throw std::runtime_error(ours.error().detail);
    return *ours;
  }
  void sent(const Uuid& id) override {
    must(core_.mails->sent(domain::MailId(id)));
    sent_.fetch_add(1, std::memory_order_relaxed);
  }
  void failed(const Uuid& id, const std::string& why, bool permanent) override {
    must(core_.mails->failed(domain::MailId(id), why, permanent));
    failed_.fetch_add(1, std::memory_order_relaxed);
    log_event(core_.clock, LogLevel::kWarning, "mail_failed",
              {{"mail", std::string_view(id.to_string())}, {"failure", std::string_view(why)}});
  }
  [[nodiscard]] std::uint64_t sent_count() const { return sent_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t failed_count() const { return failed_.load(std::memory_order_relaxed); }

 private:
  // The delivery tells an outcome again that was not taken; a store that cannot write must not make it send again.
  static void must(const Result<void>& told) {
    if (!told) throw std::runtime_error(told.error().detail);
  }

  // A request that cannot be taken away would be heard for ever: it is not heard at all.
  void hear_requests() {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(requests_in(core_.config.data), error)) {
      const auto name = entry.path().filename().string();
      if (!fs::remove(entry.path(), error)) continue;
      const auto id = domain::MailId::parse(name);
      if (!id && name != kEverything) continue;
      const auto permit = core_.ledger->policy().system<access::Action::kStoreAdminister>({}, core_.clock.now());
      (void)core_.mails->retry(permit, id);  // one that is gone or sent by now needs nothing
    }
  }

  Core& core_;
  std::atomic<std::uint64_t> sent_{0};
  std::atomic<std::uint64_t> failed_{0};
};

PostOffice::PostOffice(Core& core, const std::string& url)
    : transport_(transport_of(core.config, host_of(url))), outbox_(std::make_unique<Outbox>(core)), core_(core) {
  const auto& from = core.config.mail_from;
  mail::Delivery::Options options;
  options.sender = {from.empty() ? "gatehouse@" + host_of(url) : from, core.config.mail_from_name};
  options.message_id_host = options.sender.address.substr(options.sender.address.rfind('@') + 1);
  delivery_ = std::make_unique<mail::Delivery>(*transport_, *outbox_, options, [&core](std::string_view failure) {
    log_event(core.clock, LogLevel::kError, "mail_queue_failed", {{"failure", failure}});
  });
  core.mails->on_announce([this] { delivery_->wake(); });
}

PostOffice::~PostOffice() {
  core_.mails->on_announce({});
  stop();
}

void PostOffice::start() {
  // Of the service's own user, so that it can take away what others leave there.
  std::error_code error;
  fs::create_directory(requests_in(core_.config.data), error);
  fs::permissions(requests_in(core_.config.data), fs::perms::owner_all, error);
  delivery_->start();
}

void PostOffice::stop() {
  delivery_->stop();
  try {
    core_.mails->give_back();
  } catch (const std::exception& failure) {
    log_event(core_.clock, LogLevel::kError, "mail_queue_failed", {{"failure", std::string_view(failure.what())}});
  }
}

void PostOffice::append_metrics(std::string& out) const {
  const auto counts = core_.mails->counts();
  const auto waits_s =
      counts.oldest_waiting ? static_cast<double>(core_.clock.now().micros - counts.oldest_waiting->micros) / 1e6 : 0.0;
  http::append_metric(out, "gatehouse_mail_waiting", "gauge", "Mails that wait to be sent.",
                      static_cast<double>(counts.waiting));
  http::append_metric(out, "gatehouse_mail_dead", "gauge", "Mails that were given up.",
                      static_cast<double>(counts.dead));
  http::append_metric(out, "gatehouse_mail_oldest_waiting_seconds", "gauge", "Age of the oldest mail that waits.",
                      waits_s);
  http::append_metric(out, "gatehouse_mail_sent_total", "counter", "Mails sent since the start.",
                      static_cast<double>(outbox_->sent_count()));
  http::append_metric(out, "gatehouse_mail_failed_total", "counter", "Attempts that failed since the start.",
                      static_cast<double>(outbox_->failed_count()));
}

Result<void> PostOffice::ask_to_retry(const std::string& data, const std::optional<domain::MailId>& only) {
  const auto directory = requests_in(data);
  const auto file = directory / (only ? only->to_string() : std::string(kEverything));
  if (!std::ofstream(file)) {
    return invalid("config.data",
                   fmt::format("cannot write {}: check the data directory's permissions", file.string()));
  }
  return {};
}

}  // namespace gatehouse::server
