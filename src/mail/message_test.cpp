#include "mail/message.hpp"

#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatehouse::mail {
namespace {

constexpr std::string_view kId = "0190d2a0-0000-7000-8000-0000000000aa";

Message message() {
  return {.id = *Uuid::parse(kId),
          .host = "id.example.test",
          .created_at = *Timestamp::parse("2026-11-22T00:34:48.123456Z"),
          .from = {"gatehouse@example.test", "Gatehouse"},
          .to = {"ana@example.test", "Ana"},
          .subject = "Hello",
          .text = "Hello\n\nhttps://id.example.test/accept#token=abc%2Bdef\n",
          .html = "<p>Hello</p>\n"};
}

std::string bytes_of(const Message& message, TextEncoding encoding = TextEncoding::kQuotedPrintable) {
  auto bytes = write_message(message, encoding);
  return bytes.ok() ? *bytes : "refused: " + bytes.error().detail;
}

struct Unref {
  void operator()(gpointer object) const { g_object_unref(object); }
};

// What another program reads in the bytes.
struct Parsed {
  std::vector<Mailbox> from;
  std::vector<Mailbox> to;
  std::string subject;
  std::string message_id;
  std::int64_t date = 0;
  std::vector<std::string> parts;
  std::vector<std::string> types;
};

std::vector<Mailbox> mailboxes(InternetAddressList* list) {
  std::vector<Mailbox> all;
  for (int i = 0; i < internet_address_list_length(list); ++i) {
    InternetAddress* const one = internet_address_list_get_address(list, i);
    const char* const name = internet_address_get_name(one);
    all.push_back(
        {internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)), name == nullptr ? std::string() : name});
  }
  return all;
}

Parsed parsed(const std::string& bytes) {
  const std::unique_ptr<GMimeStream, Unref> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  const std::unique_ptr<GMimeParser, Unref> parser(g_mime_parser_new_with_stream(stream.get()));
  const std::unique_ptr<GMimeMessage, Unref> mail(g_mime_parser_construct_message(parser.get(), nullptr));
  Parsed read;
  read.from = mailboxes(g_mime_message_get_from(mail.get()));
  read.to = mailboxes(g_mime_message_get_to(mail.get()));
  read.subject = g_mime_message_get_subject(mail.get());
  read.message_id = g_mime_message_get_message_id(mail.get());
  read.date = g_date_time_to_unix(g_mime_message_get_date(mail.get()));
  auto* const body = GMIME_MULTIPART(g_mime_message_get_mime_part(mail.get()));
  for (int i = 0; i < g_mime_multipart_get_count(body); ++i) {
    GMimeObject* const part = g_mime_multipart_get_part(body, i);
    char* const text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
    char* const type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(part));
    read.parts.emplace_back(text);
    std::erase(read.parts.back(), '\r');
    read.types.emplace_back(type);
    g_free(text);
    g_free(type);
  }
  return read;
}

// Each is one character on the screen, 25 bytes without a blank.
std::string families(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += "\U0001F469\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466";
  return all;
}

bool holds(const std::string& bytes, std::string_view text) { return bytes.find(text) != std::string::npos; }

TEST(Messages, SayWhoWhomWhenAndWhat) {
  const auto bytes = bytes_of(message());
  const auto read = parsed(bytes);
  ASSERT_EQ(read.from.size(), 1U);
  EXPECT_EQ(read.from[0].address, "gatehouse@example.test");
  EXPECT_EQ(read.from[0].name, "Gatehouse");
  ASSERT_EQ(read.to.size(), 1U);
  EXPECT_EQ(read.to[0].address, "ana@example.test");
  EXPECT_EQ(read.to[0].name, "Ana");
  EXPECT_EQ(read.subject, "Hello");
  EXPECT_EQ(read.message_id, std::string(kId) + "@id.example.test");
  EXPECT_EQ(read.date, message().created_at.seconds());
  EXPECT_EQ(read.types, (std::vector<std::string>{"text/plain", "text/html"}));
  EXPECT_EQ(read.parts, (std::vector<std::string>{message().text, message().html}));
  EXPECT_TRUE(holds(bytes, "\r\nMIME-Version: 1.0\r\n"));
  EXPECT_TRUE(holds(bytes, "\r\nAuto-Submitted: auto-generated\r\n"));
  EXPECT_TRUE(holds(bytes, "\r\nContent-Type: multipart/alternative;"));
  EXPECT_TRUE(bytes.starts_with("Date: Sun, 22 Nov 2026 00:34:48 +0000\r\n")) << bytes;
  EXPECT_TRUE(holds(bytes, "Message-ID: <" + std::string(kId) + "@id.example.test>\r\n")) << bytes;
}

