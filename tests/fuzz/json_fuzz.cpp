// JSON from strangers, as a value and as a described struct with a member of every shape. The body decoder and the writer
// must agree: what was decoded without a fault is decoded to the same again when it is written.
#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "http/schema.hpp"

using namespace gatehouse;

namespace {

struct Inner {
  std::string name;
  std::optional<std::int64_t> count;
};
void describe(http::Fields<Inner>& f) {
  f.name("Inner");
  f.add<&Inner::name>("name", {.min = 1, .max = 10});
  f.add<&Inner::count>("count", {.min = -5, .max = 1000});
}

struct Outer {
  std::string email;
  std::optional<Uuid> id;
  std::optional<http::Nullable<std::string>> note;
  Timestamp at;
  bool flag = false;
  std::vector<std::string> words;
  std::map<std::string, std::string> attributes;
  http::OneOrMany<Inner> one;
  std::vector<Inner> inner;
};
void describe(http::Fields<Outer>& f) {
  f.name("Outer");
  f.add<&Outer::email>("email", {.format = "email"});
  f.add<&Outer::id>("id");
  f.add<&Outer::note>("note", {.max = 20, .omit_absent = true});
  f.add<&Outer::at>("at");
  f.add<&Outer::flag>("flag", {.alias = "isFlag"});
  f.add<&Outer::words>("words", {.max = 4, .one_of = {"red", "green"}});
  f.add<&Outer::attributes>("attributes");
  f.add<&Outer::one>("one", {.min = 1});
  f.add<&Outer::inner>("inner");
}

// Boost.JSON rounds some numbers with a fraction to the neighbour of the nearest double, so those are compared nearly.
bool alike(const boost::json::value& a, const boost::json::value& b) {
  if (a.kind() != b.kind()) return false;
  if (a.is_double()) return std::abs(a.get_double() - b.get_double()) <= 1e-14 * std::abs(a.get_double());
  if (a.is_array()) {
    const auto& in_a = a.get_array();
    const auto& in_b = b.get_array();
    return std::equal(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(), alike);
  }
  if (!a.is_object()) return a == b;
  const auto& in_a = a.get_object();
  const auto& in_b = b.get_object();
  return in_a.size() == in_b.size() && std::all_of(in_a.begin(), in_a.end(), [&](const auto& member) {
           const auto* other = in_b.if_contains(member.key());
           return other != nullptr && alike(member.value(), *other);
         });
}

std::string written(const Outer& outer) {
  std::string out;
  JsonWriter writer(out);
  http::encode_value(outer, writer);
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = fuzz::text_of(data, size);
  const auto value = json::parse(text);
  if (!value) {
    fuzz::must(value.error().code == "json.malformed", "what is no JSON is refused as such");
    return 0;
  }
  fuzz::must(text::is_utf8(text), "JSON is UTF-8");
  const auto serialized = boost::json::serialize(*value);
  const auto same = json::parse(serialized);
  fuzz::must(same.ok() && alike(*value, *same), "a value that is written is read as the same");

  http::Faults faults;
  Outer outer;
  http::decode_value(http::Rule{}, *value, outer, faults);
  if (!faults.empty()) {
    for (const auto& fault : faults.take()) fuzz::must(!fault.message.empty(), "a fault says what is wrong");
    return 0;
  }
  const auto first = written(outer);
  const auto back = json::parse(first);
  fuzz::must(back.ok(), "the writer writes JSON");
  http::Faults none;
  Outer again;
  http::decode_value(http::Rule{}, *back, again, none);
  fuzz::must(none.empty() && written(again) == first, "what was decoded is decoded again");
  return 0;
}
