#include "mail/message.hpp"

#include <glib-object.h>
#include <gmime/gmime.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <new>
#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace gatehouse::mail {
namespace {

// RFC 5322 2.1.1, without the line's end.
constexpr std::size_t kMaxLine = 998;
// So that "Subject: " and one encoded word stay within the 76 characters of RFC 2047 2.
constexpr std::size_t kEncodedWordBytes = 39;

struct Release {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

template <class T>
Owned<T> own(T* object) {
  if (object == nullptr) throw std::bad_alloc();
  return Owned<T>(object);
}

struct ReleaseOptions {
  void operator()(GMimeFormatOptions* options) const { g_mime_format_options_free(options); }
};
struct ReleaseTime {
  void operator()(GDateTime* time) const { g_date_time_unref(time); }
};

void start_gmime() {
  static std::once_flag once;
  std::call_once(once, g_mime_init);
}

Error refused(std::string field, std::string why) {
  return invalid_field("mail.header_invalid", std::move(field), std::move(why));
}

Result<void> check_line(std::string_view value, const char* field) {
  if (!text::is_utf8(value)) return refused(field, "must be UTF-8");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(value.begin(), value.end(), is_control)) return refused(field, "must not hold control characters");
  return {};
}

// What others than this function could read as more than one address must not leave the house.
Result<void> check_address(const std::string& address, const char* field) {
  TRY(check_line(address, field));
  if (!text::is_email(address)) return refused(field, "must be one e-mail address");
  InternetAddressList* const parsed = internet_address_list_parse(nullptr, address.c_str());
  if (parsed == nullptr) return refused(field, "must be one e-mail address");
  const Owned<InternetAddressList> list(parsed);
  InternetAddress* const first =
      internet_address_list_length(parsed) == 1 ? internet_address_list_get_address(parsed, 0) : nullptr;
  if (first == nullptr || !INTERNET_ADDRESS_IS_MAILBOX(first)) return refused(field, "must be one e-mail address");
  // GMime knows a domain by its letters and by its punycode.
  auto* const mailbox = INTERNET_ADDRESS_MAILBOX(first);
  if (address != internet_address_mailbox_get_addr(mailbox) &&
      address != internet_address_mailbox_get_idn_addr(mailbox)) {
    return refused(field, "must be one e-mail address");
  }
  return {};
}

Result<void> check(const Message& message) {
  TRY(check_address(message.from.address, "from.address"));
  TRY(check_line(message.from.name, "from.name"));
  TRY(check_address(message.to.address, "to.address"));
  TRY(check_line(message.to.name, "to.name"));
  TRY(check_line(message.subject, "subject"));
  return check_address("x@" + message.host, "host");
}

// GMime lets pass what looks like an encoded word already, and writes words without blanks as long as they are; both
// would show another name than the one that was given. So whatever is not plain is one run of our own words (RFC 2047).
std::string header_words(const std::string& value) {
  const bool plain = std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (plain && value.find("=?") == std::string::npos && value.find("  ") == std::string::npos &&
      (value.empty() || (value.front() != ' ' && value.back() != ' '))) {
    return value;
  }
  std::string words;
  for (std::string_view rest = value; !rest.empty();) {
    std::size_t size = std::min(rest.size(), kEncodedWordBytes);
    while (size < rest.size() && (static_cast<unsigned char>(rest[size]) & 0xC0U) == 0x80U) --size;
    gchar* const base64 = g_base64_encode(reinterpret_cast<const guchar*>(rest.data()), size);
    words.append(words.empty() ? "" : " ").append("=?utf-8?b?").append(base64).append("?=");
    g_free(base64);
    rest.remove_prefix(size);
  }
  return words;
}

void add_mailbox(GMimeMessage* mail, GMimeAddressType type, const Mailbox& mailbox) {
  g_mime_message_add_mailbox(mail, type, mailbox.name.empty() ? nullptr : header_words(mailbox.name).c_str(),
                             mailbox.address.c_str());
}

std::size_t longest_line(std::string_view text) {
  std::size_t longest = 0;
  for (std::size_t line = 0; const char c : text) {
    line = c == '\n' ? 0 : line + 1;
    longest = std::max(longest, line);
  }
  return longest;
}

// Lines that are too long end at a blank, where there is one: neither text nor HTML minds.
std::string folded(std::string text) {
  std::size_t begin = 0;
  while (text.size() - begin > kMaxLine) {
    const std::size_t end = text.find('\n', begin);
    if (end != std::string::npos && end - begin <= kMaxLine) {
      begin = end + 1;
      continue;
    }
    const std::size_t blank = text.rfind(' ', begin + kMaxLine);
    if (blank == std::string::npos || blank <= begin) return text;
    text[blank] = '\n';
    begin = blank + 1;
  }
  return text;
}

GMimeContentEncoding encoding_of(std::string_view text, TextEncoding wanted) {
  if (longest_line(text) > kMaxLine) return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  const bool ascii =
      std::all_of(text.begin(), text.end(), [](char c) { return c != '\0' && static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return GMIME_CONTENT_ENCODING_7BIT;
  return wanted == TextEncoding::kEightBit ? GMIME_CONTENT_ENCODING_8BIT : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

Owned<GMimePart> text_part(const char* subtype, const std::string& text, TextEncoding wanted) {
  const std::string lines = wanted == TextEncoding::kEightBit ? folded(text) : text;
  auto part = own(g_mime_part_new_with_type("text", subtype));
  g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
  const auto stream = own(g_mime_stream_mem_new_with_buffer(lines.data(), lines.size()));
  const auto content = own(g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), content.get());
  g_mime_part_set_content_encoding(part.get(), encoding_of(lines, wanted));
  return part;
}

// "=_" cannot stand in quoted-printable text (RFC 2045 6.7); in other text the boundary must not stand either.
std::string boundary_of(const Message& message) {
  std::string boundary = "=_" + message.id.to_string();
  const auto stands = [&](const std::string& text) { return text.find(boundary) != std::string::npos; };
  while (stands(message.text) || stands(message.html)) boundary.push_back('_');
  return boundary;
}

Owned<GMimeMultipart> alternatives(const Message& message, TextEncoding wanted) {
  auto body = own(g_mime_multipart_new_with_subtype("alternative"));
  g_mime_multipart_set_boundary(body.get(), boundary_of(message).c_str());
  // The richest comes last (RFC 2046 5.1.4).
  g_mime_multipart_add(body.get(), GMIME_OBJECT(text_part("plain", message.text, wanted).get()));
  g_mime_multipart_add(body.get(), GMIME_OBJECT(text_part("html", message.html, wanted).get()));
  return body;
}

std::string bytes_of(GMimeMessage* mail) {
  const std::unique_ptr<GMimeFormatOptions, ReleaseOptions> format(g_mime_format_options_new());
  g_mime_format_options_set_newline_format(format.get(), GMIME_NEWLINE_FORMAT_DOS);
  const auto out = own(g_mime_stream_mem_new());
  if (g_mime_object_write_to_stream(GMIME_OBJECT(mail), format.get(), out.get()) < 0) throw std::bad_alloc();
  const GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(out.get()));
  return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

}  // namespace

Result<std::string> write_message(const Message& message, TextEncoding encoding) {
  start_gmime();
  TRY(check(message));
  const auto mail = own(g_mime_message_new(TRUE));
  const std::unique_ptr<GDateTime, ReleaseTime> date(g_date_time_new_from_unix_utc(message.created_at.seconds()));
  if (date == nullptr) return refused("created_at", "must be a time");
  g_mime_message_set_date(mail.get(), date.get());
  add_mailbox(mail.get(), GMIME_ADDRESS_TYPE_FROM, message.from);
  add_mailbox(mail.get(), GMIME_ADDRESS_TYPE_TO, message.to);
  g_mime_message_set_subject(mail.get(), header_words(message.subject).c_str(), "utf-8");
  GMimeObject* const headers = GMIME_OBJECT(mail.get());
  const std::string message_id = "<" + envelope_address(message.id.to_string() + "@" + message.host) + ">";
  g_mime_object_set_header(headers, "Message-ID", message_id.c_str(), nullptr);
  // RFC 3834 5: nobody's absence note answers it.
  g_mime_object_set_header(headers, "Auto-Submitted", "auto-generated", nullptr);
  g_mime_message_set_mime_part(mail.get(), GMIME_OBJECT(alternatives(message, encoding).get()));
  return bytes_of(mail.get());
}

std::string envelope_address(const std::string& address) {
  start_gmime();
  const auto mailbox = own(internet_address_mailbox_new(nullptr, address.c_str()));
  return internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(mailbox.get()));
}

}  // namespace gatehouse::mail
