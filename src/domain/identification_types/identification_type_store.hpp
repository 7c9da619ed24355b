// The SQL of identification types.
#pragma once

#include <optional>
#include <vector>

#include "domain/identification_types/identification_types.hpp"

namespace gatehouse::domain::identification_type_store {

// Has the start set been put in?
bool is_started(sql::Tx& tx);

// Nothing changed and false when another one has the code.
bool insert(sql::Tx& tx, const IdentificationType& type);
bool update(sql::Tx& tx, const IdentificationType& type);
void remove(sql::Tx& tx, const IdentificationTypeId& id);

std::int64_t count(sql::Tx& tx);
std::vector<IdentificationType> all(sql::Tx& tx);  // by code
std::optional<IdentificationType> find(sql::Tx& tx, const IdentificationTypeId& id);
bool is_in_use(sql::Tx& tx, const IdentificationTypeId& id);

}  // namespace gatehouse::domain::identification_type_store
