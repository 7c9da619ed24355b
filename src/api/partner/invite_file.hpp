// A posted file of people to invite, read piece by piece: CSV with a header line, or JSON Lines. Columns and members are
// those of a user in POST /partner/v1/users/invite, in any order and case.
//
// Refuses a header line that names what nobody knows, because a misspelt column would be left out of every row. A malformed
// line is handed out as such, and reading goes on behind it.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/partner/invite_file_text.hpp"
#include "domain/invite_jobs/invite_jobs.hpp"

namespace gatehouse::api::partner {

class InviteFile {
 public:
  enum class Format : std::uint8_t { kCsv, kJsonLines };
  // For rows that name none themselves.
  struct Defaults {
    std::string group;
    std::vector<std::string> organizations;
  };

  // Errors: invite_file.header_invalid.
  static Result<std::unique_ptr<InviteFile>> open(Format format, InviteFileText::Source source, Defaults defaults);
  virtual ~InviteFile() = default;
  InviteFile(const InviteFile&) = delete;
  InviteFile& operator=(const InviteFile&) = delete;

  // The next row, or what is wrong with it. False at the end of the file.
  bool next(domain::InviteJobLine& line);

 protected:
  explicit InviteFile(InviteFileText::Source source) : text_(std::move(source)) {}
  // Once, before the first row.
  virtual Result<void> read_header() { return {}; }
  // Reads one record and goes on behind it; what is wrong with it, or nothing.
  virtual std::string read_record(domain::InvitedPerson& person) = 0;

  InviteFileText text_;

 private:
  Defaults defaults_;
};

}  // namespace gatehouse::api::partner
