// One mail as the bytes of RFC 5322: two alternatives, plain text and HTML, with names, addresses and a subject of any
// language. Refuses (`mail.header_invalid`) whatever could end a header early or become a second address: control
// characters, text that is not UTF-8, an address that is not exactly one.
#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"

namespace gatehouse::mail {

struct Mailbox {
  std::string address;
  std::string name{};  // may be empty
};

struct Message {
  Uuid id;           // left side of the Message-ID: the same mail sent twice can be told by it
  std::string host;  // right side of the Message-ID
  Timestamp created_at;
  Mailbox from;
  Mailbox to;
  std::string subject;
  std::string text;  // lines end with LF
  std::string html;
};

// How a part travels that is not short lines of ASCII; those travel as they are either way.
enum class TextEncoding : std::uint8_t {
  kEightBit,         // for files: a plain search finds what the mail says
  kQuotedPrintable,  // for SMTP: passes through servers without 8BITMIME
};

// Lines end with CRLF. The same message always gives the same bytes.
Result<std::string> write_message(const Message& message, TextEncoding encoding);

// As it stands in the message: the domain in ASCII (RFC 5891), so that only a local part of another language asks for
// SMTPUTF8. Precondition: write_message took it.
std::string envelope_address(const std::string& address);

}  // namespace gatehouse::mail
