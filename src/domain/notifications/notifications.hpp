// Notifications: what an organization is told of changes that concern it together with another one. Each is written in
// the unit of its change and points to that change's revision. Refuses to say more than both sides know.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/changes/ledger.hpp"

namespace gatehouse::domain {

using InvitationId = Id<struct InvitationNoun>;
using NotificationId = Id<struct NotificationNoun>;

inline constexpr std::int64_t kMaxListedNotifications = 1000;  // of an organization; older ones are forgotten

struct Notification {
  NotificationId id;
  std::string event;  // "invitation.sent", "invitation.accepted", …, "connection.ended"
  std::optional<InvitationId> invitation;
  std::optional<ConnectionId> connection;
  std::string company_name;  // of the other side
  Timestamp created_at;
};

struct NewNotification {
  std::string_view event;
  std::optional<InvitationId> invitation;
  std::optional<ConnectionId> connection;
  std::string_view company_name;
};

class Notifications {
 public:
  explicit Notifications(Ledger& ledger) : ledger_(ledger) {}

  // The newest kMaxListedNotifications, newest first.
  [[nodiscard]] std::vector<Notification> list(const access::Permit<access::Action::kNotificationList>& permit) const;

  // In the unit that recorded `revision`.
  static void tell(Unit& unit, OrganizationNo organization, Revision revision, const NewNotification& what);
  static void organization_removed(Unit& unit, OrganizationNo organization);

 private:
  Ledger& ledger_;
};

}  // namespace gatehouse::domain
