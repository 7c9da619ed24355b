#include "mail/templates.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "base/text.hpp"

namespace gatehouse {
extern const std::pair<std::string_view, std::string_view> kMailTemplates[];
}

namespace gatehouse::mail {
namespace {

struct Declared {
  std::string_view name;
  std::array<std::string_view, 2> values{};  // one of these; any when there are none
  bool may_be_empty = false;
  bool is_count = false;
};

constexpr Declared kRelation{"relation", {"agency", "customer"}};
constexpr auto kInvitation = std::to_array<Declared>({
    {"inviter_company"},
    {"inviter_person", {}, true},
    {"invited_company"},
    kRelation,
    {"link"},
    {"expires_on"},
});
constexpr auto kInvitationAnswered = std::to_array<Declared>({
    {"answer", {"accepted", "rejected"}},
    {"inviter_company"},
    {"invited_company"},
    kRelation,
    {"reader", {"inviter", "invitee"}},
});
constexpr auto kInvitationToJoin = std::to_array<Declared>({
    {"inviter_person", {}, true},
    {"platform_url"},
    {"organizations"},
    {"organization_count", {}, false, true},
    {"activate_link"},
    {"reject_link"},
    {"expires_on"},
    {"identity_provider", {}, true},
});

std::optional<std::span<const Declared>> declared(std::string_view name) {
  if (name == "invitation") return kInvitation;
  if (name == "invitation_answered") return kInvitationAnswered;
  if (name == "invitation_to_join") return kInvitationToJoin;
  return std::nullopt;
}

Error refused(std::string why) { return invalid("mail.template_invalid", std::move(why)); }

// How many of something there are: at least one, in plain digits.
bool is_count(std::string_view value) {
  return value[0] != '0' && std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<void> check(std::string_view name, const Parameters& parameters) {
  const auto asked = declared(name);
  if (!asked) return refused("There is no such template.");
  for (const auto& parameter : *asked) {
    const auto given = parameters.find(parameter.name);
    const std::string what = "The parameter " + std::string(parameter.name);
    if (given == parameters.end()) return refused(what + " is missing.");
    const std::string& value = given->second;
    if (value.empty() && !parameter.may_be_empty) return refused(what + " is empty.");
    const bool one_line = std::all_of(value.begin(), value.end(),
                                      [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
    if (!one_line || !text::is_utf8(value)) return refused(what + " is not one line of UTF-8.");
    const auto& values = parameter.values;
    if (!values[0].empty() && std::find(values.begin(), values.end(), value) == values.end())
      return refused(what + " has a value that is not known.");
    if (parameter.is_count && !is_count(value)) return refused(what + " is not a number of things.");
  }
  return {};
}

// The file's text, or of the default language; nothing when the binary has neither.
std::optional<std::string_view> file_of(std::string_view name, std::string_view locale, std::string_view kind) {
  std::string language = text::ascii_lower(locale.substr(0, locale.find_first_of("-_")));
  for (const auto& candidate : {std::move(language), std::string("en")}) {
    std::string file(name);
    file.append(".").append(candidate).append(".").append(kind);
    for (const auto* entry = kMailTemplates; !entry->first.empty(); ++entry)
      if (entry->first == file) return entry->second;
  }
  return std::nullopt;
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '"': out.append("&quot;"); break;
      case '\'': out.append("&#39;"); break;
      default: out.push_back(c);
    }
  }
}

// {{name}} is the value. {{#name}}…{{/name}} is read when it is not empty, {{^name}}…{{/name}} when it is, and
// {{#name=value}}…{{/name}} when it is that value, {{^name=value}}…{{/name}} when it is another. A section does not hold one of
// its own name. A tag of a section that is alone on its line takes the line with it. What is written is never read again: a
// value that looks like a tag stays as it is.
class Filling {
 public:
  Filling(const Parameters& parameters, bool html) : parameters_(parameters), html_(html) {}

  Result<void> fill(std::string_view block) {
    for (;;) {
      const std::size_t open = block.find("{{");
      out_.append(block.substr(0, open));
      if (open == std::string_view::npos) return {};
      const std::size_t close = block.find("}}", open);
      if (close == std::string_view::npos) return refused("A tag of the template has no end.");
      const std::string_view tag = block.substr(open + 2, close - open - 2);
      block.remove_prefix(close + 2);
      if (tag.starts_with('#') || tag.starts_with('^')) {
        TRY(section(tag, block));
        continue;
      }
      const std::string& value = *TRY(value_of(tag));
      if (html_)
        append_escaped(out_, value);
      else
        out_.append(value);
    }
  }

  std::string take() && { return std::move(out_); }

 private:
  Result<const std::string*> value_of(std::string_view name) const {
    const auto found = parameters_.find(name);
    if (found == parameters_.end()) return refused("The template names a parameter that is missing.");
    return &found->second;
  }

  // `rest` is what follows the opening tag, and afterwards what follows the closing one.
  Result<void> section(std::string_view tag, std::string_view& rest) {
    const std::size_t equals = tag.find('=');
    const std::string_view name = tag.substr(1, equals == std::string_view::npos ? equals : equals - 1);
    const std::string end = "{{/" + std::string(name) + "}}";
    const std::size_t close = rest.find(end);
    if (close == std::string_view::npos) return refused("A section of the template has no end.");
    std::string_view inner = rest.substr(0, close);
    const bool begins_line = out_.empty() || out_.back() == '\n';
    if (begins_line && inner.starts_with('\n')) inner.remove_prefix(1);
    rest.remove_prefix(close + end.size());
    if ((inner.empty() || inner.back() == '\n') && rest.starts_with('\n')) rest.remove_prefix(1);

    const std::string& value = *TRY(value_of(name));
    const bool holds = equals == std::string_view::npos ? !value.empty() : value == tag.substr(equals + 1);
    return holds == (tag[0] == '#') ? fill(inner) : Result<void>();
  }

  const Parameters& parameters_;
  const bool html_;
  std::string out_;
};

Result<std::string> filled(std::string_view text, const Parameters& parameters, bool html) {
  Filling filling(parameters, html);
  TRY(filling.fill(text));
  return std::move(filling).take();
}

}  // namespace

Result<Rendered> render(std::string_view name, std::string_view locale, const Parameters& parameters) {
  TRY(check(name, parameters));
  constexpr std::string_view kSubject = "Subject: ";
  const auto text = file_of(name, locale, "txt");
  const auto html = file_of(name, locale, "html");
  const std::size_t head = text ? text->find("\n\n") : std::string_view::npos;
  if (!html || head == std::string_view::npos || !text->starts_with(kSubject))
    return refused("The template is not whole.");
  Rendered rendered;
  rendered.subject = TRY(filled(text->substr(kSubject.size(), head - kSubject.size()), parameters, false));
  rendered.text = TRY(filled(text->substr(head + 2), parameters, false));
  rendered.html = TRY(filled(*html, parameters, true));
  return rendered;
}

}  // namespace gatehouse::mail
