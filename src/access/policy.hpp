// Policy: the only maker of permits, and the keeper of rule 2, the ceiling.
#pragma once

#include <string>
#include <vector>

#include "access/action.hpp"
#include "access/graph.hpp"
#include "base/clock.hpp"

namespace gatehouse::access {

// What every permit knows. It says "was allowed at `revision`"; the write lane asks again before anything is changed.
class Pass {
 public:
  [[nodiscard]] const Principal& principal() const { return principal_; }
  [[nodiscard]] OrganizationNo organization() const { return organization_; }  // 0 for kPrincipal and kPerson
  [[nodiscard]] Action action() const { return action_; }
  [[nodiscard]] Timestamp now() const { return now_; }  // when it was asked

 private:
  friend class Policy;
  Pass() = default;
  Principal principal_;
  OrganizationNo organization_;
  Action action_{};
  Timestamp now_;
};

template <Action A>
class Permit : public Pass {
 private:
  friend class Policy;
  explicit Permit(const Pass& pass) : Pass(pass) {}
};

class Policy {
 public:
  explicit Policy(const Graph& graph) : graph_(graph) {}

  // At an organization named by the caller. Errors: unauthenticated (the principal no longer stands);
  // organization.not_found when it is unknown or out of reach; access.forbidden, naming the missing permission.
  template <Action A>
  [[nodiscard]] Result<Permit<A>> permit(const Principal& who, const OrganizationId& at, Timestamp now) const {
    auto pass = ask(A, who, at, now);
    if (!pass) return std::move(pass).error();
    return Permit<A>(*pass);
  }
  // For actions on the platform, on oneself, or on what one reaches.
  template <Action A>
  [[nodiscard]] Result<Permit<A>> permit(const Principal& who, Timestamp now) const {
    auto pass = ask(A, who, now);
    if (!pass) return std::move(pass).error();
    return Permit<A>(*pass);
  }
  // At the caller's active organization, for surfaces whose every call acts there; an action that is asked at no
  // organization keeps its own rule. Errors: access.no_active_organization when there is none or it is out of reach by
  // now; else as above.
  template <Action A>
  [[nodiscard]] Result<Permit<A>> permit_at_active(const Principal& who, Timestamp now) const {
    auto pass = ask_at_active(A, who, now);
    if (!pass) return std::move(pass).error();
    return Permit<A>(*pass);
  }
  // In the service's own name: first start, import, maintenance, command line.
  template <Action A>
  [[nodiscard]] Permit<A> system(OrganizationNo at, Timestamp now) const {
    return Permit<A>(as_system(A, at, now));
  }

  // The same question again, while an answer is still being made: against what is published now.
  [[nodiscard]] Result<void> still(const Pass& pass) const;
  // The same question again, inside a unit of work, against the lane's own view.
  static Result<void> again(const View& view, const Permissions& names, const Pass& pass);

  // Inside a unit of work whose effects are at organizations that its input names, or that somebody vouched for earlier: the
  // question at one of them. Errors: as permit, but a refusal of reach is access.out_of_reach (kForbidden).
  template <Action A>
  static Result<Permit<A>> permit_in(const View& view, const Permissions& names, const Principal& who,
                                     OrganizationNo at, Timestamp now) {
    auto pass = ask_in(view, names, A, who, at, now);
    if (!pass) return std::move(pass).error();
    return Permit<A>(*pass);
  }

  // Rule 2. May the holder of `pass` give or take these roles at that organization? Refusals (access.ceiling) name the
  // permissions it lacks or the weight it does not reach.
  static Result<void> may_assign(const View& view, const Permissions& names, const Pass& pass, OrganizationNo at,
                                 const std::vector<RoleNo>& roles);
  // May it edit, move or remove that user at that organization: nothing the user holds there outranks it
  // (access.outranked), nor can the user give while the caller acts for an agency (access.through_agency).
  static Result<void> may_touch(const View& view, const Pass& pass, OrganizationNo at, UserNo target);

  // The same for the whole account: nothing it holds anywhere outranks the caller there.
  static Result<void> may_touch_account(const View& view, const Pass& pass, UserNo target);

  // Nothing that is given outlives the connection by whose roles alone it could be given (decision 16). For acts whose
  // effect lasts: the caller holds the action's permissions at `at`, and may give the roles, by grants of its own.
  // Errors: access.through_agency.
  static Result<void> acts_in_own_right(const View& view, const Pass& pass, OrganizationNo at,
                                        const std::vector<RoleNo>& roles = {});
  // The same for one permission, of whoever it is.
  static bool holds_of_its_own(const View& view, const Principal& who, PermissionNo permission, OrganizationNo at,
                               Timestamp now);
  // The same for what is given to a user, when that is one of the agency's people or is given what lets him give in turn;
  // others may be given what the connection carries. Whoever becomes a member at `at` is given as well what the
  // connections of `at` carry in its customers: that is under the ceiling (access.ceiling).
  // Errors: access.through_agency, access.ceiling.
  static Result<void> may_admit(const View& view, const Permissions& names, const Pass& pass, OrganizationNo at,
                                UserNo target, const std::vector<RoleNo>& roles);
  // All of it, before somebody is let in at `at` with these roles, or is given or loses them there: the ceiling, rank, and
  // what is admitted through connections. Who comes from elsewhere may outrank the caller there: that is not touched.
  static Result<void> may_give(const View& view, const Permissions& names, const Pass& pass, OrganizationNo at,
                               UserNo target, const std::vector<RoleNo>& roles);
  // What the action of the pass needs.
  static PermissionSet needed(const Pass& pass);
  // The part of it that is asked before any role is named.
  static Result<void> may_give_through(const View& view, const Pass& pass, OrganizationNo at, UserNo target,
                                       const std::vector<RoleNo>& roles, const PermissionSet& needed);
  // May these roles be taken from what is no user: an API token. Errors: access.through_agency.
  static Result<void> may_take(const View& view, const Pass& pass, OrganizationNo at, const std::vector<RoleNo>& roles);

  [[nodiscard]] const Graph& graph() const { return graph_; }

 private:
  [[nodiscard]] Result<Pass> ask(Action action, const Principal& who, const OrganizationId& at, Timestamp now) const;
  [[nodiscard]] Result<Pass> ask(Action action, const Principal& who, Timestamp now) const;
  [[nodiscard]] Result<Pass> ask_at_active(Action action, const Principal& who, Timestamp now) const;
  static Result<Pass> ask_in(const View& view, const Permissions& names, Action action, const Principal& who,
                             OrganizationNo at, Timestamp now);
  static Pass as_system(Action action, OrganizationNo at, Timestamp now);
  const Graph& graph_;
};

}  // namespace gatehouse::access
