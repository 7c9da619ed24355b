// The last refusal of an SMTP server (RFC 5321 4.2), made fit for an operator's eyes.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::mail {

class SmtpReply {
 public:
  // One line of any reply as it came: "550-5.1.1 Nobody of that name\r\n". Only refusals are kept: after one, the server
  // may still say goodbye.
  void add(std::string_view line);
  // 0 when there was none.
  [[nodiscard]] int code() const { return code_; }
  // 5xx, unless it asks for TLS or for other credentials (RFC 4954 6, RFC 3207 4): that is for the operator to change.
  [[nodiscard]] bool is_permanent() const;
  // ": 550 5.1.1 Nobody of that name", empty when there was none; `code_only` leaves the words out.
  [[nodiscard]] std::string told(bool code_only) const;

 private:
  int code_ = 0;
  bool whole_ = true;  // the next line begins another one
  std::string words_;  // of all its lines
};

}  // namespace gatehouse::mail
