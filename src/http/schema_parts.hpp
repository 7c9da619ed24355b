// The parts of described structs that no template needs: what a member must be, what was wrong with it, and the loops over
// members. schema.hpp puts them together.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/json_writer.hpp"
#include "base/uuid.hpp"

namespace gatehouse::http {

enum class In : std::uint8_t {
  kBody,
  kQuery,
  kPath,
  kEither,  // the query or, where that does not have it, the body; for one value
};

// What a member must be. Lengths are Unicode code points, counts of items, or values, as the type has it.
struct Rule {
  In in = In::kBody;
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::string_view doc{};
  std::string_view fallback{};             // default of a query parameter, as text
  std::vector<std::string_view> one_of{};  // allowed words of a string
  std::string_view alias{};                // another accepted name of the member
  std::string_view format{};               // OpenAPI format; "email" is checked
  bool omit_absent = false;                // an absent optional is left out of answers instead of null
  bool required = false;                   // demanded although its type could be absent
};

enum class Shape : std::uint8_t { kString, kUuid, kTime, kInteger, kBoolean, kObject, kArray, kMap, kOneOrMany };

struct Schema;

struct TypeInfo {
  Shape shape = Shape::kString;
  bool nullable = false;
  bool may_be_absent = false;
  const Schema& (*object)() = nullptr;  // kObject
  const TypeInfo* element = nullptr;    // kArray, kOneOrMany, kMap
};

// Collects the faults of one input, each with the path of its member; knows whether names of members mind the case.
class Faults {
 public:
  explicit Faults(bool ignore_case = false) : ignore_case_(ignore_case) {}
  [[nodiscard]] bool ignore_case() const { return ignore_case_; }
  void add(std::string_view message);
  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::vector<FieldError> take() { return std::move(list_); }

  // Path bookkeeping: "admins[2].name".
  class Step {
   public:
    Step(Faults& faults, std::string_view member);
    Step(Faults& faults, std::size_t index);
    ~Step() { faults_.path_.resize(length_); }
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Faults& faults_;
    std::size_t length_;
  };

 private:
  const bool ignore_case_;
  std::string path_;
  std::vector<FieldError> list_;
};

struct FieldInfo {
  std::string_view name;
  Rule rule;
  const TypeInfo* type = nullptr;
  bool required = false;
  void (*decode)(const FieldInfo& field, const boost::json::value& in, void* object, Faults& faults) = nullptr;
  void (*encode)(const void* object, JsonWriter& out) = nullptr;
  bool (*absent)(const void* object) = nullptr;

  [[nodiscard]] bool in_body() const { return rule.in == In::kBody || rule.in == In::kEither; }
  [[nodiscard]] bool in_query() const { return rule.in == In::kQuery || rule.in == In::kEither; }
};

struct Schema {
  std::string_view name;
  std::vector<FieldInfo> fields;
  [[nodiscard]] bool has(In in) const;
  [[nodiscard]] bool may_have_body() const { return has(In::kBody) || has(In::kEither); }
};

void decode_string(const Rule& rule, const boost::json::value& in, std::string& out, Faults& faults);
void decode_integer(const Rule& rule, const boost::json::value& in, std::int64_t& out, Faults& faults);
void decode_boolean(const boost::json::value& in, bool& out, Faults& faults);
bool decode_uuid(const boost::json::value& in, Uuid& out, Faults& faults);
void decode_time(const boost::json::value& in, Timestamp& out, Faults& faults);
// The members of a map, `what` it must be; one whose name is faulty is left out.
std::vector<const boost::json::key_value_pair*> decode_map(const Rule& rule, std::string_view what,
                                                           const boost::json::value& in, Faults& faults);
// Leaves alone what `given` names: it has come from elsewhere.
void decode_members(const Schema& schema, const boost::json::value& in, void* object, Faults& faults,
                    const std::vector<const FieldInfo*>& given = {});
const boost::json::array* decode_array(const Rule& rule, const boost::json::value& in, Faults& faults);
void encode_members(const Schema& schema, const void* object, JsonWriter& out);
void encode_uuid(const Uuid& id, JsonWriter& out);
void encode_time(Timestamp at, JsonWriter& out);
// Query and path text as the JSON value it would be, so that one set of checks serves both.
boost::json::value text_value(Shape shape, std::string_view text);

}  // namespace gatehouse::http
