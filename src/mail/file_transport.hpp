// Mails as files, where no SMTP server is configured: <directory>/<time of creation>-<id>.eml, one RFC 5322 message
// each. A file is whole or not there, and on the disk before the mail counts as sent. The same mail sent again
// overwrites its file.
#pragma once

#include <filesystem>
#include <memory>

#include "mail/transport.hpp"

namespace gatehouse::mail {

// The directory is made when the first mail comes, readable by its owner only, like the files.
std::unique_ptr<Transport> file_transport(std::filesystem::path directory);

}  // namespace gatehouse::mail
