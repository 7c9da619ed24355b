// How a caller carries a revision from one node to another: `Gatehouse-Revision` of an answer says what the node knew when
// it answered; `Gatehouse-At-Least-Revision` of a request demands that the next one knows as much.
#pragma once

#include <chrono>
#include <string_view>

#include "access/types.hpp"
#include "base/result.hpp"
#include "http/message.hpp"

namespace gatehouse::http {

inline constexpr std::string_view kRevisionHeader = "Gatehouse-Revision";
inline constexpr std::string_view kAtLeastRevisionHeader = "Gatehouse-At-Least-Revision";
// How long a request waits for the revision that it demands.
inline constexpr std::chrono::milliseconds kRevisionPatience{1'000};

// What the request demands; 0, which every node has reached, when it demands nothing.
Result<Revision> demanded_revision(const Request& request);

// Both, for the OpenAPI document.
inline constexpr std::string_view kRevisionHeaderJson =
    R"({"description":"Revision of the change log that this node had reached when it answered; what the request changed is )"
    R"(part of it.","schema":{"type":"integer","format":"int64","minimum":0}})";
inline constexpr std::string_view kAtLeastRevisionParameterJson =
    R"({"name":"Gatehouse-At-Least-Revision","in":"header","required":false,"description":"Answer from what was known at )"
    R"(this revision of the change log, or later: the Gatehouse-Revision of an answer, from whatever node. A node that is )"
    R"(behind waits for it, at most a second, and answers 503 then.","schema":{"type":"integer","format":"int64","minimum":0}})";

}  // namespace gatehouse::http
