// What takes a message out of the house. The two that exist are file_transport.hpp and smtp_transport.hpp.
#pragma once

#include "base/result.hpp"
#include "mail/message.hpp"

namespace gatehouse::mail {

class Transport {
 public:
  virtual ~Transport() = default;
  // Ok: whoever is next answers for the mail. kInvalid: it will never be taken (`mail.refused`, `mail.header_invalid`).
  // Any other kind: it may be taken later (`mail.unavailable`). The detail is fit for an operator: no credentials, nothing of the body.
  // One thread at a time.
  virtual Result<void> send(const Message& message) = 0;
  // From any thread: the send under way, and every later one, ends soon with `mail.unavailable`.
  virtual void interrupt() noexcept {}
};

}  // namespace gatehouse::mail
