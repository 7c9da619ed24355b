// Names and addresses of people, in any script: what they are compared by. A key of a key is the same key, whatever was
// typed, and everything that is kept is UTF-8.
#include "base/look_alike.hpp"
#include "base/precis.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz.hpp"

using namespace gatehouse;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 1024) return 0;
  const auto name = fuzz::text_of(data, size);

  const auto user_name = text::username_case_mapped(name);
  if (user_name) {
    fuzz::must(text::is_utf8(name) && text::is_utf8(*user_name) && !user_name->empty(), "a user name is UTF-8");
    fuzz::must(text::is_printable(*user_name), "a user name can be shown");
    fuzz::must(text::username_case_mapped(*user_name) == user_name, "a mapped user name is mapped to itself");
    fuzz::must(text::composed(*user_name) == *user_name, "a user name is in NFC");
    fuzz::must(!text::look_alike(name, *user_name), "a name is no look-alike of itself");
  }

  const auto key = text::name_key(name);
  fuzz::must(text::is_utf8(key) && text::name_key(key) == key, "a key of a name has itself as a key");

  const auto look = text::skeleton(name);
  fuzz::must(text::is_utf8(look) && text::skeleton(look) == look, "a skeleton of a skeleton is itself");

  const auto sight = text::sight(name);
  fuzz::must(text::is_utf8(sight) && text::skeleton(sight) == sight,
             "what a name looks like as it was typed is a skeleton");

  const auto email = text::email_key(name);
  fuzz::must(text::is_utf8(email) && text::email_key(email) == email, "a key of an address has itself as a key");
  fuzz::must(text::is_utf8(name) || (key.empty() && look.empty() && sight.empty() && email.empty()),
             "what is not UTF-8 has no key");
  static_cast<void>(text::is_email(name));

  // The first half against the second: it does not matter which of two names is asked about.
  const auto a = name.substr(0, size / 2);
  const auto b = name.substr(size / 2);
  const bool alike = text::look_alike(a, b);
  fuzz::must(alike == text::look_alike(b, a), "likeness has no direction");
  const auto is_of_b = [&](const std::string& one) { return one == text::skeleton(b) || one == text::sight(b); };
  fuzz::must(!alike || is_of_b(text::skeleton(a)) || is_of_b(text::sight(a)), "names that look alike share a look");
  return 0;
}
