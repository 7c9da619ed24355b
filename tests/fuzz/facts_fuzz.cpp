// Facts out of the log: what is believed says the same when it is written again.
#include "access/facts.hpp"
#include "fuzz/fuzz.hpp"

using namespace gatehouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto facts = access::decode(fuzz::text_of(data, size));
  if (!facts) {
    fuzz::must(facts.error().code == "facts.malformed", "malformed facts are refused as such");
    return 0;
  }
  const auto bytes = access::encode(*facts);
  const auto again = access::decode(bytes);
  fuzz::must(again.ok() && again->size() == facts->size(), "what is written can be read");
  fuzz::must(access::encode(*again) == bytes, "what is read is what was written");
  return 0;
}
