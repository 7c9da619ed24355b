// The schemas of an OpenAPI 3.1 document, from the described structs. Those that were asked for by name are kept, and written
// at its end.
#pragma once

#include <set>
#include <string_view>

#include "base/json_writer.hpp"
#include "http/schema.hpp"

namespace gatehouse::http {

class SchemaWriter {
 public:
  explicit SchemaWriter(JsonWriter& out) : out_(out) {}

  // What a member of that type and rule may be; `answer`: in an answer.
  void of_type(const TypeInfo& type, const Rule& rule, bool answer);
  void reference(const Schema& schema);
  // The members of `components.schemas` for everything that was referred to.
  void components();

 private:
  void details(const TypeInfo& type, const Rule& rule, bool answer);
  void limits(std::string_view least, std::string_view most, const Rule& rule);
  void object(const Schema& schema);

  JsonWriter& out_;
  std::set<const Schema*> wanted_;
};

}  // namespace gatehouse::http
