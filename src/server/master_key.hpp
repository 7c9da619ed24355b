// The master key: 32 bytes in a file that only the service can read. Whoever has it and the store has every sealed secret.
#pragma once

#include <string>

#include "base/random.hpp"
#include "crypto/seal.hpp"

namespace gatehouse::server {

// Reads the file (64 hexadecimal digits); makes it, mode 0600 and flushed, when it is absent and `may_create`.
// Errors: config.master_key, one sentence that says what to do.
Result<crypto::MasterKey> load_master_key(const std::string& path, bool may_create, Random& random);

}  // namespace gatehouse::server
