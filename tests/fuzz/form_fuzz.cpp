// The body of the token endpoint (application/x-www-form-urlencoded).
#include "base/text.hpp"
#include "fuzz/fuzz.hpp"
#include "protocol/oauth/form.hpp"

using namespace gatehouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto body = fuzz::text_of(data, size);
  const auto decoded = oauth::form_decode(body);
  fuzz::must(!decoded || decoded->size() <= size, "decoding makes nothing longer");
  const auto form = oauth::Form::parse(body);
  if (!form) {
    fuzz::must(form.error().kind == ErrorKind::kInvalid, "a broken form is an invalid request");
    return 0;
  }
  for (const auto name : {"grant_type", "scope", "client_id", "refresh_token", ""}) {
    const auto value = form->find(name);
    fuzz::must(!value || (!value->empty() && text::is_utf8(*value)), "a value is UTF-8 and not empty");
  }
  return 0;
}
