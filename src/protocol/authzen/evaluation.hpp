// The wire format of the OpenID AuthZEN Authorization API 1.0: access evaluation and access evaluations (clauses 5 to 7),
// metadata (9). Knows the shapes and the batch's defaults and options; what a decision means is its caller's business.
#pragma once

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/json_writer.hpp"
#include "base/result.hpp"
#include "base/uuid.hpp"

namespace gatehouse::authzen {

// Views into the request's document.
struct Evaluation {
  std::string_view subject_type;
  std::string_view subject_id;
  std::string_view action;
  std::string_view resource_type;
  std::string_view resource_id;
  std::optional<std::int64_t> at_least_revision;  // context.at_least_revision, our extension
};

enum class Semantic : std::uint8_t { kExecuteAll, kDenyOnFirstDeny, kPermitOnFirstPermit };

// A parsed request; the evaluations are views into it.
class Document {
 public:
  static constexpr std::size_t kMaxEvaluations = 1000;

  Document() : arena_(buffer_.data(), buffer_.size()) {}
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  // Clause 6.1. Errors: json.malformed, authzen.invalid with fields.
  Result<Evaluation> read_evaluation(std::string_view body);

  struct Batch {
    bool single = false;  // no evaluations: answers like the single endpoint (7.1)
    Semantic semantic = Semantic::kExecuteAll;
    std::vector<Result<Evaluation>> items;  // a faulty one is answered in its place (7.2.1)
  };
  // Clause 7.1. Errors: as above; kTooLarge authzen.too_many.
  Result<Batch> read_evaluations(std::string_view body);

 private:
  Result<void> parse(std::string_view body);
  std::array<unsigned char, 4096> buffer_;
  boost::json::monotonic_resource arena_;
  boost::json::value root_;
};

// What a decision's `context` tells.
struct Reason {
  std::string_view why_not;  // empty when allowed
  std::string_view via;
  std::string_view role;
  std::optional<Uuid> held_at;
  std::optional<Uuid> connection;
  std::optional<Uuid> agency;
  std::array<std::string_view, 5> enough{};
  std::size_t enough_count = 0;
};
struct Decision {
  bool allowed = false;
  Reason reason;
  std::int64_t revision = 0;
};
struct ItemError {
  int status = 400;
  std::string_view message;
};

void render(const Decision& decision, JsonWriter& out);
void render(const ItemError& error, JsonWriter& out);
// Clause 9; `base` without a trailing slash.
std::string render_metadata(std::string_view base);

}  // namespace gatehouse::authzen