TEST(Messages, AreTheSameBytesEveryTime) {
  EXPECT_EQ(bytes_of(message()), bytes_of(message()));
  auto other = message();
  other.id.bytes[15] = 7;
  EXPECT_NE(bytes_of(message()), bytes_of(other));
}

TEST(Messages, EndEveryLineWithCrlfAndKeepHeadersShort) {
  auto mail = message();
  mail.subject = "Invitación de " + std::string(150, 'x') + " y compañía, 東京 " + families(4);
  mail.to.name = "Ñandú \"El Rápido\" <otro@example.test>";
  mail.text = "señor\nsin fin de línea";
  for (const auto encoding : {TextEncoding::kEightBit, TextEncoding::kQuotedPrintable}) {
    const auto bytes = bytes_of(mail, encoding);
    EXPECT_TRUE(bytes.ends_with("\r\n"));
    for (std::size_t begin = 0; begin < bytes.size();) {
      const std::size_t end = bytes.find('\n', begin);
      ASSERT_NE(end, std::string::npos);
      EXPECT_EQ(bytes[end - 1], '\r');
      EXPECT_LE(end - begin, 80U) << bytes.substr(begin, end - begin);
      begin = end + 1;
    }
  }
}

TEST(Messages, KeepNamesAndSubjectsOfAnyLanguage) {
  const std::vector<std::string> names{
      "Ñandú & Söhne",
      "東京株式会社",
      "שלום \"x\", (y) \\ z",
      "شركة <script>alert(1)</script>",
      "=?utf-8?q?Boss=20=3Cceo=40example.test=3E?=",
      "x =?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS50ZXN0?= y",
      "ana@example.test, eva@example.test",
      "Acme; Bcc: eva@example.test",
      "two  blanks",
      families(6),
      std::string(200, 'W'),
      "O'Neill \"the second\"",
      "{{link}}",
  };
  for (const auto& name : names) {
    auto mail = message();
    mail.from.name = name;
    mail.to.name = name;
    mail.subject = name;
    const auto read = parsed(bytes_of(mail));
    ASSERT_EQ(read.from.size(), 1U) << name;
    ASSERT_EQ(read.to.size(), 1U) << name;
    EXPECT_EQ(read.from[0].name, name);
    EXPECT_EQ(read.to[0].name, name);
    EXPECT_EQ(read.to[0].address, "ana@example.test");
    EXPECT_EQ(read.subject, name);
  }
}

TEST(Messages, MayDoWithoutNames) {
  auto mail = message();
  mail.to.name.clear();
  const auto read = parsed(bytes_of(mail));
  ASSERT_EQ(read.to.size(), 1U);
  EXPECT_EQ(read.to[0].name, "");
  EXPECT_EQ(read.to[0].address, "ana@example.test");
}

TEST(Messages, TakeInternationalizedAddresses) {
  auto mail = message();
  mail.to.address = "josé@example.test";
  EXPECT_EQ(parsed(bytes_of(mail)).to[0].address, "josé@example.test");
  // A domain has a form in ASCII that every server understands (RFC 5891).
  mail.to.address = "ana@bücher.example";
  EXPECT_TRUE(holds(bytes_of(mail), "<ana@xn--bcher-kva.example>"));
  mail.to.address = "\"ana, the first\"@example.test";
  EXPECT_EQ(parsed(bytes_of(mail)).to[0].address, "\"ana, the first\"@example.test");
}

