// One side of the graph: every index of it, at one revision. Changed only by Changes, each of which gives one thing
// its new
// state and answers with the change that takes it back: so undo, and bringing the other side level, need no code of
// their own.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "access/graph.hpp"
#include "access/name_block.hpp"
#include "access/tables.hpp"
#include "access/user_block.hpp"

namespace gatehouse::access {

inline constexpr int kMaxSteps = 256;  // of a walk up the tree, so that a cycle in a broken store cannot hang a check
inline constexpr std::int32_t kWeightless = INT32_MIN;

struct Connection {
  ConnectionId id;
  OrganizationNo customer;
  OrganizationNo agency;
  std::uint32_t roleset = 0;
};
struct StoredApiToken {
  ApiTokenId id;
  View::ApiTokenEntry entry;
  Digest secret;
};

struct SetOrganization {
  OrganizationNo no;
  bool there = false;
  OrganizationId id;
  OrganizationNo parent;
};
struct SetUser {
  UserNo no;
  const UserBlock* block = nullptr;
};
struct SetRole {
  RoleNo no;
  std::optional<View::RoleEntry> entry;
};
struct SetConnection {
  ConnectionId id;
  std::optional<Connection> entry;
};
struct SetClient {
  ClientId id;
  std::optional<View::ClientEntry> entry;
};
struct SetApiToken {
  ApiTokenId id;
  std::optional<StoredApiToken> entry;
};
struct SetSession {
  SessionId id;
  std::optional<View::SessionEntry> entry;
};
struct SetName {
  OrganizationNo no;
  const NameBlock* block = nullptr;
};
using Change =
    std::variant<SetOrganization, SetUser, SetRole, SetConnection, SetClient, SetApiToken, SetSession, SetName>;

class Side final : public View {
 public:
  static const Side& of(const View& view) { return static_cast<const Side&>(view); }

  // The writer's.
  Change exchange(const Change& change);
  void add_roleset(const std::vector<RoleNo>& roles);  // gets the next index
  void set_revision(Revision revision) { revision_ = revision; }
  void shrink();
  [[nodiscard]] std::size_t roleset_count() const { return rolesets_.size(); }
  [[nodiscard]] const std::vector<RoleNo>& roles_of(std::uint32_t roleset) const { return rolesets_[roleset].roles; }
  [[nodiscard]] std::size_t user_bytes() const;
  [[nodiscard]] std::size_t organization_bytes() const;
  [[nodiscard]] const std::vector<const UserBlock*>& users() const { return users_; }
  [[nodiscard]] const std::vector<const NameBlock*>& names() const { return names_; }
  // While loading, a block may be replaced by one of the same user at another place without further ado.
  void replace_block(UserNo no, const UserBlock* block) { users_[no.value] = block; }
  void count_members(const UserBlock* before, const UserBlock* after);

 private:
  friend class View;
  friend struct Decision;

  static constexpr std::uint32_t kAbsent = UINT32_MAX;
  struct Node {  // the hot eight bytes of an organization
    std::uint32_t parent = kAbsent;
    std::uint32_t incoming = 0;  // index in incoming_, 0 for none
  };
  struct Counts {
    std::uint32_t children = 0;
    std::uint32_t members = 0;
  };
  struct Roleset {
    std::vector<RoleNo> roles;  // sorted by number
    std::int32_t weight = kWeightless;
  };
  struct OrganizationIdOf {
    const std::vector<OrganizationId>& ids;
    const OrganizationId& operator()(std::uint32_t no) const { return ids[no]; }
  };
  struct UserIdOf {
    const std::vector<const UserBlock*>& users;
    const UserId& operator()(std::uint32_t no) const { return users[no]->id; }
  };
  struct TokenOfDigest {
    struct Key : Digest {
      [[nodiscard]] bool is_nil() const { return static_cast<const Digest&>(*this) == Digest{}; }
      [[nodiscard]] std::uint64_t hash() const;
    };
    Key id;
    ApiTokenId token;
  };

  [[nodiscard]] bool there(OrganizationNo no) const {
    return no.value < nodes_.size() && nodes_[no.value].parent != kAbsent;
  }
  [[nodiscard]] const UserBlock* block(UserNo no) const {
    return no.value < users_.size() ? users_[no.value] : nullptr;
  }
  // The organization and its ancestors, nearest first, as long as they are there: calls `use(no)` until it returns
  // false.
  template <class Use>
  void walk_up(OrganizationNo from, Use&& use) const {
    auto no = from.value;
    for (int step = 0; step < kMaxSteps && no != 0 && no < nodes_.size() && nodes_[no].parent != kAbsent; ++step) {
      if (!use(OrganizationNo{no})) return;
      no = nodes_[no].parent;
    }
  }
  [[nodiscard]] const std::vector<Connection>& incoming(OrganizationNo customer) const {
    return incoming_[nodes_[customer.value].incoming];
  }

  [[nodiscard]] std::vector<RoleNo> roles_there(std::uint32_t roleset) const;
  [[nodiscard]] std::vector<ConnectionEntry> spelled_out(const std::vector<Connection>& connections) const;

  Change set(const SetOrganization& change);
  Change set(const SetUser& change);
  Change set(const SetRole& change);
  Change set(const SetConnection& change);
  Change set(const SetClient& change);
  Change set(const SetApiToken& change);
  Change set(const SetSession& change);
  Change set(const SetName& change);
  void unlink(const Connection& connection);
  void link(const Connection& connection);
  void recompute(std::uint32_t roleset);
  void find_platform();

  Revision revision_ = 0;
  OrganizationNo platform_;
  std::size_t organizations_there_ = 0;
  std::vector<Node> nodes_;
  std::vector<Counts> counts_;
  std::vector<OrganizationId> organization_ids_;
  NumberTable<OrganizationIdOf> organizations_by_id_;
  std::vector<const NameBlock*> names_;  // of organizations; shorter than nodes_ when the last ones have none

  std::vector<const UserBlock*> users_;
  NumberTable<UserIdOf> users_by_id_;

  std::vector<std::optional<RoleEntry>> roles_;
  std::vector<PermissionSet> roleset_permissions_{PermissionSet{}};  // hot: by roleset; 0 is the empty one
  std::vector<Roleset> rolesets_{Roleset{}};

  IdMap<Connection> connections_;
  std::vector<std::vector<Connection>> incoming_{{}};                    // into a customer, by id
  std::unordered_map<std::uint32_t, std::vector<Connection>> outgoing_;  // of an agency, by id

  IdMap<ClientEntry> clients_;
  IdMap<StoredApiToken> api_tokens_;
  IdMap<TokenOfDigest> api_tokens_by_secret_;
  IdMap<SessionEntry> sessions_;
};

}  // namespace gatehouse::access
