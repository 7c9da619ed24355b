// One record of CSV as RFC 4180 has it: commas, fields in double quotes when they hold commas, quotes (doubled) or line
// breaks. Lines end with LF or CRLF. Refuses what readers read differently: a quote within a bare field, text behind a
// closing quote.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::csv {

struct Record {
  std::vector<std::string> fields;  // the first `count` are of this record; kept for their memory
  std::size_t count = 0;
  std::size_t size = 0;    // bytes, its line end included
  std::string_view fault;  // empty: well formed
};

// Reads the record at the beginning of `text`, which holds all of it or more than `max_size` bytes. With a fault, `size`
// means nothing: reading goes on behind the first line end.
void read_record(std::string_view text, std::size_t max_size, Record& record);

}  // namespace gatehouse::csv
