#include "api/partner/invite_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace gatehouse::api::partner {
namespace {

using domain::InviteJobLine;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using Format = InviteFile::Format;

constexpr std::string_view kHeader =
    "Email,FirstName,LastName,GroupId,IdentityProviderId,IdentityProviderPrefix,OrganizationIds\n";

// The text in pieces of so many bytes.
InviteFileText::Source pieces(std::string text, std::size_t size) {
  return [text = std::move(text), size, at = std::size_t{0}](std::string& piece) mutable {
    piece = text.substr(at, size);
    at += piece.size();
    return !piece.empty();
  };
}

std::string told(const InviteJobLine& line) {
  auto text = std::to_string(line.line) + ":";
  if (!line.fault.empty()) return text + "!" + line.fault;
  const auto& person = line.person;
  for (const auto& member : {person.email, person.first_name, person.last_name, person.group,
                             person.identity_provider.value_or("-"), person.identity_provider_prefix.value_or("-")}) {
    text += member + "|";
  }
  if (!person.organizations) return text + "-";
  for (const auto& id : *person.organizations) text += id + " ";
  return text;
}

// Every row, or the refusal of the whole.
std::vector<std::string> rows(Format format, const std::string& text, const InviteFile::Defaults& defaults = {},
                              std::size_t piece = 7) {
  auto file = InviteFile::open(format, pieces(text, piece), defaults);
  if (!file) return {file.error().detail};
  std::vector<std::string> all;
  InviteJobLine line;
  while ((*file)->next(line)) all.push_back(told(line));
  return all;
}
std::vector<std::string> csv(const std::string& text, const InviteFile::Defaults& defaults = {}) {
  return rows(Format::kCsv, text, defaults);
}
std::vector<std::string> json(const std::string& text, const InviteFile::Defaults& defaults = {}) {
  return rows(Format::kJsonLines, text, defaults);
}

TEST(InviteFiles, AreCsvWithAHeaderLine) {
  EXPECT_THAT(csv(std::string(kHeader) + "a@x,Ann,\"Lee, jr\",g,p,,o1;o2\nb@x,,,g,,pre,\"o1; o2\no3\"\n"),
              ElementsAre("2:a@x|Ann|Lee, jr|g|p|-|o1 o2 ", "3:b@x|||g|-|pre|o1 o2 o3 "));
}

TEST(InviteFiles, HaveColumnsInAnyOrderAndCaseAndMayBeginWithAByteOrderMark) {
  EXPECT_THAT(csv("\xEF\xBB\xBFgroupid, EMAIL\r\n\r\ng,a@x\r\n  \r\n g , b@x "),
              ElementsAre("3:a@x|||g|-|-|-", "5:b@x|||g|-|-|-"));
}

TEST(InviteFiles, TakeWhatARowLeavesOutFromTheDefaults) {
  const InviteFile::Defaults defaults{"dg", {"d1", "d2"}};
  EXPECT_THAT(csv("Email,GroupId,OrganizationIds\na@x,,\nb@x,g,o\nc@x,, ; \n", defaults),
              ElementsAre("2:a@x|||dg|-|-|d1 d2 ", "3:b@x|||g|-|-|o ", "4:c@x|||dg|-|-|d1 d2 "));
  EXPECT_THAT(json(R"({"email":"a@x","organizationIds":[],"groupId":null})", defaults),
              ElementsAre("1:a@x|||dg|-|-|d1 d2 "));
}

TEST(InviteFiles, AreRefusedWhenTheirHeaderLineIsWrong) {
  EXPECT_THAT(csv("Email,Colour,GroupId,Größe\na@x,red,g,1\n"),
              ElementsAre(AllOf(HasSubstr("\"Colour\", \"Größe\""), HasSubstr("OrganizationIds"))));
  EXPECT_THAT(csv("Email;GroupId\n"), ElementsAre(HasSubstr("\"Email;GroupId\"")));
  EXPECT_THAT(csv("email,Email\n"), ElementsAre(HasSubstr("names Email twice")));
  EXPECT_THAT(csv("GroupId\n"), ElementsAre(HasSubstr("does not name Email")));
  EXPECT_THAT(csv("\xFF\xFE"
                  "E\n"),
              ElementsAre(HasSubstr("is not UTF-8")));
  EXPECT_THAT(csv("\"Email\n"), ElementsAre(HasSubstr("never closed")));
  EXPECT_THAT(csv(std::string(2 * kMaxInviteLine, 'x')), ElementsAre(HasSubstr("64 KiB")));
  const auto file = InviteFile::open(Format::kCsv, pieces("x\n", 7), {});
  EXPECT_EQ(file.error().code, "invite_file.header_invalid");
  EXPECT_EQ(file.error().fields.at(0).field, "header");
}

TEST(InviteFiles, SayWhatIsWrongWithALineOfCsvAndGoOn) {
  EXPECT_THAT(csv("Email,GroupId\na@x\nb@x,g,h\nc@x,say \"g\"\n\"d@x\"y,g\n\xFF,g\n,g\ne@x,g\n\"f@x,g\n"),
              ElementsAre("2:!The line has 1 fields, but the header line has 2.",
                          "3:!The line has 3 fields, but the header line has 2.",
                          "4:!The line has a quote within a field that is not quoted.",
                          "5:!The line has text behind a closing quote.", "6:!The line is not UTF-8 text.",
                          "7:|||g|-|-|-", "8:e@x|||g|-|-|-", "9:!The line has a quote that is never closed."));
}

TEST(InviteFiles, TellTheAddressOfALineWithTooManyFields) {
  auto file = InviteFile::open(Format::kCsv, pieces("Email,GroupId\na@x,g,h\n", 100), {});
  InviteJobLine line;
  ASSERT_TRUE((*file)->next(line));
  EXPECT_EQ(line.person.email, "a@x");
}

TEST(InviteFiles, AreJsonLinesWithNamesInAnyCase) {
  EXPECT_THAT(
      json(
          R"({"Email":"a@x","FIRSTNAME":"Ann","lastName":"Lee","groupId":"g","OrganizationIds":["o1","o2"]})"
          "\n\n"
          R"( {"email":"b@x","organizationids":"o1; o2","identityProviderId":"p","identityProviderPrefix":null,"more":[{}]} )"
          "\r\n"
          R"({"identityproviderprefix":"pre"})"),
      ElementsAre("1:a@x|Ann|Lee|g|-|-|o1 o2 ", "3:b@x||||p|-|o1 o2 ", "4:||||-|pre|-"));
}

TEST(InviteFiles, SayWhatIsWrongWithALineOfJsonAndGoOn) {
  EXPECT_THAT(
      json("{\n[]\n7\n{}{}\n"
           R"({"Email":5})"
           "\n"
           R"({"Email":"a@x","EMAIL":"b@x"})"
           "\n"
           R"({"Email":"a@x","Email":"a@x"})"
           "\n"
           R"({"Email":"a@x","OrganizationIds":7})"
           "\n"
           R"({"Email":"a@x","OrganizationIds":["o",7]})"
           "\n"
           R"({"Email":"a@x"})"),
      ElementsAre(StartsWith("1:!The line is no JSON object: "), "2:!The line is no JSON object.",
                  "3:!The line is no JSON object.", StartsWith("4:!The line is no JSON object: "),
                  "5:!The line has in Email what is no text.", "6:!The line names Email twice.",
                  StartsWith("7:!The line is no JSON object: "),
                  "8:!The line has in OrganizationIds what is no text and no array of texts.",
                  "9:!The line has in OrganizationIds what is no text and no array of texts.", "10:a@x||||-|-|-"));
}

TEST(InviteFiles, WithNothingInThemHaveNoRows) {
  for (const auto* text : {"", "\n", "\r\n \t\n  ", "\xEF\xBB\xBF"}) {
    EXPECT_THAT(csv(text), IsEmpty());
    EXPECT_THAT(json(text), IsEmpty());
  }
  EXPECT_THAT(csv("Email\n\n"), IsEmpty());
}

TEST(InviteFiles, MayHaveLinesThatAreTooLong) {
  const std::string longer(3 * kMaxInviteLine, 'x');
  EXPECT_THAT(rows(Format::kCsv, "Email\na@x\n" + longer + "\nb@x\n", {}, 50'000),
              ElementsAre("2:a@x||||-|-|-", "3:!The line is longer than 64 KiB.", "4:b@x||||-|-|-"));
  EXPECT_THAT(rows(Format::kJsonLines, R"({"Email":")" + longer + "\"}\n" + R"({"Email":"b@x"})", {}, 50'000),
              ElementsAre("1:!The line is longer than 64 KiB.", "2:b@x||||-|-|-"));
  EXPECT_THAT(rows(Format::kJsonLines, std::string(3 * kMaxInviteLine, ' '), {}, 50'000),
              ElementsAre("1:!The line is longer than 64 KiB."));
}

TEST(InviteFiles, AreTheSameHoweverTheyArriveInPieces) {
  std::string text(kHeader);
  for (int i = 0; i < 5000; ++i) {
    text += "p" + std::to_string(i) + "@example.org,\"First, " + std::to_string(i) + "\",,g,,,o;\r\n";
  }
  const auto whole = rows(Format::kCsv, text, {}, text.size());
  ASSERT_EQ(whole.size(), 5000U);
  EXPECT_EQ(whole[4999], "5001:p4999@example.org|First, 4999||g|-|-|o ");
  for (const std::size_t piece : {1U, 1000U, 65'536U, 65'537U}) EXPECT_EQ(rows(Format::kCsv, text, {}, piece), whole);
}

TEST(InviteFiles, LetTheFailureOfTheirSourceThrough) {
  int given = 0;
  const auto broken = [&](std::string& piece) {
    if (++given > 3) throw std::runtime_error("the disk");
    piece.assign(kMaxInviteLine, '\n');
    return true;
  };
  auto file = InviteFile::open(Format::kJsonLines, broken, {});
  InviteJobLine line;
  EXPECT_THROW((*file)->next(line), std::runtime_error);
}

}  // namespace
}  // namespace gatehouse::api::partner
