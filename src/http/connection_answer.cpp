#include "http/connection_answer.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ostream>  // Beast's status.hpp needs it and does not say so

namespace gatehouse::http {
namespace {

std::string_view reason(int status) {
  namespace beast_http = boost::beast::http;
  if (status == 422) return "Unprocessable Content";
  const beast_http::status known = beast_http::int_to_status(static_cast<unsigned>(status));
  if (known == beast_http::status::unknown) return "Unknown";
  const auto text = beast_http::obsolete_reason(known);
  return {text.data(), text.size()};
}

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

bool is_sendable(const Response& response) {
  if (response.status < 200 || response.status > 599) return false;
  return std::all_of(response.headers.begin(), response.headers.end(), [](const auto& field) {
    return std::none_of(field.second.begin(), field.second.end(),
                        [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
  });
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(status));
  out += ' ';
  out += reason(status);
  out += "\r\n";
}

void append_length(std::string& out, std::size_t length) {
  out += "Content-Length: ";
  append_number(out, length);
  out += "\r\n";
}

void append_connection(std::string& out, const AnswerFrame& frame) {
  if (frame.close) {
    out += "Connection: close\r\n";
  } else if (frame.http10) {
    out += "Connection: keep-alive\r\n";
  }
}

}  // namespace

bool append_answer(std::string& out, const Response& response, const AnswerFrame& frame) {
  if (!is_sendable(response)) {
    append_problem(out, 500, frame);
    return false;
  }
  append_status_line(out, response.status);
  out += frame.date_line;
  // RFC 9110 8.6, 15.3.5, 15.4.5: neither has a body; a length in a 304 would be that of the 200.
  const bool bodiless = response.status == 204 || response.status == 304;
  const bool streamed = response.streamed && !bodiless;
  if (!bodiless) {
    if ((streamed || !response.body.empty()) && !response.content_type.empty()) {
      out += "Content-Type: ";
      out += response.content_type;
      out += "\r\n";
    }
    if (!streamed) {
      append_length(out, response.body.size());
    } else if (!frame.head && !frame.http10) {
      out += "Transfer-Encoding: chunked\r\n";
    }
  }
  for (const auto& [name, value] : response.headers) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  append_connection(out, frame);
  out += "\r\n";
  if (bodiless || frame.head) return true;
  if (streamed) {
    append_body_piece(out, response.body, false, frame.http10);
  } else {
    out += response.body;
  }
  return true;
}

void append_body_piece(std::string& out, std::string_view piece, bool last, bool http10) {
  if (http10) {
    out += piece;
    return;
  }
  if (!piece.empty()) {
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16).ptr;
    out.append(digits.data(), end).append("\r\n").append(piece).append("\r\n");
  }
  if (last) out += "0\r\n\r\n";
}

void append_problem(std::string& out, int status, const AnswerFrame& frame) {
  std::string body = R"({"type":"about:blank","title":")";
  body += reason(status);
  body += R"(","status":)";
  append_number(body, static_cast<std::size_t>(status));
  body += '}';
  append_status_line(out, status);
  out += frame.date_line;
  out += "Content-Type: application/problem+json\r\n";
  append_length(out, body.size());
  append_connection(out, frame);
  out += "\r\n";
  if (!frame.head) out += body;
}

}  // namespace gatehouse::http
