// The lists of a directory that are measured: by every filter, with as many rows on their first page whatever its size.
#pragma once

#include "support/people.hpp"

namespace gatehouse::bench {

struct DirectoryList {
  std::string name;
  std::string path;
  std::int64_t total;
  std::size_t rows;  // of the first page
};

DirectoryList list_of_identity_manager(std::string name, const std::string& filter, std::int64_t total);
DirectoryList list_of_partner(std::string name, const std::string& filter, std::int64_t total);
std::vector<DirectoryList> directory_lists(const People& people);

}  // namespace gatehouse::bench
