#include "api/identity_manager/wire.hpp"

#include <gtest/gtest.h>

namespace gatehouse::api::identity_manager {
namespace {

std::string renamed(std::string field, std::string_view password = "password") {
  return in_wire_words(Result<void>(invalid_field("x.invalid", std::move(field), "is wrong")), password)
      .error()
      .fields.at(0)
      .field;
}

TEST(IdentityManagerWireWords, ThePathOfAMemberIsTheSurfaces) {
  EXPECT_EQ(renamed("email"), "email");
  EXPECT_EQ(renamed("user_name"), "userName");
  EXPECT_EQ(renamed("identification_type_id"), "identificationTypeId");
  EXPECT_EQ(renamed("role_ids[12]"), "roleIds[12]");
}

TEST(IdentityManagerWireWords, ThePasswordIsCalledWhatTheRequestCallsIt) {
  EXPECT_EQ(renamed("password"), "password");
  EXPECT_EQ(renamed("password", "newPassword"), "newPassword");
  EXPECT_EQ(renamed("user_name", "newPassword"), "userName");
}

TEST(IdentityManagerWireWords, AMessageToldAloneNamesItsMember) {
  EXPECT_EQ(fault("userId", "is required").detail, "userId is required.");
  EXPECT_EQ(in_wire_words(invalid_field("x.invalid", "first_name", "is wrong")).detail, "firstName is wrong.");
  Error own = invalid_field("x.invalid", "first_name", "is wrong");
  own.detail = "A sentence of its own.";
  EXPECT_EQ(in_wire_words(own).detail, "A sentence of its own.");
  EXPECT_EQ(in_wire_words(conflict("x.taken", "Taken already.")).detail, "Taken already.");
}

TEST(IdentityManagerWireWords, WhatIsNoRefusalPasses) {
  EXPECT_EQ(in_wire_words(Result<int>(7)).value(), 7);
  EXPECT_TRUE(in_wire_words(Result<void>()).ok());
}

TEST(IdentityManagerWireWords, APageIsCountedFromOne) {
  const auto first = paging_of(PageQuery{});
  EXPECT_EQ(first.skip, 0);
  EXPECT_EQ(first.limit, 100);
  EXPECT_EQ(paging_of(PageQuery{3, 7}).skip, 14);
}

}  // namespace
}  // namespace gatehouse::api::identity_manager
