// A mark on exceptions: what was needed is away for now, and nothing was acknowledged. Whoever catches one without knowing
// its type can tell a caller to come again.
#pragma once

namespace gatehouse {

class Unavailable {
 public:
  virtual ~Unavailable() = default;

 protected:
  Unavailable() = default;
  Unavailable(const Unavailable&) = default;
  Unavailable& operator=(const Unavailable&) = default;
};

}  // namespace gatehouse
