#include "server/import_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace gatehouse::server {
namespace {

using domain::ImportKind;
using domain::MembershipRow;
using domain::OrganizationRow;
using domain::UserRow;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImportFiles : public ::testing::Test {
 protected:
  ImportFiles() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse-import-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
    folder = pattern;
  }
  ~ImportFiles() override { std::filesystem::remove_all(folder); }

  Result<std::unique_ptr<ImportReader>> open(const std::string& name, const std::string& text) {
    std::ofstream(folder / name, std::ios::binary) << text;
    return ImportReader::open((folder / name).string());
  }
  // "line:fault" or "line:" and what `tell` makes of the row.
  template <class Row, class Tell>
  std::vector<std::string> rows(const std::string& name, const std::string& text, Tell&& tell) {
    const auto opened = open(name, text);
    if (!opened) return {opened.error().detail};
    std::vector<std::string> all;
    domain::ImportRow row;
    std::optional<std::string> fault;
    while ((*opened)->next(row, fault)) {
      all.push_back(std::to_string(row.line) + ":" + (fault ? "!" + *fault : tell(std::get<Row>(row.content))));
    }
    return all;
  }
  std::vector<std::string> organizations(const std::string& name, const std::string& text) {
    return rows<OrganizationRow>(name, text, [](const OrganizationRow& row) {
      return row.external_key + "<" + row.parent_key.value_or("-") + "<" + row.name.value_or("-");
    });
  }

  std::filesystem::path folder;
};

TEST_F(ImportFiles, AreCsvWithQuotesLineBreaksAndAByteOrderMark) {
  EXPECT_THAT(organizations("organizations.csv",
                            "\xEF\xBB\xBF"
                            "external_key,name,parent_key\r\n"
                            "a,\"A, \"\"the\"\" first\",\r\n"
                            "\r\n"
                            "b,\"two\nlines\",a\r\n"
                            "c,C,b"),
              ElementsAre("2:a<<A, \"the\" first", "4:b<a<two\nlines", "6:c<b<C"));
}

TEST_F(ImportFiles, SayWhichRowOfCsvIsFaultyAndGoOn) {
  EXPECT_THAT(organizations("organizations.csv",
                            "external_key,name\n"
                            "a\n"
                            "b,say \"b\"\n"
                            "c,\"C\"x\n"
                            "d,\xFF\n"
                            "e,E\n"
                            "f,\"never closed\n"
                            "g,G\n"),
              ElementsAre("2:!1 fields, but the header line has 2", "3:!a quote within a field that is not quoted",
                          "4:!text behind a closing quote", "5:!not UTF-8 text", "6:e<-<E",
                          "7:!a quote that is never closed", "8:g<-<G"));
}

TEST_F(ImportFiles, AreJsonLines) {
  const auto tell = [](const MembershipRow& row) {
    std::string text = row.user_key + "@" + row.organization_key;
    for (const auto& role : row.roles.value_or(std::vector<std::string>{"-"})) text += " " + role;
    const auto attributes = row.attributes.value_or(domain::Attributes());
    for (const auto& [key, value] : attributes) text.append(" ").append(key).append("=").append(value);
    return text;
  };
  EXPECT_THAT(rows<MembershipRow>("people.jsonl",
                                  R"({"user_key":"u","organization_key":"o","roles":["a;b","c"]})"
                                  "\n"
                                  R"({"user_key":"u","organization_key":"o","roles":null,"attributes":{"k":"v"}})"
                                  "\n{\n[]\n"
                                  R"({"user_key":"u","organization_key":7})"
                                  "\n"
                                  R"({"user_key":"u","organization_key":"o","colour":"red"})"
                                  "\n"
                                  R"({"user_key":"u","organization_key":"o","email":"x"})",
                                  tell),
              ElementsAre("1:u@o a;b c", "2:u@o - k=v", HasSubstr("3:!"), "4:!not a JSON object",
                          "5:!organization_key must be a text", "6:!the member colour, which nobody knows",
                          "7:!email has no place here"));
}

TEST_F(ImportFiles, AreOfTheKindThatNameOrColumnsTell) {
  const auto kind = [&](const std::string& name, const std::string& text) { return (*open(name, text))->file().kind; };
  EXPECT_EQ(kind("x.csv", "user_key,organization_key\n"), ImportKind::kMemberships);
  EXPECT_EQ(kind("x.csv", "external_key,email\n"), ImportKind::kUsers);
  EXPECT_EQ(kind("x.csv", "external_key,name\n"), ImportKind::kOrganizations);
  EXPECT_EQ(kind("users-of-may.csv", "external_key,display_name\n"), ImportKind::kUsers);
  EXPECT_EQ(kind("memberships.jsonl", ""), ImportKind::kMemberships);
}

TEST_F(ImportFiles, AreRefusedWhenNobodyKnowsTheirColumns) {
  const auto refusal = [&](const std::string& name, const std::string& text) {
    return open(name, text).error().detail;
  };
  EXPECT_THAT(refusal("users.csv", "external_key,emial\n"), HasSubstr("the column emial, which nobody knows"));
  EXPECT_THAT(refusal("users.csv", "external_key,email,email\n"), HasSubstr("email twice"));
  EXPECT_THAT(refusal("users.csv", "external_key,parent_key\n"), HasSubstr("parent_key has no place here"));
  EXPECT_THAT(refusal("users.txt", ""), HasSubstr("neither .csv nor .jsonl"));
}

TEST_F(ImportFiles, GoOnBehindAnyRow) {
  const std::string text = "external_key,name\na,\"A\n\"\nb,B\nc,C\n";
  const auto first = std::move(open("organizations.csv", text)).value();
  domain::ImportRow row;
  std::optional<std::string> fault;
  ASSERT_TRUE(first->next(row, fault));
  const auto position = first->position();
  const auto second = std::move(open("organizations.csv", text)).value();
  second->resume(position);
  ASSERT_TRUE(second->next(row, fault));
  EXPECT_EQ(std::get<OrganizationRow>(row.content).external_key, "b");
  EXPECT_EQ(row.line, 4);
}

TEST_F(ImportFiles, MayBeLongerThanTheirWindow) {
  std::string text = "external_key,name\n";
  for (int i = 0; i < 300'000; ++i)
    text += "key-" + std::to_string(i) + ",\"Organization " + std::to_string(i) + "\"\n";
  text += "long,\"" + std::string(2 * kMaxImportRecord, 'x') + "\"\nlast,Last\n";
  const auto reader = std::move(open("organizations.csv", text)).value();
  domain::ImportRow row;
  std::optional<std::string> fault;
  for (int i = 0; i < 300'000; ++i) {
    ASSERT_TRUE(reader->next(row, fault));
    ASSERT_FALSE(fault);
    ASSERT_EQ(std::get<OrganizationRow>(row.content).external_key, "key-" + std::to_string(i));
  }
  ASSERT_TRUE(reader->next(row, fault));
  EXPECT_TRUE(fault);
  ASSERT_TRUE(reader->next(row, fault));
  EXPECT_EQ(std::get<OrganizationRow>(row.content).name, "Last");
  EXPECT_EQ(row.line, 300'003);
  EXPECT_FALSE(reader->next(row, fault));
}

}  // namespace
}  // namespace gatehouse::server
