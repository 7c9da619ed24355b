#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mail/message.hpp"
#include "mail/templates_test_support.hpp"

namespace gatehouse::mail {
namespace {

using testing::error_of;
using testing::expect_whole;
using testing::holds;
using testing::rendered;
using testing::with;

constexpr std::string_view kTemplate = "invitation_to_join";
constexpr std::string_view kPlatform = "https://id.example.test/gatehouse";
constexpr std::string_view kActivate = "https://id.example.test/gatehouse/invitations/accept#token=gth_invite_abc%2B";
constexpr std::string_view kReject = "https://id.example.test/gatehouse/invitations/reject#token=gth_invite_abc%2B";
constexpr std::string_view kThree = "Acme, Bright Ads, Corner Shop";

Parameters to_join() {
  return {{"inviter_person", "Ana Díaz"},
          {"platform_url", std::string(kPlatform)},
          {"organizations", std::string(kThree)},
          {"organization_count", "3"},
          {"activate_link", std::string(kActivate)},
          {"reject_link", std::string(kReject)},
          {"expires_on", "2026-11-29"},
          {"identity_provider", ""}};
}

Parameters to_join_one() { return with(with(to_join(), "organizations", "Acme"), "organization_count", "1"); }

// A hundred names as long as names may be, of two bytes a letter.
std::string hundred_names() {
  std::string all;
  for (int number = 100; number < 200; ++number) {
    if (!all.empty()) all.append(", ");
    all.append(std::to_string(number));
    for (int letter = 0; letter < 97; ++letter) all.append("ñ");
  }
  return all;
}

std::ptrdiff_t lines_that_are(const std::string& text, std::string_view line) {
  std::istringstream in(text);
  std::ptrdiff_t found = 0;
  for (std::string one; std::getline(in, one);) found += one == line ? 1 : 0;
  return found;
}

// Each link is alone on its line, once.
void expect_links(const Rendered& mail) {
  for (const auto link : {kPlatform, kActivate, kReject}) {
    EXPECT_EQ(lines_that_are(mail.text, link), 1) << mail.text;
    EXPECT_TRUE(holds(mail.html, "<a href=\"" + std::string(link) + "\"")) << link;
  }
  EXPECT_FALSE(holds(mail.subject, "token"));
}

TEST(InvitationsToJoin, SayWhoInvitesIntoWhatAndUntilWhen) {
  const auto english = rendered(kTemplate, "en", to_join());
  expect_whole(english);
  expect_links(english);
  EXPECT_EQ(english.subject, "Ana Díaz invites you to join 3 organizations");
  EXPECT_TRUE(
      holds(english.text, "Ana Díaz invites you to join these 3 organizations:\n\nAcme, Bright Ads, Corner Shop\n\n"));
  EXPECT_TRUE(holds(english.text, "until 2026-11-29."));
  EXPECT_TRUE(holds(english.html, "<bdi>Ana Díaz</bdi> invites you to join these 3 organizations:"));
  EXPECT_TRUE(holds(english.html, "<bdi>Acme, Bright Ads, Corner Shop</bdi>"));
  const auto spanish = rendered(kTemplate, "es", to_join());
  expect_whole(spanish);
  expect_links(spanish);
  EXPECT_EQ(spanish.subject, "Ana Díaz le invita a unirse a 3 organizaciones");
  EXPECT_TRUE(holds(spanish.text, "Ana Díaz le invita a unirse a estas 3 organizaciones:\n\n"));
  EXPECT_TRUE(holds(spanish.html, "<html lang=\"es\">"));
}

TEST(InvitationsToJoin, NameTheOneOrganizationInTheSubject) {
  const auto english = rendered(kTemplate, "en", to_join_one());
  expect_whole(english);
  EXPECT_EQ(english.subject, "Ana Díaz invites you to join Acme");
  EXPECT_TRUE(holds(english.text, "invites you to join this organization:\n\nAcme\n\n"));
  const auto spanish = rendered(kTemplate, "es", to_join_one());
  expect_whole(spanish);
  EXPECT_EQ(spanish.subject, "Ana Díaz le invita a unirse a Acme");
  EXPECT_TRUE(holds(spanish.text, "a unirse a esta organización:\n\nAcme\n\n"));
  const auto ten = rendered(kTemplate, "en", with(to_join(), "organization_count", "10"));
  EXPECT_EQ(ten.subject, "Ana Díaz invites you to join 10 organizations");
}

TEST(InvitationsToJoin, MayComeFromNobodyInParticular) {
  for (const auto* locale : {"en", "es"}) {
    for (const auto& parameters : {to_join(), to_join_one()}) {
      const auto mail = rendered(kTemplate, locale, with(parameters, "inviter_person", ""));
      expect_whole(mail);
      expect_links(mail);
      EXPECT_FALSE(holds(mail.html, "<bdi></bdi>"));
      EXPECT_FALSE(holds(mail.subject, "  ") || mail.subject.starts_with(' ')) << mail.subject;
    }
  }
  const auto one = with(to_join_one(), "inviter_person", "");
  EXPECT_EQ(rendered(kTemplate, "en", one).subject, "You are invited to join Acme");
  EXPECT_EQ(rendered(kTemplate, "es", one).subject, "Invitación para unirse a Acme");
}

TEST(InvitationsToJoin, SayWhereOneWillSignIn) {
  for (const auto* locale : {"en", "es"}) {
    const auto here = rendered(kTemplate, locale, to_join());
    const auto there = rendered(kTemplate, locale, with(to_join(), "identity_provider", "Contoso & Söhne"));
    expect_whole(there);
    expect_links(there);
    EXPECT_TRUE(holds(there.text, "Contoso & Söhne, "));
    EXPECT_TRUE(holds(there.html, "<bdi>Contoso &amp; Söhne</bdi>, "));
    EXPECT_FALSE(holds(here.html, "<bdi></bdi>"));
  }
  const auto here = rendered(kTemplate, "en", to_join());
  EXPECT_TRUE(holds(here.text, "\n\nIf you have no password here yet, the page asks you to choose one.\n\n"));
  EXPECT_FALSE(holds(here.text, "sign in through"));
  const auto there = rendered(kTemplate, "en", with(to_join(), "identity_provider", "Contoso"));
  EXPECT_TRUE(holds(
      there.text,
      "\n\nYou will sign in through Contoso, with the account that you have there. You need no other password.\n\n"));
  EXPECT_FALSE(holds(there.text, "the page asks you to choose one"));
}

TEST(InvitationsToJoin, HoldAHundredLongNamesAndKeepTheSubjectShort) {
  const auto names = hundred_names();
  ASSERT_GT(names.size(), 19'000U);
  const auto parameters = with(with(to_join(), "organizations", names), "organization_count", "100");
  for (const auto* locale : {"en", "es"}) {
    const auto mail = rendered(kTemplate, locale, parameters);
    expect_whole(mail);
    expect_links(mail);
    EXPECT_EQ(lines_that_are(mail.text, names), 1);
    EXPECT_TRUE(holds(mail.html, "<bdi>" + names + "</bdi>"));
    EXPECT_LT(mail.subject.size(), 80U) << mail.subject;

    for (const auto encoding : {TextEncoding::kEightBit, TextEncoding::kQuotedPrintable}) {
      const auto written = write_message({.id = {},
                                          .host = "id.example.test",
                                          .created_at = {},
                                          .from = {"gatehouse@id.example.test"},
                                          .to = {"dana@example.test"},
                                          .subject = mail.subject,
                                          .text = mail.text,
                                          .html = mail.html},
                                         encoding);
      ASSERT_TRUE(written.ok()) << written.error().detail;
      std::istringstream in(*written);
      for (std::string line; std::getline(in, line);) EXPECT_LE(line.size(), 999U) << "RFC 5322 2.1.1";
    }
  }
}

TEST(InvitationsToJoin, TakeNamesAsTextAndNothingElse) {
  const std::vector<std::pair<std::string, std::string>> hostile{
      {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
      {"</bdi></p><a href='https://evil.test'>", "&lt;/bdi&gt;&lt;/p&gt;&lt;a href=&#39;https://evil.test&#39;&gt;"},
      {"\" onclick=\"steal()", "&quot; onclick=&quot;steal()"},
      {"A, B & C &amp; D", "A, B &amp; C &amp;amp; D"},
      {"شركة, חברה", "شركة, חברה"},
      {"{{activate_link}}", "{{activate_link}}"},
      {"{{/organization_count}}{{/identity_provider}}", "{{/organization_count}}{{/identity_provider}}"},
      {"{{#inviter_person}}x{{/inviter_person}}", "{{#inviter_person}}x{{/inviter_person}}"},
  };
  for (const auto* locale : {"en", "es"}) {
    for (const auto& [value, escaped] : hostile) {
      auto parameters = to_join_one();
      for (const auto* name : {"inviter_person", "organizations", "identity_provider"}) parameters[name] = value;
      const auto mail = rendered(kTemplate, locale, parameters);
      EXPECT_TRUE(mail.subject.starts_with(value) && mail.subject.ends_with(value)) << mail.subject;
      EXPECT_EQ(lines_that_are(mail.text, value), 1) << value;
      EXPECT_TRUE(holds(mail.html, "<bdi>" + escaped + "</bdi></p>")) << value;
      EXPECT_FALSE(escaped != value && holds(mail.html, value)) << value;
      expect_links(mail);
      EXPECT_EQ(mail.text.find(kActivate), mail.text.rfind(kActivate));
    }
  }
}

TEST(InvitationsToJoin, RefuseWhatIsMissingEmptyOrNoNumber) {
  for (const auto& [parameter, value] : to_join()) {
    auto fewer = to_join();
    fewer.erase(parameter);
    EXPECT_EQ(error_of(kTemplate, fewer), "The parameter " + parameter + " is missing.");
    const bool may_be_empty = parameter == "inviter_person" || parameter == "identity_provider";
    EXPECT_EQ(error_of(kTemplate, with(to_join(), parameter, "")).empty(), may_be_empty) << parameter;
    for (const auto* bad : {"a\nb", "a\rb", "\x7f", "\xff"})
      EXPECT_EQ(error_of(kTemplate, with(to_join(), parameter, bad)),
                "The parameter " + parameter + " is not one line of UTF-8.");
  }
  for (const auto* bad : {"0", "01", "-1", "1.5", "three", "3 ", "+3"})
    EXPECT_EQ(error_of(kTemplate, with(to_join(), "organization_count", bad)),
              "The parameter organization_count is not a number of things.");
}

}  // namespace
}  // namespace gatehouse::mail
