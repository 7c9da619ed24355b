#include "http/aspnet_problem.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/json.hpp"

namespace gatehouse::http {
namespace {

// The answer to the error, at `proposed` as its status.
Response answer(const Error& error, int proposed = 200) {
  const Request request;
  Response response;
  response.status = proposed;
  Call call{request, response, {}, "the-trace", {}, {}, {}};
  aspnet_dialect().render(error, call, response);
  return response;
}

TEST(AspNetProblem, NamesTheSectionThatDefinesTheStatus) {
  const Response response = answer(not_found("user.not_found", "There is no such user."));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.content_type, "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"https://tools.ietf.org/html/rfc9110#section-15.5.5","title":"Not Found","status":404,)"
            R"("detail":"There is no such user.","traceId":"the-trace"})");
  EXPECT_NE(
      answer(invalid("x", "No."), 405).body.find("section-15.5.6\",\"title\":\"Method Not Allowed\",\"status\":405"),
      std::string::npos);
}

TEST(AspNetProblem, GivesEveryKindItsUsualStatus) {
  const std::pair<ErrorKind, int> kinds[] = {
      {ErrorKind::kInvalid, 400},   {ErrorKind::kUnauthenticated, 401},  {ErrorKind::kForbidden, 403},
      {ErrorKind::kNotFound, 404},  {ErrorKind::kConflict, 409},         {ErrorKind::kPreconditionFailed, 412},
      {ErrorKind::kTooLarge, 413},  {ErrorKind::kUnsupportedMedia, 415}, {ErrorKind::kUnprocessable, 422},
      {ErrorKind::kThrottled, 429}, {ErrorKind::kInternal, 500},         {ErrorKind::kUnavailable, 503}};
  for (const auto& [kind, status] : kinds) {
    const Response response = answer({kind, "x", "No."});
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(response.body.find("about:blank"), std::string::npos) << status;
    EXPECT_TRUE(json::parse(response.body)) << response.body;
  }
}

TEST(AspNetProblem, KeysFaultsByTheMemberAsThatHabitWritesIt) {
  Error error = invalid("request.invalid", "The request is not valid.");
  error.fields = {{"users[3].groupId", "must be a UUID"},
                  {"organizationIds", "is required"},
                  {"users[3].groupId", "is unknown"},
                  {"", "must be an object"},
                  {"[2].e-mail", "is taken"}};
  const std::string body = answer(error).body;
  EXPECT_NE(body.find(R"("title":"One or more validation errors occurred.")"), std::string::npos) << body;
  EXPECT_NE(
      body.find(R"("errors":{"Users[3].GroupId":["must be a UUID","is unknown"],"OrganizationIds":["is required"],)"
                R"("$":["must be an object"],"[2].E-mail":["is taken"]})"),
      std::string::npos)
      << body;
}

TEST(AspNetProblem, DescribesItself) {
  const auto schema = json::parse(aspnet_dialect().error_schema());
  ASSERT_TRUE(schema);
  EXPECT_TRUE(schema->as_object().at("properties").as_object().contains("errors"));
}

}  // namespace
}  // namespace gatehouse::http
