// Answers as bytes. Adds what every answer has (Date, Content-Length, Connection where it matters) and refuses header
// values that would split the answer.
#pragma once

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace gatehouse::http {

struct AnswerFrame {
  std::string_view date_line;  // "Date: …\r\n"
  bool head = false;           // the answer to HEAD: everything but the body
  bool close = false;
  bool http10 = false;  // keep-alive must be said (RFC 9112 C.2.2)
};

// Appends to `out`. A response that cannot be sent (a status outside 200 to 599, CR, LF or NUL in a value) goes out
// as 500; false then.
bool append_answer(std::string& out, const Response& response, const AnswerFrame& frame);
// A piece of the body of a streamed answer: a chunk, and the last one behind it (RFC 9112 7.1); for HTTP/1.0 the bytes
// as they are, up to the end of the connection.
void append_body_piece(std::string& out, std::string_view piece, bool last, bool http10);
// The server's own refusals: problem details (RFC 9457).
void append_problem(std::string& out, int status, const AnswerFrame& frame);

}  // namespace gatehouse::http
