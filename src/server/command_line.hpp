// The command line. Refusals are one line on stderr, `gatehouse: …`, that says what to do.
// Exit status: 0 done, 1 the answer is no (check, verify, import with bad rows), 2 a wrong start.
#pragma once

namespace gatehouse::server {

int run_command_line(int argc, char** argv);

}  // namespace gatehouse::server
