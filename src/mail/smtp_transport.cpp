#include "mail/smtp_transport.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <utility>

#include "base/text.hpp"
#include "mail/smtp_reply.hpp"

namespace gatehouse::mail {
namespace {

using Steady = std::chrono::steady_clock;

// Routers between forget a silent connection sooner than servers do.
constexpr long kMaxIdle_s = 30;

struct FreeHandle {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;
using List = std::unique_ptr<curl_slist, FreeList>;

Handle new_handle() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  Handle handle(curl_easy_init());
  if (handle == nullptr) throw std::bad_alloc();
  return handle;
}

// What curl's callbacks see of one mail on its way.
struct Transfer {
  std::string_view rest;  // of the message
  bool body_asked = false;
  SmtpReply reply{};
  const std::atomic<bool>* interrupted;
  Steady::time_point deadline;
};

std::size_t read_body(char* to, std::size_t size, std::size_t count, void* of) {
  auto& transfer = *static_cast<Transfer*>(of);
  transfer.body_asked = true;
  const std::size_t copied = transfer.rest.copy(to, size * count);
  transfer.rest.remove_prefix(copied);
  return copied;
}

std::size_t hear(char* line, std::size_t size, std::size_t count, void* of) {
  static_cast<Transfer*>(of)->reply.add({line, size * count});
  return size * count;
}

// curl's own timeouts do not count while it waits for the answer to its goodbye; it asks here once a second.
int is_over(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto& transfer = *static_cast<Transfer*>(of);
  return transfer.interrupted->load() || Steady::now() > transfer.deadline ? 1 : 0;
}

class SmtpTransport final : public Transport {
 public:
  explicit SmtpTransport(SmtpOptions options) : options_(std::move(options)), handle_(new_handle()) { configure(); }

  ~SmtpTransport() override { hang_up(); }
  SmtpTransport(const SmtpTransport&) = delete;
  SmtpTransport& operator=(const SmtpTransport&) = delete;

  Result<void> send(const Message& message) override {
    const std::string bytes = TRY(write_message(message, TextEncoding::kQuotedPrintable));
    const List recipients(curl_slist_append(nullptr, envelope_address(message.to.address).c_str()));
    if (recipients == nullptr) throw std::bad_alloc();
    Transfer transfer{.rest = bytes, .interrupted = &interrupted_, .deadline = Steady::now() + options_.total_timeout};
    std::array<char, CURL_ERROR_SIZE> words{};
    set(CURLOPT_MAIL_FROM, envelope_address(message.from.address).c_str());
    set(CURLOPT_MAIL_RCPT, recipients.get());
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
    set(CURLOPT_READDATA, static_cast<void*>(&transfer));
    set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
    set(CURLOPT_ERRORBUFFER, words.data());
    const CURLcode code = curl_easy_perform(handle_.get());
    // What they point to ends here.
    set(CURLOPT_ERRORBUFFER, static_cast<char*>(nullptr));
    set(CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
    if (code == CURLE_OK) return {};
    Error error = explain(code, words.data(), transfer);
    // curl may keep a connection on which an answer is still to come; the next mail must not take it for its own.
    hang_up();
    handle_ = new_handle();
    configure();
    return error;
  }

  void interrupt() noexcept override { interrupted_ = true; }

 private:
  // Without a goodbye: the server, or the way to it, may be gone, and curl would wait for the answer.
  void hang_up() {
    curl_socket_t socket = CURL_SOCKET_BAD;
    if (curl_easy_getinfo(handle_.get(), CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket != CURL_SOCKET_BAD)
      ::shutdown(socket, SHUT_RDWR);
  }

  template <class T>
  void set(CURLoption option, T value) {
    if (const CURLcode code = curl_easy_setopt(handle_.get(), option, value); code != CURLE_OK)
      throw std::runtime_error(std::string("libcurl takes no option: ") + curl_easy_strerror(code));
  }

  void configure() {
    const SmtpServer& server = options_.server;
    set(CURLOPT_URL,
        fmt::format("{}://{}:{}/{}", server.tls ? "smtps" : "smtp", server.host, server.port, options_.client_name)
            .c_str());
    set(CURLOPT_PROTOCOLS_STR, server.tls ? "smtps" : "smtp");
    set(CURLOPT_PROXY, "");  // whatever the environment says: this server is meant
    const bool shows_secrets = !server.user.empty() && !server.is_loopback();
    set(CURLOPT_USE_SSL, static_cast<long>(options_.require_tls || shows_secrets ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options_.ca_file.empty()) {
      set(CURLOPT_CAINFO, options_.ca_file.c_str());
      set(CURLOPT_CAPATH, static_cast<char*>(nullptr));  // these authorities and no others
    }
    if (!server.user.empty()) {
      set(CURLOPT_USERNAME, server.user.c_str());
      set(CURLOPT_PASSWORD, server.password.c_str());
    }
    const long stall_s = std::max<long>(1, std::chrono::ceil<std::chrono::seconds>(options_.stall_timeout).count());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options_.total_timeout.count()));
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, stall_s);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, stall_s);
    set(CURLOPT_MAXAGE_CONN, kMaxIdle_s);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_READFUNCTION, &read_body);
    set(CURLOPT_HEADERFUNCTION, &hear);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &is_over);
  }

  // Only what the server says of this mail is final: a refusal of the greeting, of TLS or of the credentials is about us.
  [[nodiscard]] Error explain(CURLcode code, std::string_view words, const Transfer& transfer) const {
    long last = 0;  // a refusal that curl went on from is older than its last reply
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &last);
    const bool about_mail = transfer.reply.code() == last &&
                            (code == CURLE_SEND_ERROR || (code == CURLE_WEIRD_SERVER_REPLY && transfer.body_asked));
    const bool permanent = about_mail && transfer.reply.is_permanent();
    if (words.empty() || code == CURLE_LOGIN_DENIED) words = curl_easy_strerror(code);
    if (code == CURLE_ABORTED_BY_CALLBACK) words = interrupted_ ? "interrupted" : "timed out";
    if (about_mail && transfer.body_asked) words = "message refused";
    std::string detail = fmt::format("{}:{}: {}", options_.server.host, options_.server.port, words);
    // A refusal of the body may quote it, and the body holds a secret link.
    if (about_mail) detail.append(transfer.reply.told(transfer.body_asked));
    if (permanent) return invalid("mail.refused", std::move(detail));
    return {ErrorKind::kUnavailable, "mail.unavailable", std::move(detail)};
  }

  const SmtpOptions options_;
  std::atomic<bool> interrupted_ = false;
  Handle handle_;
};

}  // namespace

std::unique_ptr<Transport> smtp_transport(SmtpOptions options) {
  return std::make_unique<SmtpTransport>(std::move(options));
}

}  // namespace gatehouse::mail
