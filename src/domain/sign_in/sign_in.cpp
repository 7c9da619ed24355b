#include "domain/sign_in/sign_in.hpp"

#include <utility>

namespace gatehouse::domain {
namespace {

// Enough for an e-mail address of 254 bytes or a user name of as many code points; more belongs to nobody.
constexpr std::size_t kMaxAccountBytes = 1024;

Error wrong() { return {ErrorKind::kUnauthenticated, "auth.credentials_invalid", "These credentials are not valid."}; }

}  // namespace

Result<TokenPair> SignIn::with_password(std::string_view account, std::string_view password, std::string_view source) {
  account = account.substr(0, kMaxAccountBytes);
  const auto credential = passwords_.find(account);
  // A user name and an e-mail address of one account are one target.
  const std::string target = credential ? credential->id.to_string() : std::string(account);
  TRY(throttle_.begin(target, source));
  if (!passwords_.verify(credential, password) || credential->status == "inactive") return wrong();
  const auto rehashed = passwords_.rehash(*credential, password);

  Principal who;
  who.kind = Principal::Kind::kUser;
  who.id = credential->id;
  who.user = credential->no;
  auto opened = TRY(ledger_.unguarded("the password is the proof", who, [&](Unit& unit) -> Result<Sessions::Opened> {
    if (!Passwords::settle(unit, *credential, rehashed) || !unit.view().user_is_active(credential->no)) return wrong();
    throttle_.succeeded(unit, target, source);
    return sessions_.open(unit, credential->no, credential->id, source);
  }));
  return sessions_.tokens(opened);
}

}  // namespace gatehouse::domain
