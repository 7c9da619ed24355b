// The in-memory picture of tree, roles, holdings, connections, clients, tokens and sessions at one revision.
//
// Readers never wait: there are two sides of every index (left-right); readers use the published one, the write lane
// works
// on the other, and publishing swaps them, waits for the readers of the old side to leave, and brings it level. What a
// user holds is one immutable block that both sides share. A check allocates nothing and takes no lock.
//
// Refuses to decide anything by name: rule 1 of the architecture (grants flow down) is here, rule 2 (the ceiling) is
// in policy.hpp.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/facts.hpp"
#include "base/function_ref.hpp"

namespace gatehouse::access {

// What a caller may reach, for lists: `everything`, or trees (the organization and all below it) and single
// organizations.
struct Scope {
  bool everything = false;
  std::vector<OrganizationNo> trees;    // none is below another of them
  std::vector<OrganizationNo> singles;  // none is within one of the trees
  UserNo self;                          // the calling user, visible to itself; 0 for others
};

enum class Via : std::uint8_t { kNothing, kDirect, kConnection, kClient, kApiToken, kSystem };

// Why a subject holds a permission in an organization, or what would have been enough.
struct Explanation {
  bool allowed = false;
  Via via = Via::kNothing;
  RoleNo role;             // the role that carries it (the heaviest such, nearest first)
  OrganizationNo held_at;  // where that role is held: the organization itself or an ancestor
  std::optional<ConnectionId> connection;
  OrganizationNo agency;       // when via a connection
  std::vector<RoleNo> enough;  // when denied: roles that carry the permission, lightest first, at most 5
  // When denied: "subject_unknown", "subject_inactive", "organization_unknown", "not_held", "scope", "outside", "expired".
  std::string_view why_not;
};

// A consistent reading of one side. Lives only inside Graph::read or on the write lane.
class View {
 public:
  struct ClientEntry {
    ClientId id;
    UserNo owner;
    OrganizationNo organization;
    Timestamp expires_at;
    Digest secret;
    PermissionSet allowed;
    std::shared_ptr<const std::vector<std::string>> scopes;  // as given at creation
  };
  struct ApiTokenEntry {
    ApiTokenId id;
    OrganizationNo organization;
    Timestamp expires_at;
    std::uint32_t roleset;
  };
  struct SessionEntry {
    SessionId id;
    UserNo user;
    OrganizationNo active;
    Timestamp expires_at;
  };
  struct RoleEntry {
    RoleId id;
    std::string name;
    std::int32_t weight;
    PermissionSet permissions;
  };

  // Look-ups; nothing when unknown. Pointers live as long as the view.
  [[nodiscard]] OrganizationNo find_organization(const OrganizationId& id) const;
  [[nodiscard]] std::optional<OrganizationId> organization_id(OrganizationNo no) const;
  // What its name is compared by; empty when that or the organization is unknown. Nobody's numbers are as high as
  // organization_numbers_end.
  [[nodiscard]] std::string_view name_key(OrganizationNo no) const;
  [[nodiscard]] std::uint32_t organization_numbers_end() const;
  [[nodiscard]] OrganizationNo parent(OrganizationNo no) const;  // 0 for the platform and the unknown
  [[nodiscard]] OrganizationNo platform() const;
  [[nodiscard]] bool is_within(OrganizationNo no, OrganizationNo ancestor) const;  // itself counts
  [[nodiscard]] int depth(OrganizationNo no) const;  // the platform 0, top-level organizations 1, the unknown -1
  [[nodiscard]] bool has_children(OrganizationNo no) const;
  [[nodiscard]] std::int64_t member_count(OrganizationNo no) const;
  [[nodiscard]] std::int64_t organization_count() const;  // without the platform
  [[nodiscard]] std::int64_t user_count() const;
  [[nodiscard]] UserNo find_user(const UserId& id) const;
  [[nodiscard]] bool user_is_active(UserNo no) const;
  [[nodiscard]] const RoleEntry* role(RoleNo no) const;
  [[nodiscard]] RoleNo find_role(std::string_view name) const;
  [[nodiscard]] RoleNo find_role(const RoleId& id) const;
  [[nodiscard]] std::vector<RoleNo> roles() const;  // heaviest first, then by name
  [[nodiscard]] const ClientEntry* client(const ClientId& id) const;
  [[nodiscard]] const ApiTokenEntry* api_token(const Digest& secret) const;
  [[nodiscard]] const ApiTokenEntry* api_token(const ApiTokenId& id) const;
  [[nodiscard]] const SessionEntry* session(const SessionId& id) const;
  [[nodiscard]] Revision revision() const;

