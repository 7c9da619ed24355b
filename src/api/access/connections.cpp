#include "api/access/connections.hpp"

#include "api/access/roles.hpp"
#include "api/access/wire.hpp"

namespace gatehouse::api::access_api {
namespace {

struct ConnectionView {
  ConnectionId connection_id;
  std::optional<domain::InvitationId> invitation_id;
  std::string side;
  OrganizationId company_id;
  std::string company_name;
  std::vector<std::string> roles;
  Timestamp created_at;
};
void describe(http::Fields<ConnectionView>& f) {
  f.name("Connection");
  f.add<&ConnectionView::connection_id>("connection_id");
  f.add<&ConnectionView::invitation_id>("invitation_id");
  f.add<&ConnectionView::side>("side", {.doc = "What your organization is in it.", .one_of = {"customer", "agency"}});
  f.add<&ConnectionView::company_id>("company_id", {.doc = "The other organization."});
  f.add<&ConnectionView::company_name>("company_name");
  f.add<&ConnectionView::roles>("roles", {.doc = "What the agency's users hold in the customer."});
  f.add<&ConnectionView::created_at>("created_at");
}

struct ClientView {
  Uuid id;
  OrganizationId company_id;
  std::string company_name;
  std::optional<ConnectionId> connection_id;
  std::string status;
  Timestamp created_at;
};
void describe(http::Fields<ClientView>& f) {
  f.name("AgencyClient");
  f.add<&ClientView::id>("id");
  f.add<&ClientView::company_id>("company_id");
  f.add<&ClientView::company_name>("company_name");
  f.add<&ClientView::connection_id>("connection_id");
  f.add<&ClientView::status>("status", {.one_of = {"active", "ended"}});
  f.add<&ClientView::created_at>("created_at");
}

struct NotificationView {
  domain::NotificationId id;
  std::string event;
  std::optional<domain::InvitationId> invitation_id;
  std::optional<ConnectionId> connection_id;
  std::string company_name;
  std::optional<std::string> status;
  Timestamp created_at;
};
void describe(http::Fields<NotificationView>& f) {
  f.name("Notification");
  f.add<&NotificationView::id>("id");
  f.add<&NotificationView::event>(
      "event", {.one_of = {"invitation.sent", "invitation.received", "invitation.resent", "invitation.accepted",
                           "invitation.rejected", "connection.ended"}});
  f.add<&NotificationView::invitation_id>("invitation_id");
  f.add<&NotificationView::connection_id>("connection_id");
  f.add<&NotificationView::company_name>("company_name", {.doc = "The other organization."});
  f.add<&NotificationView::status>(
      "status", {.doc = "Of the invitation, from then on.", .one_of = {"pending", "accepted", "rejected"}});
  f.add<&NotificationView::created_at>("created_at");
}

struct EditAgencyRoles {
  std::vector<std::string> add;
  std::vector<std::string> remove;
};
void describe(http::Fields<EditAgencyRoles>& f) {
  f.name("EditAgencyRoles");
  f.add<&EditAgencyRoles::add>("add", {.max = domain::kMaxEditedRoles});
  f.add<&EditAgencyRoles::remove>("remove", {.max = domain::kMaxEditedRoles});
}

struct EditedConnection {
  ConnectionId connection_id;
  std::vector<std::string> roles;
};
void describe(http::Fields<EditedConnection>& f) {
  f.name("EditedConnection");
  f.add<&EditedConnection::connection_id>("connection_id");
  f.add<&EditedConnection::roles>("roles");
}

struct EndedConnection {
  ConnectionId connection_id;
  std::string status;
};
void describe(http::Fields<EndedConnection>& f) {
  f.name("EndedConnection");
  f.add<&EndedConnection::connection_id>("connection_id");
  f.add<&EndedConnection::status>("status", {.one_of = {"ended"}});
}

ConnectionId connection_in_path(const Call& call) { return id_in_path<ConnectionId>(call, "connection_id"); }

std::optional<std::string> status_after(const std::string& event) {
  if (event == "invitation.accepted") return "accepted";
  if (event == "invitation.rejected") return "rejected";
  if (event.starts_with("invitation.")) return "pending";
  return std::nullopt;
}

void register_lists(http::Surface& surface, const domain::Connections& connections,
                    const domain::Notifications& notifications) {
  surface.add({.id = "listConnections",
               .path = "/access/connections",
               .summary = "The connections of your organization, as customer and as agency.",
               .at_active = true},
              [&connections](Call&, const Permit<Action::kConnectionList>& permit,
                             Nothing) -> Result<std::vector<ConnectionView>> {
                std::vector<ConnectionView> views;
                for (auto& one : connections.list(permit)) {
                  views.push_back({one.id, one.invitation, one.is_customer ? "customer" : "agency", one.company,
                                   std::move(one.company_name), std::move(one.roles), one.created_at});
                }
                return views;
              });
  surface.add(
      {.id = "listAgencyClients",
       .path = "/access/clients",
       .summary = "Your organization's client records, as an agency.",
       .at_active = true},
      [&connections](Call&, const Permit<Action::kConnectionList>& permit, Nothing) -> Result<std::vector<ClientView>> {
        std::vector<ClientView> views;
        for (auto& one : connections.client_records(permit)) {
          views.push_back({one.id, one.company, std::move(one.company_name), one.connection,
                           one.connection ? "active" : "ended", one.created_at});
        }
        return views;
      });
  surface.add({.id = "listNotifications",
               .path = "/access/notifications",
               .summary = "What your organization was told of invitations and connections, newest first.",
               .at_active = true},
              [&notifications](Call&, const Permit<Action::kNotificationList>& permit,
                               Nothing) -> Result<std::vector<NotificationView>> {
                std::vector<NotificationView> views;
                for (auto& one : notifications.list(permit)) {
                  auto status = status_after(one.event);
                  views.push_back({one.id, std::move(one.event), one.invitation, one.connection,
                                   std::move(one.company_name), std::move(status), one.created_at});
                }
                return views;
              });
}

}  // namespace

void register_connections(http::Surface& surface, domain::Connections& connections, const domain::Roles& roles,
                          const domain::Notifications& notifications) {
  register_lists(surface, connections, notifications);
  surface.add({.id = "listAgencyRoles",
               .path = "/access/invite/{connection_id}/agency-roles",
               .summary = "The roles of a connection, and those you may give it.",
               .at_active = true},
              [&connections, &roles](Call& call, const Permit<Action::kConnectionGet>& permit,
                                     Nothing) -> Result<RolesByCategory> {
                const auto carried = TRY(connections.roles(permit, connection_in_path(call)));
                return by_category(roles.list_assignable(permit, carried.customer, carried.assigned), carried.assigned);
              });
  surface.add({.id = "editAgencyRoles",
               .method = Method::kPost,
               .path = "/access/invite/{connection_id}/agency-roles/edit",
               .summary = "Decide, as the customer, what the agency may do.",
               .at_active = true,
               .work = Work::kWrite},
              [&connections](Call& call, const Permit<Action::kConnectionUpdate>& permit,
                             EditAgencyRoles in) -> Result<Success<EditedConnection>> {
                const auto id = connection_in_path(call);
                auto names = TRY(connections.edit_roles(permit, id, {std::move(in.add), std::move(in.remove)}));
                return success(EditedConnection{id, std::move(names)});
              });
  surface.add({.id = "endConnection",
               .method = Method::kPost,
               .path = "/access/connections/{connection_id}/end",
               .summary = "End a connection, from either side; every right through it ends with it.",
               .at_active = true,
               .work = Work::kWrite},
              [&connections](Call& call, const Permit<Action::kConnectionEnd>& permit,
                             Nothing) -> Result<Success<EndedConnection>> {
                const auto id = connection_in_path(call);
                TRY(connections.end(permit, id));
                return success(EndedConnection{id, "ended"});
              });
}

}  // namespace gatehouse::api::access_api
