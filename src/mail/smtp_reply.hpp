// The last thing an SMTP server said (RFC 5321 4.2), made fit for an operator's eyes.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::mail {

class SmtpReply {
 public:
  // One line as it came: "550-5.1.1 Nobody of that name\r\n".
  void add(std::string_view line);
  // 5xx, unless it asks for TLS or for other credentials (RFC 4954 6, RFC 3207 4): that is for the operator to change.
  [[nodiscard]] bool is_permanent() const;
  // ": 550 5.1.1 Nobody of that name", empty when it was no refusal; `code_only` leaves the words out.
  [[nodiscard]] std::string told(bool code_only) const;

 private:
  int code_ = 0;
  bool whole_ = true;  // the next line begins another reply
  std::string words_;  // of all its lines
};

}  // namespace gatehouse::mail
