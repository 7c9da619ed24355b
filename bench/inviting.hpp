// The part of the family `directory` that invites. In inviting.cpp.
#pragma once

#include "support/people.hpp"

namespace gatehouse::bench {

// Invites into the directory, which is not what it was afterwards.
void measure_inviting(Context& context, const People& people);

}  // namespace gatehouse::bench
