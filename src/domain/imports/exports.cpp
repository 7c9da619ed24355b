#include "domain/imports/exports.hpp"

#include "domain/imports/export_store.hpp"

namespace gatehouse::domain {

void Exports::write(const access::Permit<access::Action::kStoreAdminister>&, const ExportSink& sink) const {
  ledger_.database().read_at_length([&](sql::Tx& tx) {
    export_store::organizations(tx, sink.organization);
    export_store::users(tx, sink.user);
    export_store::memberships(tx, sink.membership);
  });
}

}  // namespace gatehouse::domain
