// Mail, wired: the domain's outbox behind the seam of the delivery, over SMTP or into files, as the configuration says.
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "mail/delivery.hpp"
#include "server/core.hpp"

namespace gatehouse::server {

class PostOffice {
 public:
  // `url`: where the service answers; its host is the sender's when none is configured. The core must outlive this.
  PostOffice(Core& core, const std::string& url);
  ~PostOffice();
  void start();
  void stop();
  void append_metrics(std::string& out) const;

  // Asks the service that has this data directory open to send again what was given up: one mail, or all.
  // Errors: config.data when the request cannot be left there.
  static Result<void> ask_to_retry(const std::string& data, const std::optional<domain::MailId>& only);

 private:
  class Outbox;
  std::unique_ptr<mail::Transport> transport_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<mail::Delivery> delivery_;
  Core& core_;
};

}  // namespace gatehouse::server
