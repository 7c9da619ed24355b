// The id of a request in answers, log and problems: the caller's X-Request-ID when it is harmless, else one of our own.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "http/message.hpp"

namespace gatehouse::http {

std::string request_id(const Request& request, Timestamp now, Random& random);

}  // namespace gatehouse::http
