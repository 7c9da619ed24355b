#include "api/partner/invite_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <optional>

#include "base/json.hpp"
#include "base/text.hpp"
#include "protocol/csv/record.hpp"

namespace gatehouse::api::partner {
namespace {

using domain::InvitedPerson;

enum class Column : std::uint8_t {
  kEmail,
  kFirstName,
  kLastName,
  kGroup,
  kIdentityProvider,
  kIdentityProviderPrefix,
  kOrganizations,
};
constexpr std::array<std::string_view, 7> kNames{
    "Email", "FirstName", "LastName", "GroupId", "IdentityProviderId", "IdentityProviderPrefix", "OrganizationIds"};
constexpr std::string_view kKnown =
    "Email, FirstName, LastName, GroupId, IdentityProviderId, IdentityProviderPrefix, OrganizationIds";
constexpr std::string_view kTooLong = "is longer than 64 KiB";
constexpr std::string_view kNotUtf8 = "is not UTF-8 text";
constexpr std::size_t kMaxTold = 10;  // unknown columns

std::string_view name(Column column) { return kNames[static_cast<std::size_t>(column)]; }

std::optional<Column> find_column(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (text::equal_ignoring_ascii_case(kNames[i], name)) return static_cast<Column>(i);
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

// Ids are separated by semicolons or blanks.
std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> ids;
  while (true) {
    const auto begin = text.find_first_not_of("; \t\r\n");
    if (begin == std::string_view::npos) return ids;
    text.remove_prefix(begin);
    const auto id = text.substr(0, text.find_first_of("; \t\r\n"));
    ids.emplace_back(id);
    text.remove_prefix(id.size());
  }
}

std::optional<std::string> unless_empty(std::string_view text) {
  return text.empty() ? std::nullopt : std::optional(std::string(text));
}

// What is empty says nothing.
void set(InvitedPerson& person, Column column, std::string_view text) {
  switch (column) {
    case Column::kEmail: person.email = text; break;
    case Column::kFirstName: person.first_name = text; break;
    case Column::kLastName: person.last_name = text; break;
    case Column::kGroup: person.group = text; break;
    case Column::kIdentityProvider: person.identity_provider = unless_empty(text); break;
    case Column::kIdentityProviderPrefix: person.identity_provider_prefix = unless_empty(text); break;
    case Column::kOrganizations: person.organizations = split(text); break;
  }
}

class CsvFile final : public InviteFile {
 public:
  explicit CsvFile(InviteFileText::Source source) : InviteFile(std::move(source)) {}

 private:
  static Error header_invalid(std::string why) {
    return invalid_field("invite_file.header_invalid", "header", "The header line " + std::move(why) + ".");
  }

  Result<void> read_header() override {
    if (!text_.skip_blank_lines()) return {};  // an empty file: no rows
    if (const auto fault = read_fields(); !fault.empty()) return header_invalid(fault);
    std::string unknown;
    std::size_t told = 0;
    for (std::size_t i = 0; i < record_.count; ++i) {
      const auto column = find_column(trimmed(record_.fields[i]));
      if (!column) {
        if (++told <= kMaxTold) unknown += fmt::format("{}\"{:.60}\"", told == 1 ? "" : ", ", record_.fields[i]);
        continue;
      }
      if (std::find(columns_.begin(), columns_.end(), *column) != columns_.end()) {
        return header_invalid(fmt::format("names {} twice", name(*column)));
      }
      columns_.push_back(*column);
    }
    if (told > 0) return header_invalid(fmt::format("names {}, which nobody knows; known are {}", unknown, kKnown));
    if (std::find(columns_.begin(), columns_.end(), Column::kEmail) == columns_.end()) {
      return header_invalid("does not name Email");
    }
    return {};
  }

  std::string read_record(InvitedPerson& person) override {
    if (auto fault = read_fields(); !fault.empty()) return fault;
    const auto both = std::min(record_.count, columns_.size());
    for (std::size_t i = 0; i < both; ++i) set(person, columns_[i], trimmed(record_.fields[i]));
    if (record_.count == columns_.size()) return {};
    return fmt::format("has {} fields, but the header line has {}", record_.count, columns_.size());
  }

