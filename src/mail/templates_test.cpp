#include <set>
#include <vector>

#include "mail/templates_test_support.hpp"

namespace gatehouse::mail {
namespace {

using testing::error_of;
using testing::expect_whole;
using testing::holds;
using testing::rendered;
using testing::with;

constexpr std::string_view kLink = "https://id.example.test/invitations/accept?a=1&b=2#token=gth_inv_abc%2B";

Parameters invitation() {
  return {{"inviter_company", "Acme"}, {"inviter_person", "Ana Díaz"}, {"invited_company", "Bright Ads"},
          {"relation", "agency"},      {"link", std::string(kLink)},   {"expires_on", "2026-11-29"}};
}

Parameters answered(std::string answer, std::string relation, std::string reader) {
  return {{"answer", std::move(answer)},
          {"inviter_company", "Acme"},
          {"invited_company", "Bright Ads"},
          {"relation", std::move(relation)},
          {"reader", std::move(reader)}};
}

TEST(Invitations, SayWhoInvitesWhomToWhatAndUntilWhen) {
  const auto english = rendered("invitation", "en", invitation());
  expect_whole(english);
  EXPECT_EQ(english.subject, "Acme invites Bright Ads to be its agency");
  EXPECT_TRUE(holds(english.text, "Ana Díaz of Acme invites Bright Ads to be the agency of Acme.\n"));
  EXPECT_TRUE(holds(english.text, "until 2026-11-29."));
  EXPECT_TRUE(holds(english.html, "<bdi>Ana Díaz</bdi> of <bdi>Acme</bdi> invites"));
  const auto spanish = rendered("invitation", "es", invitation());
  expect_whole(spanish);
  EXPECT_EQ(spanish.subject, "Acme invita a Bright Ads a ser su agencia");
  EXPECT_TRUE(holds(spanish.text, "Ana Díaz, de Acme, invita a Bright Ads a ser la agencia de Acme.\n"));
  EXPECT_TRUE(holds(spanish.html, "<html lang=\"es\">"));
}

TEST(Invitations, SayWhatTheInvitedCompanyBecomes) {
  for (const auto* locale : {"en", "es"}) {
    const auto agency = rendered("invitation", locale, invitation());
    const auto customer = rendered("invitation", locale, with(invitation(), "relation", "customer"));
    expect_whole(customer);
    EXPECT_NE(agency.subject, customer.subject);
    EXPECT_NE(agency.text, customer.text);
    EXPECT_NE(agency.html, customer.html);
  }
  const auto customer = rendered("invitation", "en", with(invitation(), "relation", "customer"));
  EXPECT_TRUE(holds(customer.text, "invites Bright Ads to be a customer of Acme."));
  EXPECT_TRUE(holds(customer.text, "Acme can work with the data of Bright Ads as its agency"));
  EXPECT_FALSE(holds(customer.text, "to be the agency of"));
}

TEST(Invitations, MayComeFromNobodyInParticular) {
  for (const auto* locale : {"en", "es"}) {
    const auto mail = rendered("invitation", locale, with(invitation(), "inviter_person", ""));
    expect_whole(mail);
    EXPECT_FALSE(holds(mail.html, "<bdi></bdi>"));
  }
  const auto mail = rendered("invitation", "en", with(invitation(), "inviter_person", ""));
  EXPECT_TRUE(holds(mail.text, "\nAcme invites Bright Ads"));
}

TEST(Invitations, CarryTheLinkUnalteredAndAloneOnItsLine) {
  for (const auto* locale : {"en", "es"}) {
    const auto mail = rendered("invitation", locale, invitation());
    EXPECT_TRUE(holds(mail.text, "\n\n" + std::string(kLink) + "\n\n"));
    EXPECT_TRUE(
        holds(mail.html, "href=\"https://id.example.test/invitations/accept?a=1&amp;b=2#token=gth_inv_abc%2B\""));
    EXPECT_FALSE(holds(mail.html, "&b=2"));
    EXPECT_FALSE(holds(mail.subject, "token"));
  }
}

TEST(Answers, DifferByAnswerRelationAndReader) {
  for (const auto* locale : {"en", "es"}) {
    std::vector<std::string> texts;
    for (const auto* answer : {"accepted", "rejected"}) {
      for (const auto* relation : {"agency", "customer"}) {
        for (const auto* reader : {"inviter", "invitee"}) {
          const auto mail = rendered("invitation_answered", locale, answered(answer, relation, reader));
          expect_whole(mail);
          EXPECT_TRUE(holds(mail.text, "Acme"));
          EXPECT_TRUE(holds(mail.text, "Bright Ads"));
          texts.push_back(mail.text);
        }
      }
    }
    // An invitation that was declined makes no difference between agency and customer; everything else does.
    EXPECT_EQ(std::set<std::string>(texts.begin(), texts.end()).size(), 6U);
  }
  const auto accepted = rendered("invitation_answered", "en", answered("accepted", "customer", "inviter"));
  EXPECT_EQ(accepted.subject, "Acme and Bright Ads are connected");
  EXPECT_TRUE(holds(accepted.text, "Acme is now an agency of Bright Ads"));
  const auto rejected = rendered("invitation_answered", "es", answered("rejected", "agency", "invitee"));
  EXPECT_EQ(rejected.subject, "La invitación de Acme a Bright Ads ha sido rechazada");
  EXPECT_TRUE(holds(rejected.text, "La invitación de Acme a su empresa, Bright Ads, ha sido rechazada."));
}

TEST(Locales, ThatAreUnknownReadEnglish) {
  const auto english = rendered("invitation", "en", invitation());
  for (const auto* locale : {"", "de", "EN", "en-GB", "../es", "es.txt", "\xff", "españa"})
    EXPECT_EQ(rendered("invitation", locale, invitation()).text, english.text) << locale;
  const auto spanish = rendered("invitation", "es", invitation());
  for (const auto* locale : {"es-MX", "es_ES", "ES"})
    EXPECT_EQ(rendered("invitation", locale, invitation()).text, spanish.text) << locale;
}

TEST(Values, AreTextAndNothingElse) {
  const std::vector<std::pair<std::string, std::string>> hostile{
      {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
      {"\" onclick=\"steal()", "&quot; onclick=&quot;steal()"},
      {"A & B &amp; C", "A &amp; B &amp;amp; C"},
      {"</bdi></p><a href='https://evil.test'>", "&lt;/bdi&gt;&lt;/p&gt;&lt;a href=&#39;https://evil.test&#39;&gt;"},
      {"חברה טובה", "חברה טובה"},
      {"شركة", "شركة"},
      {"{{link}}", "{{link}}"},
      {"{{#inviter_person}}x{{/inviter_person}}", "{{#inviter_person}}x{{/inviter_person}}"},
      {"{{/relation}}", "{{/relation}}"},
      {"}}{{", "}}{{"},
      {"100% $1 \\0 %s", "100% $1 \\0 %s"},
  };
  for (const auto* locale : {"en", "es"}) {
    for (const auto& [value, escaped] : hostile) {
      auto parameters = invitation();
      for (const auto* name : {"inviter_company", "inviter_person", "invited_company"}) parameters[name] = value;
      const auto mail = rendered("invitation", locale, parameters);
      EXPECT_TRUE(holds(mail.subject, value)) << value;
      EXPECT_TRUE(holds(mail.text, value)) << value;
      EXPECT_TRUE(holds(mail.html, "<bdi>" + escaped + "</bdi>")) << value;
      EXPECT_FALSE(escaped != value && holds(mail.html, value)) << value;
      // The link stands where it always does and nowhere else.
      EXPECT_EQ(mail.text.find(kLink), mail.text.rfind(kLink));
    }
  }
  const auto attribute = rendered("invitation", "en", with(invitation(), "link", "https://x.test/\"onmouseover='x'"));
  EXPECT_TRUE(holds(attribute.html, "href=\"https://x.test/&quot;onmouseover=&#39;x&#39;\""));
}

TEST(Parameters, ThatAreMissingEmptyOrUnknownAreRefused) {
  const std::vector<std::pair<std::string, Parameters>> templates{
      {"invitation", invitation()},
      {"invitation_answered", answered("accepted", "agency", "inviter")},
  };
  for (const auto& [name, parameters] : templates) {
    for (const auto& [parameter, value] : parameters) {
      auto fewer = parameters;
      fewer.erase(parameter);
      EXPECT_EQ(error_of(name, fewer), "The parameter " + parameter + " is missing.");
      const auto none = error_of(name, with(parameters, parameter, ""));
      EXPECT_EQ(none.empty(), parameter == "inviter_person") << parameter;
      for (const auto* bad : {"a\nb", "a\rb", "a\tb", "\x7f", "\xff"})
        EXPECT_EQ(error_of(name, with(parameters, parameter, bad)),
                  "The parameter " + parameter + " is not one line of UTF-8.");
    }
  }
  EXPECT_NE(error_of("invitation", with(invitation(), "relation", "friend")), "");
  EXPECT_NE(error_of("invitation_answered", answered("maybe", "agency", "inviter")), "");
  EXPECT_NE(error_of("invitation_answered", answered("accepted", "agency", "nobody")), "");
}

TEST(Templates, ThatAreUnknownAreRefused) {
  for (const auto* name : {"", "invitation.en", "Invitation", "../invitation", "invitation.en.txt"})
    EXPECT_EQ(error_of(name, invitation()), "There is no such template.") << name;
}

}  // namespace
}  // namespace gatehouse::mail
