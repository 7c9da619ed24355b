// The OpenAPI document's words for methods and for who may call.
#pragma once

#include <string_view>

#include "access/policy.hpp"
#include "http/message.hpp"

namespace gatehouse::http {

inline std::string_view method_key(Method method) {
  switch (method) {
    case Method::kPost: return "post";
    case Method::kPut: return "put";
    case Method::kPatch: return "patch";
    case Method::kDelete: return "delete";
    default: return "get";
  }
}

inline std::string_view needs_word(access::Needs needs) {
  switch (needs) {
    case access::Needs::kPermission: return "organization";
    case access::Needs::kReach: return "organization";
    case access::Needs::kPlatform: return "platform";
    case access::Needs::kPrincipal: return "principal";
    case access::Needs::kPerson: return "person";
  }
  return "principal";
}

}  // namespace gatehouse::http
