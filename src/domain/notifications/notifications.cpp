#include "domain/notifications/notifications.hpp"

#include "domain/notifications/notification_store.hpp"

namespace gatehouse::domain {

std::vector<Notification> Notifications::list(const access::Permit<access::Action::kNotificationList>& permit) const {
  std::vector<Notification> found;
  ledger_.read(
      [&](sql::Tx& tx) { found = notification_store::newest(tx, permit.organization(), kMaxListedNotifications); });
  return found;
}

void Notifications::tell(Unit& unit, OrganizationNo organization, Revision revision, const NewNotification& what) {
  notification_store::insert(unit.tx(), organization, NotificationId::make(unit.now(), unit.random()), revision, what,
                             unit.now());
  notification_store::trim(unit.tx(), organization, kMaxListedNotifications);
}

void Notifications::organization_removed(Unit& unit, OrganizationNo organization) {
  notification_store::erase(unit.tx(), organization);
}

}  // namespace gatehouse::domain
