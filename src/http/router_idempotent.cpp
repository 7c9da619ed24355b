// Requests that carry an Idempotency-Key.
#include <algorithm>
#include <string>

#include "http/kept_answer.hpp"
#include "http/router_job.hpp"
#include "http/spool.hpp"

namespace gatehouse::http {

// The first answer to an Idempotency-Key is kept and sent again (draft-ietf-httpapi-idempotency-key-header).
void Router::run_idempotent(Job& job, std::string_view key) {
  Call& call = job.call;
  if (key.empty() || key.size() > 255 ||
      !std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 127; })) {
    return refuse(job, invalid("idempotency.key_invalid", "An Idempotency-Key is 1 to 255 visible ASCII characters."));
  }
  std::string fingerprint(name(call.request.method));
  fingerprint.append(" ").append(call.request.target).append("\n");
  // Where the active organization is part of what is asked, the same words in another one are another request.
  const Endpoint& endpoint = job.route->endpoint;
  if (endpoint.at_active || endpoint.asks_active) {
    fingerprint.append(std::to_string(call.principal.active.value)).append("\n");
  }
  if (call.spool != nullptr) {
    const auto digest = call.spool->digest();
    fingerprint.append(digest.begin(), digest.end());
  } else {
    fingerprint.append(call.request.body);
  }
  auto claim = idempotency_.claim(call.principal, key, fingerprint);
  if (!claim) { return refuse(job, claim.error()); }
  if (claim->replay) {
    restore_answer(claim->answer, call.response);
    call.set_header("Idempotency-Replayed", "true");
    return;
  }
  // When this throws, nobody knows whether there was an effect: the key stays taken until it expires.
  run_once(job);
  // A refusal for the moment is no answer to keep, whatever status the dialect gives it; nor is one that is yet to be
  // confirmed, which runs again with its key.
  const bool for_now =
      job.refused && (job.refused_as == ErrorKind::kThrottled || job.refused_as == ErrorKind::kUnavailable);
  if (job.in_doubt) return;  // it must not happen a second time: the key stays taken, as after an exception
  job.key_given_back = may_be_behind(job);
  if (for_now || job.key_given_back || call.response.status >= 500) {
    idempotency_.abandon(call.principal, key);
  } else {
    idempotency_.complete(call.principal, key, keep_answer(call.response));
  }
}

}  // namespace gatehouse::http
