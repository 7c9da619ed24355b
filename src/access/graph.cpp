#include "access/graph.hpp"

#include <algorithm>
#include <stdexcept>

#include "access/left_right.hpp"
#include "access/rolesets.hpp"
#include "access/side.hpp"

namespace gatehouse::access {

struct Graph::Impl {
  explicit Impl(const Permissions& known) : permissions(known) {}
  ~Impl() {
    for (const auto* block : sides.working().users()) blocks.free(block);
    for (const auto* block : sides.working().names()) names.free(block);
    for (const auto& step : log) free_replaced(step.back);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  // One step of the writer: what was changed, and what takes it back.
  struct Step {
    Change change;
    Change back;
  };

  const Permissions& permissions;
  LeftRight<Side> sides;
  std::atomic<Revision> revision{0};
  UserBlocks blocks;
  NameBlocks names;
  Rolesets rolesets;
  std::vector<Step> log;  // since the last publishing
  bool loading = true;

  // While loading: blocks of users whose holdings have not come yet, and the user whose holdings are being streamed.
  std::optional<UserBlocks> bare{std::in_place};
  UserNo open_user;
  std::vector<BlockEntry> open_entries;
  bool open_sorted = true;

  void free_replaced(const Change& back) {
    if (const auto* user = std::get_if<SetUser>(&back)) blocks.free(user->block);
    if (const auto* name = std::get_if<SetName>(&back)) names.free(name->block);
  }
  void set(Change change) {
    auto back = sides.working().exchange(change);
    if (loading) {
      free_replaced(back);
    } else {
      log.push_back({std::move(change), std::move(back)});
    }
  }
  std::uint32_t roleset(std::span<const RoleNo> roles) {
    bool made = false;
    const auto index = rolesets.intern(roles, made);
    if (made) sides.working().add_roleset(rolesets.last());
    return index;
  }
  const UserBlock* block(UserNo no) const {
    const auto& users = sides.working().users();
    return no.value < users.size() ? users[no.value] : nullptr;
  }

  void take(const OrganizationFact& fact) {
    if (fact.no) set(SetOrganization{fact.no, true, fact.id, fact.parent});
  }
  void take(const OrganizationGone& fact) {
    if (!fact.no) return;
    set(SetOrganization{fact.no, false, {}, {}});
    if (fact.no.value < sides.working().names().size()) set(SetName{fact.no, nullptr});
  }
  void take(const UserFact& fact);
  void take(const UserGone& fact) {
    if (block(fact.no) != nullptr) set(SetUser{fact.no, nullptr});
  }
  void take(const RoleFact& fact);
  void take(const RoleGone& fact) {
    if (fact.no) set(SetRole{fact.no, {}});
  }
  void take(const HoldingFact& fact) { hold(fact.user, fact.organization, fact.member, fact.roles); }
  void hold(UserNo user, OrganizationNo organization, bool member, std::span<const RoleNo> roles);
  void take(const ConnectionFact& fact) {
    if (!fact.customer || !fact.agency) return;
    set(SetConnection{fact.id, Connection{fact.id, fact.customer, fact.agency, roleset(fact.roles)}});
  }
  void take(const ConnectionGone& fact) { set(SetConnection{fact.id, {}}); }
  void take(const ClientFact& fact) {
    set(SetClient{fact.id, View::ClientEntry{fact.id, fact.owner, fact.organization, fact.expires_at, fact.secret,
                                             permissions.allowed_by(fact.scopes),
                                             std::make_shared<const std::vector<std::string>>(fact.scopes)}});
  }
  void take(const ClientGone& fact) { set(SetClient{fact.id, {}}); }
  void take(const ApiTokenFact& fact) {
    const View::ApiTokenEntry entry{fact.id, fact.organization, fact.expires_at, roleset(fact.roles)};
    set(SetApiToken{fact.id, StoredApiToken{fact.id, entry, fact.secret}});
  }
  void take(const ApiTokenGone& fact) { set(SetApiToken{fact.id, {}}); }
  void take(const SessionFact& fact) {
    set(SetSession{fact.id, View::SessionEntry{fact.id, fact.user, fact.active, fact.expires_at}});
  }
  void take(const SessionGone& fact) { set(SetSession{fact.id, {}}); }
  void take(const OrganizationNameFact& fact) {
    if (!sides.working().organization_id(fact.no)) return;
    set(SetName{fact.no, loading ? names.make_in_arena(fact.key) : names.make(fact.key)});
  }

  void stream(UserNo user, OrganizationNo organization, std::uint32_t bits);
  void close_stream();
  void finish_load(Revision at);
  void undo_to(Mark mark);
  void publish(Revision at);
};

void Graph::Impl::take(const UserFact& fact) {
  if (!fact.no) return;
  const auto* before = block(fact.no);
  const auto held = before == nullptr ? std::span<const BlockEntry>() : std::span(before->begin(), before->end());
  const bool is_bare = loading && held.empty();
  set(SetUser{fact.no,
              is_bare ? bare->make_in_arena(fact.id, fact.active, {}) : blocks.make(fact.id, fact.active, held)});
}

void Graph::Impl::take(const RoleFact& fact) {
  if (!fact.no) return;
  View::RoleEntry entry{fact.id, fact.name, fact.weight, {}};
  for (const auto& name : fact.permissions) {
    if (const auto known = permissions.find(name)) entry.permissions.insert(*known);
  }
  set(SetRole{fact.no, std::move(entry)});
}

// The user's block with that one entry put in its place, or left out when nothing is held.
void Graph::Impl::hold(UserNo user, OrganizationNo organization, bool member, std::span<const RoleNo> roles) {
  const auto* before = block(user);
  if (before == nullptr || !organization) return;
  const BlockEntry entry{organization.value, (member ? BlockEntry::kMember : 0) | roleset(roles)};
  std::vector<BlockEntry> entries;
  entries.reserve(before->count() + 1);
  const auto* at =
      std::lower_bound(before->begin(), before->end(), entry,
                       [](const BlockEntry& a, const BlockEntry& b) { return a.organization < b.organization; });
  entries.assign(before->begin(), at);
  if (entry.bits != 0) entries.push_back(entry);
  if (at != before->end() && at->organization == entry.organization) ++at;
  entries.insert(entries.end(), at, before->end());
  set(SetUser{user, blocks.make(before->id, before->active(), entries)});
}

void Graph::Impl::stream(UserNo user, OrganizationNo organization, std::uint32_t bits) {
  if (user != open_user) {
    close_stream();
    open_user = user;
  }
  open_sorted = open_sorted && (open_entries.empty() || open_entries.back().organization < organization.value);
  open_entries.push_back({organization.value, bits});
}

// The streamed holdings become the user's block. Streamed before already (input not sorted by user): both together,
// later ones win.
void Graph::Impl::close_stream() {
  const auto* before = block(open_user);
  if (before != nullptr && !open_entries.empty()) {
    if (before->count() != 0) {
      open_entries.insert(open_entries.begin(), before->begin(), before->end());
      open_sorted = false;
    }
    if (!open_sorted) {
      std::stable_sort(open_entries.begin(), open_entries.end(),
                       [](const BlockEntry& a, const BlockEntry& b) { return a.organization < b.organization; });
      const auto same = [](const BlockEntry& a, const BlockEntry& b) { return a.organization == b.organization; };
      // Of equals the last: uniqueness from the back.
      open_entries.erase(open_entries.begin(), std::unique(open_entries.rbegin(), open_entries.rend(), same).base());
    }
    std::erase_if(open_entries, [](const BlockEntry& entry) { return entry.bits == 0; });
    const auto* made = blocks.make_in_arena(before->id, before->active(), open_entries);
    auto& side = sides.working();
    side.count_members(before, made);
    side.replace_block(open_user, made);
    blocks.free(before);
  }
  open_user = {};
  open_entries.clear();
  open_sorted = true;
}

void Graph::Impl::finish_load(Revision at) {
  close_stream();
  auto& side = sides.working();
  const auto& users = side.users();
  for (std::uint32_t no = 0; no < users.size(); ++no) {
    if (users[no] == nullptr || users[no]->count() != 0) continue;
    side.replace_block({no}, blocks.make_in_arena(users[no]->id, users[no]->active(), {}));
  }
  bare.reset();
  open_entries = {};
  side.shrink();
  side.set_revision(at);
  loading = false;
  sides.swap();
  revision.store(at, std::memory_order_release);
  sides.working() = side;
}

void Graph::Impl::undo_to(Mark mark) {
  while (log.size() > mark) {
    const auto& step = log.back();
    sides.working().exchange(step.back);
    free_replaced(step.change);  // nobody else has seen it
    log.pop_back();
  }
}

void Graph::Impl::publish(Revision at) {
  auto& done = sides.working();
  done.set_revision(at);
  sides.swap();
  revision.store(at, std::memory_order_release);
  auto& behind = sides.working();
  while (behind.roleset_count() < done.roleset_count()) {
    behind.add_roleset(done.roles_of(static_cast<std::uint32_t>(behind.roleset_count())));
  }
  for (const auto& step : log) behind.exchange(step.change);
  behind.set_revision(at);
  for (const auto& step : log) free_replaced(step.back);
  log.clear();
}

Graph::Graph(const Permissions& permissions) : impl_(std::make_unique<Impl>(permissions)) {}
Graph::~Graph() = default;

void Graph::read(FunctionRef<void(const View&)> use) const { impl_->sides.read(use); }
Revision Graph::revision() const { return impl_->revision.load(std::memory_order_acquire); }
const Permissions& Graph::permissions() const { return impl_->permissions; }

void Graph::load(const Fact& fact) {
  if (!impl_->loading) throw std::logic_error("graph: load after finish_load");
  if (const auto* holding = std::get_if<HoldingFact>(&fact)) {
    return load_holding(holding->user, holding->organization, holding->member, holding->roles.data(),
                        holding->roles.size());
  }
  impl_->close_stream();
  std::visit([this](const auto& one) { impl_->take(one); }, fact);
}

void Graph::load_holding(UserNo user, OrganizationNo organization, bool member, const RoleNo* roles,
                         std::size_t count) {
  if (!impl_->loading) throw std::logic_error("graph: load after finish_load");
  if (!organization) return;
  impl_->stream(user, organization, (member ? BlockEntry::kMember : 0) | impl_->roleset({roles, count}));
}

void Graph::finish_load(Revision revision) { impl_->finish_load(revision); }

const View& Graph::working() const { return impl_->sides.working(); }

void Graph::apply(const Fact& fact) {
  if (impl_->loading) throw std::logic_error("graph: apply before finish_load");
  std::visit([this](const auto& one) { impl_->take(one); }, fact);
}

Graph::Mark Graph::mark() const { return impl_->log.size(); }
void Graph::undo_to(Mark mark) { impl_->undo_to(mark); }
void Graph::publish(Revision revision) { impl_->publish(revision); }

Graph::Memory Graph::memory() const {
  Memory memory{};
  const auto& sides = impl_->sides;
  memory.holdings = impl_->blocks.bytes();
  memory.users = sides.working().user_bytes() + sides.published().user_bytes();
  memory.organizations =
      sides.working().organization_bytes() + sides.published().organization_bytes() + impl_->names.bytes();
  memory.bytes = memory.holdings + memory.users + memory.organizations;
  return memory;
}

}  // namespace gatehouse::access
