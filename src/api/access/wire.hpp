// What every file of this surface uses: the SuccessResponse (A23), roles by category, the words for who may call.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "domain/roles/role_edit.hpp"
#include "http/endpoint.hpp"

namespace gatehouse::api::access_api {

using http::Action;
using http::Anyone;
using http::Call;
using http::Method;
using http::Nothing;
using http::Permit;
using http::Stream;
using http::Work;

// Items of a streamed list that are asked for at a time.
inline constexpr std::size_t kBatch = 500;

template <class T>
struct Success {
  std::string status = "success";
  std::string message = "OK";
  T data;
};
template <class T>
void describe(http::Fields<Success<T>>& f) {
  static const std::string name = "SuccessResponse" + std::string(http::schema_of<T>().name);
  f.name(name);
  f.template add<&Success<T>::status>("status", {.one_of = {"success"}});
  f.template add<&Success<T>::message>("message", {.one_of = {"OK"}});
  f.template add<&Success<T>::data>("data");
}
template <class T>
Success<T> success(T data) {
  return {.data = std::move(data)};
}

struct PlainSuccess {
  std::string status = "success";
  std::string message = "OK";
};
inline void describe(http::Fields<PlainSuccess>& f) {
  f.name("SuccessResponse");
  f.add<&PlainSuccess::status>("status", {.one_of = {"success"}});
  f.add<&PlainSuccess::message>("message", {.one_of = {"OK"}});
}

// The next batch of a list. A caller who has lost the right meanwhile gets a broken answer, never a short whole one.
template <class T>
T next_batch(Result<T> batch) {
  if (!batch) throw std::runtime_error(batch.error().detail);
  return *std::move(batch);
}

// What is no id names nothing.
template <class IdType>
IdType id_in_path(const Call& call, std::string_view name) {
  return IdType::parse(call.path_parameter(name)).value_or(IdType());
}

}  // namespace gatehouse::api::access_api