  std::string read_fields() {
    csv::read_record(text_.window(), kMaxInviteLine, record_);
    if (!record_.fault.empty()) {
      text_.skip_line();
      return record_.fault == "too long" ? std::string(kTooLong) : "has " + std::string(record_.fault);
    }
    text_.consume(record_.size);
    for (std::size_t i = 0; i < record_.count; ++i) {
      if (!text::is_utf8(record_.fields[i])) return std::string(kNotUtf8);
      if (record_.fields[i].find('\0') != std::string::npos) return "has a NUL character";
    }
    return {};
  }

  csv::Record record_;
  std::vector<Column> columns_;
};

class JsonLinesFile final : public InviteFile {
 public:
  explicit JsonLinesFile(InviteFileText::Source source) : InviteFile(std::move(source)) {}

 private:
  std::string read_record(InvitedPerson& person) override {
    const auto window = text_.window();
    const auto end = window.find('\n');
    const auto size = end == std::string_view::npos ? window.size() : end + 1;
    if (size > kMaxInviteLine) {
      text_.skip_line();
      return std::string(kTooLong);
    }
    auto fault = read_object(window.substr(0, size), person);
    text_.consume(size);
    return fault;
  }

  std::string read_object(std::string_view line, InvitedPerson& person) {
    boost::json::monotonic_resource arena(arena_.data(), arena_.size());
    const auto parsed = json::parse(line, {.max_depth = 32, .max_bytes = kMaxInviteLine}, &arena);
    if (!parsed) return "is no JSON object: " + reason_of(parsed.error());
    if (!parsed->is_object()) return "is no JSON object";
    std::array<bool, kNames.size()> given{};
    for (const auto& [key, value] : parsed->get_object()) {
      const auto column = find_column(key);
      if (!column) continue;
      if (std::exchange(given[static_cast<std::size_t>(*column)], true)) {
        return fmt::format("names {} twice", name(*column));
      }
      if (!set_member(person, *column, value)) {
        return fmt::format("has in {} what is no text{}", name(*column),
                           *column == Column::kOrganizations ? " and no array of texts" : "");
      }
    }
    return {};
  }

  // Without the beginning and the end of the sentence.
  static std::string reason_of(const Error& error) {
    auto reason = error.detail.substr(error.detail.find(": ") + 2);
    if (reason.ends_with('.')) reason.pop_back();
    return reason;
  }

  static bool set_member(InvitedPerson& person, Column column, const boost::json::value& value) {
    if (value.is_null()) return true;
    if (const auto* text = value.if_string()) {
      set(person, column, *text);
      return true;
    }
    if (column != Column::kOrganizations || !value.is_array()) return false;
    auto& ids = person.organizations.emplace();
    for (const auto& id : value.get_array()) {
      if (!id.is_string()) return false;
      ids.emplace_back(std::string_view(id.get_string()));
    }
    return true;
  }

  std::array<unsigned char, 4096> arena_{};
};

}  // namespace

Result<std::unique_ptr<InviteFile>> InviteFile::open(Format format, InviteFileText::Source source, Defaults defaults) {
  std::unique_ptr<InviteFile> file;
  if (format == Format::kCsv) {
    file = std::make_unique<CsvFile>(std::move(source));
  } else {
    file = std::make_unique<JsonLinesFile>(std::move(source));
  }
  file->defaults_ = std::move(defaults);
  TRY(file->read_header());
  return file;
}

bool InviteFile::next(domain::InviteJobLine& line) {
  if (!text_.skip_blank_lines()) return false;
  line.line = text_.line();
  line.person = {};
  auto fault = read_record(line.person);
  line.fault = fault.empty() ? std::string() : "The line " + std::move(fault) + ".";
  auto& person = line.person;
  if (person.group.empty()) person.group = defaults_.group;
  if (!person.organizations || person.organizations->empty()) {
    person.organizations.reset();
    if (!defaults_.organizations.empty()) person.organizations = defaults_.organizations;
  }
  return true;
}

}  // namespace gatehouse::api::partner
