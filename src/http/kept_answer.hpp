// An answer as text, to be sent again later: status, media type, headers and body.
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace gatehouse::http {

std::string keep_answer(const Response& response);
// Precondition: `kept` came from keep_answer.
void restore_answer(std::string_view kept, Response& response);

}  // namespace gatehouse::http
