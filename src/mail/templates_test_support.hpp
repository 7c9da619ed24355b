// What the tests of the templates ask of every mail.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

#include "mail/templates.hpp"

namespace gatehouse::mail::testing {

inline Parameters with(Parameters parameters, const std::string& name, std::string value) {
  parameters[name] = std::move(value);
  return parameters;
}

inline Rendered rendered(std::string_view name, std::string_view locale, const Parameters& parameters) {
  auto result = render(name, locale, parameters);
  EXPECT_TRUE(result.ok()) << result.error().detail;
  return result.ok() ? *result : Rendered{};
}

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Nothing of the template's own language is left.
inline void expect_whole(const Rendered& mail) {
  for (const auto* text : {&mail.subject, &mail.text, &mail.html}) {
    EXPECT_FALSE(text->empty());
    EXPECT_FALSE(holds(*text, "{{")) << *text;
    EXPECT_FALSE(holds(*text, "}}")) << *text;
    EXPECT_FALSE(holds(*text, "\n\n\n")) << *text;
    EXPECT_FALSE(holds(*text, "\r")) << *text;
  }
  EXPECT_FALSE(holds(mail.subject, "\n"));
  EXPECT_TRUE(mail.text.ends_with("\n"));
  EXPECT_TRUE(mail.html.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(mail.html.ends_with("</html>\n"));
}

inline std::string error_of(std::string_view name, const Parameters& parameters) {
  const auto result = render(name, "en", parameters);
  if (result.ok()) return "";
  EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(result.error().code, "mail.template_invalid");
  return result.error().detail;
}

}  // namespace gatehouse::mail::testing
