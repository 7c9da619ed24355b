#include "http/parser_head.hpp"

#include <algorithm>
#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/text.hpp"

namespace gatehouse::http {
namespace {

namespace beast = boost::beast;
using BeastView = beast::string_view;
using beast::http::field;
using beast::http::verb;

std::string_view plain(BeastView view) { return {view.data(), view.size()}; }

Method method_of(verb method) {
  switch (method) {
    case verb::get: return Method::kGet;
    case verb::head: return Method::kHead;
    case verb::post: return Method::kPost;
    case verb::put: return Method::kPut;
    case verb::patch: return Method::kPatch;
    case verb::delete_: return Method::kDelete;
    case verb::options: return Method::kOptions;
    default: return Method::kOther;
  }
}

constexpr std::array<bool, 256> kHostCharacters = [] {
  std::array<bool, 256> table{};
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("-._~%!$&'()*+;=:[]")) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// RFC 9112 3.2: a Host that is not uri-host [":" port] is answered 400.
bool is_host(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) { return kHostCharacters[static_cast<unsigned char>(c)]; });
}

class HeadParser final : public beast::http::basic_parser<true> {
 public:
  HeadParser(Request& request, Framing& framing, std::size_t size) : request_(request), framing_(framing) {
    header_limit(static_cast<std::uint32_t>(size) + 1);
    body_limit(boost::none);
  }

  // What can only be said when the head is complete.
  [[nodiscard]] int verdict() const {
    if (hosts_ > 1 || (hosts_ == 0 && !framing_.http10)) return 400;  // RFC 9112 3.2
    if (codings_ == 0) return 0;
    if (codings_ > 1 || lengths_ > 0 || framing_.http10) return 400;  // RFC 9112 6.1, 6.3
    return framing_.chunked ? 0 : 400;                                // RFC 9112 6.3: the length cannot be known
  }
  int status = 400;  // of the refusal, when put() reports an error

 private:
  void refuse(beast::error_code& ec, int with) {
    status = with;
    ec = beast::http::error::bad_value;
  }

  void on_request_impl(verb method, BeastView, BeastView target, int version, beast::error_code& ec) override {
    if (target.size() > kMaxTargetBytes) return refuse(ec, 414);
    request_.method = method_of(method);
    request_.target = plain(target);
    framing_.http10 = version == 10;
  }

  void on_field_impl(field id, BeastView name, BeastView value, beast::error_code& ec) override {
    if (request_.headers.size() == kMaxFields) return refuse(ec, 431);
    request_.headers.push_back({plain(name), plain(value)});
    switch (id) {
      case field::host:
        ++hosts_;
        if (!is_host(plain(value))) refuse(ec, 400);
        break;
      case field::content_length:
        // Beast takes a repeated and a comma-separated length when the values agree; here there is one (RFC 9112 6.3).
        if (++lengths_ > 1 || !std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; })) {
          refuse(ec, 400);
        }
        break;
      case field::transfer_encoding:
        ++codings_;
        framing_.chunked = text::equal_ignoring_ascii_case(plain(value), "chunked");
        break;
      case field::expect:
        // RFC 9110 10.1.1: an HTTP/1.0 client cannot mean it.
        if (framing_.http10) break;
        if (!text::equal_ignoring_ascii_case(plain(value), "100-continue")) return refuse(ec, 417);
        framing_.expects_continue = true;
        break;
      default: break;
    }
  }

  void on_header_impl(beast::error_code&) override {}
  void on_finish_impl(beast::error_code&) override {}
  void on_response_impl(int, BeastView, int, beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(BeastView, beast::error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, BeastView, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastView, beast::error_code&) override { return 0; }

  Request& request_;
  Framing& framing_;
  int hosts_ = 0;
  int lengths_ = 0;
  int codings_ = 0;
};

// RFC 9112 3.2: origin-form, absolute-form (its path is what counts) and, for OPTIONS, asterisk-form.
bool split_target(Request& request) {
  std::string_view rest = request.target;
  if (rest.find('#') != std::string_view::npos) return false;
  if (!rest.empty() && rest.front() != '/' && rest != "*") {
    const std::size_t scheme = rest.find("://");
    if (scheme == std::string_view::npos || scheme > 5) return false;
    if (!text::equal_ignoring_ascii_case(rest.substr(0, scheme), "http") &&
        !text::equal_ignoring_ascii_case(rest.substr(0, scheme), "https")) {
      return false;
    }
    rest.remove_prefix(scheme + 3);
    const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
    if (authority_end == 0 || !is_host(rest.substr(0, authority_end))) return false;
    rest.remove_prefix(authority_end);
  }
  if (rest == "*" && request.method != Method::kOptions) return false;
  const std::size_t question = rest.find('?');
  request.path = rest.substr(0, question);
  request.query = question == std::string_view::npos ? std::string_view() : rest.substr(question + 1);
  if (request.path.empty()) request.path = "/";
  return true;
}

}  // namespace

int parse_head(std::string_view bytes, Request& request, Framing& framing) {
  framing = {};
  request.headers.clear();
  HeadParser parser(request, framing, bytes.size());
  beast::error_code ec;
  const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (ec) return parser.status;
  if (used != bytes.size() || !parser.is_header_done()) return 400;
  if (const int status = parser.verdict(); status != 0) return status;
  if (!split_target(request)) return 400;
  framing.keep_alive = parser.keep_alive();
  framing.content_length = parser.content_length().value_or(0);
  return 0;
}

bool parse_request_line(std::string_view line, Request& request) {
  request.headers.clear();
  const std::size_t first = line.find(' ');
  if (first == std::string_view::npos) return false;
  const std::size_t second = line.rfind(' ');
  const std::size_t last = second == first ? line.size() : second;  // one that was too long is cut in its target
  request.method = method_of(beast::http::string_to_verb(BeastView(line.data(), first)));
  request.target = line.substr(first + 1, last - first - 1);
  const bool is_plain =
      std::all_of(request.target.begin(), request.target.end(), [](char c) { return c > ' ' && c < 127; });
  return is_plain && split_target(request);
}

}  // namespace gatehouse::http
