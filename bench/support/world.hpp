// What the access surface is measured on: an organization of ten thousand members and as many invitations, another of a hundred
// thousand members, and somebody who is admin of each.
#pragma once

#include <cstdint>
#include <string>

#include "support/context.hpp"

namespace gatehouse::bench {

inline constexpr std::uint32_t kWorldListed = 10'000;

struct World {
  std::string data;
  std::string boss;  // access token: admin of what follows, active in the first
  std::string boss_of_many;
  UserId member;          // of the first
  OrganizationId listed;  // kWorldListed members and invitations
  std::uint32_t listed_no = 0;
};

// Made by SQL, in an empty directory.
World make_world(Context& context, const std::string& data);

struct Person {
  UserNo no;
  UserId id;
};
Person make_person(server::Core& core, const std::string& name);
// A top-level organization with one admin.
domain::Organization make_organization(server::Core& core, const Person& owner, const std::string& name);

}  // namespace gatehouse::bench