  // What one user holds directly.
  [[nodiscard]] bool is_member(UserNo user, OrganizationNo organization) const;
  [[nodiscard]] std::vector<RoleNo> direct_roles(UserNo user, OrganizationNo organization) const;
  struct Holding {
    OrganizationNo organization;
    bool member;
    std::vector<RoleNo> roles;
  };
  [[nodiscard]] std::vector<Holding> holdings(UserNo user) const;
  struct ConnectionEntry {
    ConnectionId id;
    OrganizationNo customer;
    OrganizationNo agency;
    std::vector<RoleNo> roles;
  };
  [[nodiscard]] std::vector<ConnectionEntry> connections_of_agency(OrganizationNo agency) const;
  [[nodiscard]] std::vector<ConnectionEntry> connections_of_customer(OrganizationNo customer) const;
  // Those of them whose agency the user is a member of: as cheap as their number allows, for the others are not spelled out.
  [[nodiscard]] std::vector<ConnectionEntry> connections_of_member(UserNo user, OrganizationNo customer) const;
  [[nodiscard]] std::size_t connection_count(OrganizationNo customer) const;

  // The decision: does the principal hold the permission in the organization, now? No allocation, no lock, no SQL.
  // Clients: the owner's, narrowed by scopes, within the client's organization. Inactive users, ended sessions (kUser
  // with
  // a session id), expired or gone clients and tokens hold nothing.
  [[nodiscard]] bool allows(const Principal& who, PermissionNo permission, OrganizationNo organization,
                            Timestamp now) const;
  // Everything it holds there, and the weight of the heaviest role it holds there (INT32_MAX for the system,
  // INT32_MIN when it holds none). A client weighs what its owner does, within the client's organization.
  [[nodiscard]] PermissionSet effective(const Principal& who, OrganizationNo organization, Timestamp now) const;
  [[nodiscard]] std::int32_t weight(const Principal& who, OrganizationNo organization, Timestamp now) const;
  [[nodiscard]] Explanation explain(const Principal& who, PermissionNo permission, OrganizationNo organization,
                                    Timestamp now) const;
  // May it know of the organization at all: member, agency member, own organization of a client or token, or holder
  // of organizations.view there.
  [[nodiscard]] bool reaches(const Principal& who, OrganizationNo organization, Timestamp now) const;
  [[nodiscard]] Scope scope(const Principal& who, Timestamp now) const;  // by `reaches`
  [[nodiscard]] Scope scope(const Principal& who, PermissionNo permission,
                            Timestamp now) const;  // where the permission is held

  // The principal as a subject of decisions about others: a user as if signed in, a client, a token. Nothing when
  // unknown.
  [[nodiscard]] std::optional<Principal> subject_user(const UserId& id) const;
  [[nodiscard]] std::optional<Principal> subject_client(const ClientId& id) const;
  [[nodiscard]] std::optional<Principal> subject_api_token(const ApiTokenId& id) const;
  // Does the principal still stand (session there, user active, client or token there and not expired)?
  [[nodiscard]] bool stands(const Principal& who, Timestamp now) const;

 protected:  // only the graph's own sides are views
  View() = default;
  View(const View&) = default;
  View& operator=(const View&) = default;
  ~View() = default;
};

class Graph {
 public:
  explicit Graph(const Permissions& permissions);  // must outlive the graph
  ~Graph();
  Graph(const Graph&) = delete;
  Graph& operator=(const Graph&) = delete;

  // Any thread, wait-free.
  void read(FunctionRef<void(const View&)> use) const;
  [[nodiscard]] Revision revision() const;
  [[nodiscard]] const Permissions& permissions() const;

  // Building, before the first read: facts in any order within a kind, kinds in the order of the Fact variant; but a name
  // may follow its organization at once. Holdings sorted by user are the fast path (streamed into one arena). finish_load
  // publishes.
  void load(const Fact& fact);
  void load_holding(UserNo user, OrganizationNo organization, bool member, const RoleNo* roles, std::size_t count);
  void finish_load(Revision revision);

  // The write lane's side; one thread at a time.
  [[nodiscard]] const View& working() const;  // published facts and every fact applied since
  void apply(const Fact& fact);
  using Mark = std::size_t;
  [[nodiscard]] Mark mark() const;
  void undo_to(Mark mark);          // takes back what was applied after the mark
  void publish(Revision revision);  // readers see everything applied; marks are void

  struct Memory {
    std::size_t bytes;
    std::size_t holdings;
    std::size_t users;
    std::size_t organizations;
  };
  // On the write lane, or when nothing is written.
  [[nodiscard]] Memory memory() const;  // of the holdings, users and organizations with their names, both sides

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gatehouse::access