TEST(Messages, HaveIdsInAscii) {
  auto mail = message();
  mail.host = "bücher.example";
  EXPECT_EQ(parsed(bytes_of(mail)).message_id, std::string(kId) + "@xn--bcher-kva.example");
}

TEST(Envelopes, HaveDomainsInAscii) {
  EXPECT_EQ(envelope_address("ana@bücher.example"), "ana@xn--bcher-kva.example");
  EXPECT_EQ(envelope_address("josé@bücher.example"), "josé@xn--bcher-kva.example");
  EXPECT_EQ(envelope_address("josé@example.test"), "josé@example.test");
  EXPECT_EQ(envelope_address("\"a@b\"@example.test"), "\"a@b\"@example.test");
  EXPECT_EQ(envelope_address("\"a@b\"@bücher.example"), "\"a@b\"@xn--bcher-kva.example");
}

TEST(TextParts, OfShortAsciiLinesTravelAsTheyAre) {
  for (const auto encoding : {TextEncoding::kEightBit, TextEncoding::kQuotedPrintable}) {
    const auto bytes = bytes_of(message(), encoding);
    EXPECT_TRUE(holds(bytes, "Content-Transfer-Encoding: 7bit\r\n"));
    EXPECT_TRUE(holds(bytes, "Content-Type: text/plain; charset=utf-8\r\n"));
    EXPECT_TRUE(holds(bytes, "\r\n\r\nhttps://id.example.test/accept#token=abc%2Bdef\r\n"));
  }
}

TEST(TextParts, OfOtherLanguagesAreReadableInFilesAndPlainInSmtp) {
  auto mail = message();
  mail.text = "Señor\n\n.\nhttps://id.example.test/accept#token=" + std::string(100, 'a') + "\n";
  const auto file = bytes_of(mail, TextEncoding::kEightBit);
  EXPECT_TRUE(holds(file, "Content-Transfer-Encoding: 8bit\r\n"));
  EXPECT_TRUE(holds(file, "Señor\r\n\r\n.\r\nhttps://id.example.test/accept#token=" + std::string(100, 'a') + "\r\n"));
  const auto smtp = bytes_of(mail, TextEncoding::kQuotedPrintable);
  EXPECT_TRUE(holds(smtp, "Content-Transfer-Encoding: quoted-printable\r\n"));
  EXPECT_TRUE(std::all_of(smtp.begin(), smtp.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
  EXPECT_EQ(parsed(file).parts[0], mail.text);
  EXPECT_EQ(parsed(smtp).parts[0], mail.text);
}

TEST(TextParts, InFilesEndLongLinesAtBlanksSoThatALinkStaysWhole) {
  auto mail = message();
  const std::string link = "https://id.example.test/accept#token=abc";
  std::string name;
  for (int i = 0; i < 60; ++i) name += "東京株式会社 ";
  mail.text = name + name + "\n" + link + "\n";
  const auto bytes = bytes_of(mail, TextEncoding::kEightBit);
  EXPECT_TRUE(holds(bytes, "Content-Transfer-Encoding: 8bit\r\n"));
  EXPECT_TRUE(holds(bytes, "\r\n" + link + "\r\n"));
  for (std::size_t begin = 0; begin < bytes.size(); begin = bytes.find('\n', begin) + 1)
    EXPECT_LE(bytes.find('\n', begin) - begin, 999U);
  EXPECT_EQ(parsed(bytes_of(mail, TextEncoding::kQuotedPrintable)).parts[0], mail.text);
  // Without a blank there is no other way than to encode.
  mail.text = std::string(3000, 'x') + "\n";
  EXPECT_EQ(parsed(bytes_of(mail, TextEncoding::kEightBit)).parts[0], mail.text);
}

TEST(TextParts, AreNotEndedByABoundaryOfTheirOwn) {
  auto mail = message();
  mail.text = "a\n--=_" + std::string(kId) + "\nb\n--=_" + std::string(kId) + "_--\nc\n";
  const auto read = parsed(bytes_of(mail, TextEncoding::kEightBit));
  EXPECT_EQ(read.parts, (std::vector<std::string>{mail.text, mail.html}));
}

}  // namespace
}  // namespace gatehouse::mail
