// Received bytes in one piece of memory: starts small, doubles, can be given back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>

namespace gatehouse::http {

class InputBuffer {
 public:
  static constexpr std::size_t kFirstBytes = 4 * 1024;

  [[nodiscard]] char* begin() { return bytes_.get() + begin_; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] char* free_begin() { return bytes_.get() + end_; }
  [[nodiscard]] std::size_t free_size() const { return capacity_ - end_; }

  void received(std::size_t count) { end_ += count; }
  void truncate(std::size_t size) { end_ = begin_ + size; }
  void consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  // Room for at least one more byte; moves what is there.
  void make_room() {
    if (free_size() > 0) return;
    if (begin_ > capacity_ / 2) {
      move_to_front();
    } else {
      grow(std::max(kFirstBytes, capacity_ * 2));
    }
  }
  // Room for so many more, which moves what is there.
  void make_room_for(std::size_t more) {
    if (capacity_ - size() >= more) {
      move_to_front();
    } else {
      grow(size() + more);
    }
  }

  // Precondition: size() == 0.
  void release() {
    bytes_.reset();
    capacity_ = begin_ = end_ = 0;
  }

 private:
  void move_to_front() {
    const std::size_t held = size();
    if (held > 0) std::memmove(bytes_.get(), begin(), held);
    begin_ = 0;
    end_ = held;
  }
  void grow(std::size_t capacity) {
    const std::size_t held = size();
    std::unique_ptr<char[]> bytes(new char[capacity]);  // not zeroed
    if (held > 0) std::memcpy(bytes.get(), begin(), held);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
    begin_ = 0;
    end_ = held;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gatehouse::http
