#include "protocol/authzen/evaluation.hpp"

#include <gtest/gtest.h>

namespace gatehouse::authzen {
namespace {

constexpr std::string_view kOne =
    R"({"subject":{"type":"user","id":"u","properties":{"x":1}},"action":{"name":"a.view"},"resource":{"type":"organization","id":"o"},)"
    R"("context":{"at_least_revision":7,"time":"now"},"more":[1]})";

std::string fault(std::string_view body) {
  Document document;
  const auto read = document.read_evaluation(body);
  if (read) return "none";
  return read.error().fields.empty() ? std::string(read.error().code) : read.error().fields.front().field;
}

TEST(Evaluation, IsReadFromItsFourParts) {
  Document document;
  const auto read = document.read_evaluation(kOne);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->subject_type, "user");
  EXPECT_EQ(read->subject_id, "u");
  EXPECT_EQ(read->action, "a.view");
  EXPECT_EQ(read->resource_type, "organization");
  EXPECT_EQ(read->resource_id, "o");
  EXPECT_EQ(read->at_least_revision, 7);
}

TEST(Evaluation, NamesTheMemberThatIsFaulty) {
  EXPECT_EQ(fault("{"), "json.malformed");
  EXPECT_EQ(fault("[]"), "authzen.invalid");
  EXPECT_EQ(fault("{}"), "subject");
  EXPECT_EQ(fault(R"({"subject":{"type":"user"}})"), "subject.id");
  EXPECT_EQ(fault(R"({"subject":{"type":"user","id":7}})"), "subject.id");
  EXPECT_EQ(fault(R"({"subject":{"type":"user","id":"u"},"action":{"name":""}})"), "action.name");
  EXPECT_EQ(fault(R"({"subject":{"type":"user","id":"u","properties":1}})"), "subject.properties");
  EXPECT_EQ(
      fault(
          R"({"subject":{"type":"u","id":"u"},"action":{"name":"a"},"resource":{"type":"o","id":"o"},"context":{"at_least_revision":-1}})"),
      "context.at_least_revision");
}

TEST(Evaluations, TakeWhatTheyLackFromTheTop) {
  Document document;
  const auto batch = document.read_evaluations(
      R"({"subject":{"type":"user","id":"u"},"action":{"name":"a.view"},"context":{"at_least_revision":3},)"
      R"("options":{"evaluations_semantic":"deny_on_first_deny"},"evaluations":[)"
      R"({"resource":{"type":"organization","id":"1"}},)"
      R"({"action":{"name":"b.view"},"resource":{"type":"organization","id":"2"},"context":{}},{"resource":7},8]})");
  ASSERT_TRUE(batch.ok());
  EXPECT_EQ(batch->semantic, Semantic::kDenyOnFirstDeny);
  ASSERT_EQ(batch->items.size(), 4U);
  EXPECT_EQ(batch->items[0]->action, "a.view");
  EXPECT_EQ(batch->items[0]->at_least_revision, 3);
  EXPECT_EQ(batch->items[1]->action, "b.view");
  EXPECT_EQ(batch->items[1]->at_least_revision, std::nullopt);
  EXPECT_FALSE(batch->items[2].ok());
  EXPECT_FALSE(batch->items[3].ok());
}

TEST(Evaluations, WithoutAListAreOneEvaluation) {
  for (const std::string list : {"", R"(,"evaluations":[])"}) {
    Document document;
    const auto batch = document.read_evaluations(std::string(kOne.substr(0, kOne.size() - 1)) + list + "}");
    ASSERT_TRUE(batch.ok());
    EXPECT_TRUE(batch->single);
    EXPECT_EQ(batch->items.size(), 1U);
  }
}

TEST(Evaluations, RefuseWhatConcernsTheWholeRequest) {
  Document document;
  EXPECT_FALSE(document.read_evaluations(R"({"evaluations":7})").ok());
  EXPECT_FALSE(document.read_evaluations(R"({"evaluations":[{}],"options":7})").ok());
  EXPECT_FALSE(document.read_evaluations(R"({"evaluations":[{}],"options":{"evaluations_semantic":"some"}})").ok());
  std::string many = R"({"evaluations":[{})";
  for (int i = 0; i < 1000; ++i) many += ",{}";
  const auto refused = document.read_evaluations(many + "]}");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::kTooLarge);
}

TEST(Decision, IsWrittenWithItsReason) {
  Decision denied;
  denied.reason.why_not = "not_held";
  denied.reason.enough[0] = "viewer";
  denied.reason.enough_count = 1;
  denied.revision = 4;
  std::string text;
  JsonWriter out(text);
  render(denied, out);
  EXPECT_EQ(text, R"({"decision":false,"context":{"reason":{"why_not":"not_held","enough":["viewer"]},"revision":4}})");
  text.clear();
  JsonWriter error(text);
  render(ItemError{403, "No."}, error);
  EXPECT_EQ(text, R"({"decision":false,"context":{"error":{"status":403,"message":"No."}}})");
}

}  // namespace
}  // namespace gatehouse::authzen
