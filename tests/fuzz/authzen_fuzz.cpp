// Bodies of the AuthZEN endpoints: single and batch.
#include "fuzz/fuzz.hpp"
#include "protocol/authzen/evaluation.hpp"

using namespace gatehouse;

namespace {

std::size_t length(const authzen::Evaluation& one) {
  return one.subject_type.size() + one.subject_id.size() + one.action.size() + one.resource_type.size() +
         one.resource_id.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = fuzz::text_of(data, size);
  {
    authzen::Document document;
    const auto single = document.read_evaluation(body);
    if (single) fuzz::must(length(*single) <= size, "an evaluation says no more than the body");
  }
  authzen::Document document;
  const auto batch = document.read_evaluations(body);
  if (!batch) return 0;
  fuzz::must(batch->items.size() <= authzen::Document::kMaxEvaluations, "a batch keeps its limit");
  fuzz::must(!batch->single || batch->items.size() == 1, "a single evaluation is one");
  for (const auto& item : batch->items) {
    if (item) fuzz::must(length(*item) <= size, "an evaluation says no more than the body");
  }
  return 0;
}
