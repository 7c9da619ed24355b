// What everybody else notices while the service has much to do.
#pragma once

#include "support/people.hpp"

namespace gatehouse::bench {

// A directory that is being served, and a token of its administrator.
struct Served {
  const People& people;
  std::uint16_t port;
  std::string token;
};

struct Noticed {
  double read_us = 0;  // p99
  double write_us = 0;
};

// Other clients, at an even pace: they read members of organizations and change accounts.
Noticed neighbours(Context& context, const Served& served);
void report_noticed(Context& context, std::string_view what, const Noticed& quiet, const Noticed& busy);

}  // namespace gatehouse::bench
