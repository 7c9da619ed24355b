// Answers that are made while they are sent: an array of any length from batches, in the memory of one of them. A slow
// reader holds no thread: the next batch is asked for when the one before has gone into the socket.
//
//   [&](Call&, const Permit<Action::kMembershipList>& permit, Nothing) -> Result<Stream<Row>> {
//     return Stream<Row>{[&members, permit, after = UserId()](std::vector<Row>& batch) mutable {
//       …                 // at most some hundred rows after `after`
//       return was_full;  // false: this was the last batch, which may be empty
//     }};
//   }
//
// `next` is called by one thread at a time, but by different ones: the first time inside the handler's own run, where an
// exception is an ordinary 500, then on the reading pool, where it ends the connection in the middle of the array.
// Refuses to keep the call alive: `next` may hold copies and what outlives the server, nothing of Call, Request or
// Response. It is destroyed on whatever thread ends the answer. Only GET can be streamed.
#pragma once

#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json_writer.hpp"
#include "http/schema.hpp"

namespace gatehouse::http {

template <class T>
struct Stream {
  using Item = T;
  std::function<bool(std::vector<T>& batch)> next;  // `batch` comes empty
};

template <class T>
struct IsStream : std::false_type {};
template <class T>
struct IsStream<Stream<T>> : std::true_type {};

// The bytes of a body, piece by piece.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // Appends the next piece, which may be empty, to `out`; false when it was the last.
  virtual bool next(std::string& out) = 0;
};

template <class T>
class ArraySource final : public BodySource {
 public:
  explicit ArraySource(Stream<T> stream) : stream_(std::move(stream)) {}

  bool next(std::string& out) override {
    std::vector<T> batch;
    const bool more = stream_.next(batch);
    if (!begun_) out.push_back('[');
    begun_ = true;
    for (const T& item : batch) {
      if (comma_) out.push_back(',');
      comma_ = true;
      JsonWriter writer(out);
      encode_value(item, writer);
    }
    if (!more) out.push_back(']');
    return more;
  }

 private:
  Stream<T> stream_;
  bool begun_ = false;
  bool comma_ = false;  // an item stands before the next one
};

}  // namespace gatehouse::http
