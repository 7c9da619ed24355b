#include "mail/file_transport.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace gatehouse::mail {
namespace {

namespace fs = std::filesystem;

class Files : public ::testing::Test {
 protected:
  Files() {
    std::string pattern = (fs::temp_directory_path() / "gatehouse-mail-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~Files() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path mails() const { return folder_ / "mail"; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(mails())) all.push_back(entry.path().filename().string());
    std::sort(all.begin(), all.end());
    return all;
  }
  [[nodiscard]] std::string content(const std::string& name) const {
    std::ifstream in(mails() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  fs::path folder_;
};

Message message(std::string_view created_at = "2026-11-22T00:34:48.123456Z") {
  return {.id = *Uuid::parse("0190d2a0-0000-7000-8000-0000000000aa"),
          .host = "id.example.test",
          .created_at = *Timestamp::parse(created_at),
          .from = {"gatehouse@example.test", "Gatehouse"},
          .to = {"ana@example.test", "Ana"},
          .subject = "Hello",
          .text = "Señora:\n\nhttps://id.example.test/accept#token=abc\n",
          .html = "<p>Hello</p>\n"};
}

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

TEST_F(Files, AreNamedByTimeAndIdAndHoldTheMessage) {
  const auto transport = file_transport(mails());
  ASSERT_TRUE(transport->send(message()).ok());
  ASSERT_EQ(names(), (std::vector<std::string>{"20261122T003448.123456Z-0190d2a0-0000-7000-8000-0000000000aa.eml"}));
  EXPECT_EQ(content(names()[0]), *write_message(message(), TextEncoding::kEightBit));
  EXPECT_NE(content(names()[0]).find("\r\nhttps://id.example.test/accept#token=abc\r\n"), std::string::npos);
}

TEST_F(Files, HaveAllDigitsOfTheTime) {
  const auto transport = file_transport(mails());
  ASSERT_TRUE(transport->send(message("2026-01-02T03:04:05Z")).ok());
  EXPECT_TRUE(names().at(0).starts_with("20260102T030405.000000Z-"));
}

TEST_F(Files, AreReadableByTheirOwnerOnly) {
  const auto transport = file_transport(mails());
  ASSERT_TRUE(transport->send(message()).ok());
  EXPECT_EQ(mode_of(mails()), 0700U);
  EXPECT_EQ(mode_of(mails() / names().at(0)), 0600U);
}

TEST_F(Files, AreOverwrittenByTheSameMail) {
  const auto transport = file_transport(mails());
  ASSERT_TRUE(transport->send(message()).ok());
  auto other = message();
  other.subject = "Hello again";
  ASSERT_TRUE(transport->send(other).ok());
  ASSERT_EQ(names().size(), 1U);
  EXPECT_EQ(content(names()[0]), *write_message(other, TextEncoding::kEightBit));
  // What an attempt that was killed left behind is in nobody's way.
  std::ofstream(mails() / ("." + fs::path(names()[0]).stem().string() + ".tmp")) << std::string(100'000, 'x');
  ASSERT_TRUE(transport->send(message()).ok());
  ASSERT_EQ(names().size(), 1U);
  EXPECT_EQ(content(names()[0]), *write_message(message(), TextEncoding::kEightBit));
}

TEST_F(Files, DoNotComeOfAMessageThatIsRefused) {
  const auto transport = file_transport(mails());
  auto mail = message();
  mail.to.name = "Ana\r\nBcc: eva@example.test";
  const auto refused = transport->send(mail);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  EXPECT_FALSE(fs::exists(mails()));
}

TEST_F(Files, ThatCannotBeWrittenMayBeLater) {
  std::ofstream(mails()) << "in the way";
  const auto transport = file_transport(mails());
  const auto refused = transport->send(message());
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().code, "mail.unavailable");
  EXPECT_EQ(refused.error().detail, "The mail's file cannot be made: Not a directory.");
  fs::remove(mails());
  fs::create_directories(mails() / "20261122T003448.123456Z-0190d2a0-0000-7000-8000-0000000000aa.eml");
  EXPECT_FALSE(transport->send(message()).ok());
  EXPECT_EQ(names().size(), 1U);  // and nothing half written
  fs::remove_all(mails());
  EXPECT_TRUE(transport->send(message()).ok());
}

TEST_F(Files, NeedTheFolderAbove) {
  const auto transport = file_transport(folder_ / "missing" / "mail");
  EXPECT_EQ(transport->send(message()).error().detail, "The mail's file cannot be made: No such file or directory.");
}

}  // namespace
}  // namespace gatehouse::mail
