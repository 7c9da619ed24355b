#include "domain/notifications/notification_store.hpp"

namespace gatehouse::domain::notification_store {

void insert(sql::Tx& tx, OrganizationNo organization, const NotificationId& id, Revision revision,
            const NewNotification& what, Timestamp now) {
  tx.execute(
      "INSERT INTO notifications (organization_no, id, revision, event, invitation_id, connection_id, company_name, "
      "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {organization.value, id, revision, what.event, what.invitation, what.connection, what.company_name, now});
}

std::vector<Notification> newest(sql::Tx& tx, OrganizationNo organization, std::int64_t limit) {
  std::vector<Notification> found;
  tx.each(
      "SELECT id, event, invitation_id, connection_id, company_name, created_at FROM notifications "
      "WHERE organization_no = $1 ORDER BY id DESC LIMIT $2",
      {organization.value, limit}, [&](const sql::Row& row) {
        Notification one;
        one.id = row.id<NotificationId>(0);
        one.event = row.text(1);
        if (!row.is_null(2)) one.invitation = row.id<InvitationId>(2);
        if (!row.is_null(3)) one.connection = row.id<ConnectionId>(3);
        one.company_name = row.text(4);
        one.created_at = row.time(5);
        found.push_back(std::move(one));
        return true;
      });
  return found;
}

void trim(sql::Tx& tx, OrganizationNo organization, std::int64_t keep) {
  tx.execute(
      "DELETE FROM notifications WHERE organization_no = $1 AND id <= (SELECT id FROM notifications "
      "WHERE organization_no = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)",
      {organization.value, keep});
}

void erase(sql::Tx& tx, OrganizationNo organization) {
  tx.execute("DELETE FROM notifications WHERE organization_no = $1", {organization.value});
}

}  // namespace gatehouse::domain::notification_store
