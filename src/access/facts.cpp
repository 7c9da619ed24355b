// The log's binary form of facts: a tag byte (the position in the variant, append only because the log keeps it),
// then the
// members in order: numbers as LEB128 varints, signed ones zigzag, ids and digests raw, lists and strings with their
// count first.
#include "access/facts.hpp"

namespace gatehouse::access {
namespace {

static_assert(std::is_same_v<std::variant_alternative_t<6, Fact>, HoldingFact>, "tags are stored: append only");
static_assert(std::is_same_v<std::variant_alternative_t<14, Fact>, SessionGone>, "tags are stored: append only");
static_assert(std::is_same_v<std::variant_alternative_t<15, Fact>, OrganizationNameFact>, "append only");

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void operator()(bool value) { out_.push_back(value ? '\1' : '\0'); }
  void operator()(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) out_.push_back(static_cast<char>(value | 0x80U));
    out_.push_back(static_cast<char>(value));
  }
  void operator()(std::int64_t value) {
    (*this)((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
  }
  void operator()(std::int32_t value) { (*this)(static_cast<std::int64_t>(value)); }
  void operator()(Timestamp value) { (*this)(value.micros); }
  void operator()(const Uuid& value) { out_.append(value.raw()); }
  void operator()(const Digest& value) { out_.append(reinterpret_cast<const char*>(value.data()), value.size()); }
  void operator()(const std::string& value) {
    (*this)(static_cast<std::uint64_t>(value.size()));
    out_.append(value);
  }
  template <class Noun>
  void operator()(Number<Noun> value) {
    (*this)(static_cast<std::uint64_t>(value.value));
  }
  template <class T>
  void operator()(const std::vector<T>& values) {
    (*this)(static_cast<std::uint64_t>(values.size()));
    for (const auto& value : values) (*this)(value);
  }

 private:
  std::string& out_;
};

// Reads what Writer wrote; after the first malformed byte `ok` is false for good.
class Reader {
 public:
  explicit Reader(std::string_view rest) : rest_(rest) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

  std::string_view take(std::uint64_t size) {
    if (!ok_ || size > rest_.size()) {
      ok_ = false;
      return {};
    }
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  void operator()(bool& value) {
    const auto byte = take(1);
    if (ok_ && static_cast<unsigned char>(byte[0]) > 1) ok_ = false;
    value = ok_ && byte[0] == '\1';
  }
  void operator()(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = take(1);
      if (!ok_) return;
      const auto bits = static_cast<std::uint64_t>(static_cast<unsigned char>(byte[0]));
      if (shift == 63 && bits > 1) break;
      value |= (bits & 0x7FU) << shift;
      if (bits < 0x80) return;
    }
    ok_ = false;
  }
  void operator()(std::int64_t& value) {
    std::uint64_t zigzag = 0;
    (*this)(zigzag);
    value = static_cast<std::int64_t>((zigzag >> 1U) ^ (0 - (zigzag & 1U)));
  }
  void operator()(std::int32_t& value) {
    std::int64_t wide = 0;
    (*this)(wide);
    value = static_cast<std::int32_t>(wide);
    if (value != wide) ok_ = false;
  }
  void operator()(Timestamp& value) { (*this)(value.micros); }
  void operator()(Uuid& value) {
    const auto raw = take(16);
    if (ok_) value = Uuid::from_bytes(raw);
  }
  void operator()(Digest& value) {
    const auto raw = take(value.size());
    if (ok_) std::memcpy(value.data(), raw.data(), value.size());
  }
  void operator()(std::string& value) {
    std::uint64_t size = 0;
    (*this)(size);
    value = take(size);
  }
  template <class Noun>
  void operator()(Number<Noun>& value) {
    std::uint64_t wide = 0;
    (*this)(wide);
    value.value = static_cast<std::uint32_t>(wide);
    if (value.value != wide) ok_ = false;
  }
  template <class T>
  void operator()(std::vector<T>& values) {
    std::uint64_t count = 0;
    (*this)(count);
    if (count > rest_.size())
      ok_ = false;  // an element takes at least one byte, so a lying count cannot make us allocate
    if (!ok_) return;
    values.resize(count);
    for (auto& value : values) (*this)(value);
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// The members of every fact, once for both directions.
template <class Codec, class F>
void members(Codec& codec, F& fact) {
  using T = std::remove_const_t<F>;
  if constexpr (std::is_same_v<T, OrganizationFact>) {
    codec(fact.no), codec(fact.id), codec(fact.parent);
  } else if constexpr (std::is_same_v<T, UserFact>) {
    codec(fact.no), codec(fact.id), codec(fact.active);
  } else if constexpr (std::is_same_v<T, RoleFact>) {
    codec(fact.no), codec(fact.id), codec(fact.name), codec(fact.weight), codec(fact.permissions);
  } else if constexpr (std::is_same_v<T, HoldingFact>) {
    codec(fact.user), codec(fact.organization), codec(fact.member), codec(fact.roles);
  } else if constexpr (std::is_same_v<T, ConnectionFact>) {
    codec(fact.id), codec(fact.customer), codec(fact.agency), codec(fact.roles);
  } else if constexpr (std::is_same_v<T, ClientFact>) {
    codec(fact.id), codec(fact.owner), codec(fact.organization), codec(fact.expires_at), codec(fact.secret),
        codec(fact.scopes);
  } else if constexpr (std::is_same_v<T, ApiTokenFact>) {
    codec(fact.id), codec(fact.organization), codec(fact.expires_at), codec(fact.secret), codec(fact.roles);
  } else if constexpr (std::is_same_v<T, SessionFact>) {
    codec(fact.id), codec(fact.user), codec(fact.active), codec(fact.expires_at);
  } else if constexpr (std::is_same_v<T, OrganizationNameFact>) {
    codec(fact.no), codec(fact.key);
  } else if constexpr (std::is_same_v<T, OrganizationGone> || std::is_same_v<T, UserGone> ||
                       std::is_same_v<T, RoleGone>) {
    codec(fact.no);
  } else {
    codec(fact.id);
  }
}

template <std::size_t I = 0>
bool emplace_tagged(Fact& fact, std::size_t tag) {
  if constexpr (I == std::variant_size_v<Fact>) {
    return false;
  } else {
    if (tag != I) return emplace_tagged<I + 1>(fact, tag);
    fact.emplace<I>();
    return true;
  }
}

}  // namespace

void encode(const Fact& fact, std::string& out) {
  out.push_back(static_cast<char>(fact.index()));
  Writer writer(out);
  std::visit([&](const auto& one) { members(writer, one); }, fact);
}

std::string encode(const std::vector<Fact>& facts) {
  std::string out;
  for (const auto& fact : facts) encode(fact, out);
  return out;
}

Result<std::vector<Fact>> decode(std::string_view bytes) {
  std::vector<Fact> facts;
  Reader reader(bytes);
  while (reader.ok() && !reader.at_end()) {
    const auto tag = reader.take(1);
    Fact& fact = facts.emplace_back();
    if (!emplace_tagged(fact, static_cast<unsigned char>(tag[0])))
      return invalid("facts.malformed", "Unknown kind of fact.");
    std::visit([&](auto& one) { members(reader, one); }, fact);
  }
  if (!reader.ok()) return invalid("facts.malformed", "The facts end early or hold a number out of range.");
  return facts;
}

}  // namespace gatehouse::access
