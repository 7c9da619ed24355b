#include "http/spool.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <string>

#include "http/spool_test_support.hpp"
#include "http/spooled_body.hpp"

namespace gatehouse::http {
namespace {

using testing::SpoolDirectory;

std::string hex(const Spool::Digest& digest) {
  std::string text;
  for (const unsigned char byte : digest) {
    text.push_back("0123456789abcdef"[byte >> 4U]);
    text.push_back("0123456789abcdef"[byte & 15U]);
  }
  return text;
}

TEST(Spool, KeepsWhatIsAppendedInAFileWithoutAName) {
  const SpoolDirectory directory;
  SpoolRoom room(directory.path(), 1);
  const auto spool = room.open();
  EXPECT_EQ(hex(spool->digest()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_TRUE(spool->append("ab"));
  EXPECT_TRUE(spool->append(""));
  EXPECT_TRUE(spool->append("c"));
  EXPECT_EQ(spool->size(), 3U);
  EXPECT_EQ(hex(spool->digest()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(directory.entries(), 0U);
  std::string piece = "old";
  spool->read(1, 10, piece);
  EXPECT_EQ(piece, "bc");
  spool->read(0, 2, piece);
  EXPECT_EQ(piece, "ab");
  spool->read(9, 2, piece);
  EXPECT_EQ(piece, "");
}

TEST(Spool, IsReadPieceByPiece) {
  const SpoolDirectory directory;
  SpoolRoom room(directory.path(), 1);
  const auto spool = room.open();
  const std::string whole = std::string(SpooledBody::kPieceBytes, 'a') + "b";
  ASSERT_TRUE(spool->append(whole));
  for (SpooledBody body : {SpooledBody(spool.get(), {}, "text/csv"), SpooledBody(nullptr, whole, "text/csv")}) {
    EXPECT_EQ(body.size(), whole.size());
    EXPECT_EQ(body.media_type(), "text/csv");
    std::string piece;
    ASSERT_TRUE(body.next(piece));
    EXPECT_EQ(piece.size(), SpooledBody::kPieceBytes);
    ASSERT_TRUE(body.next(piece));
    EXPECT_EQ(piece, "b");
    EXPECT_FALSE(body.next(piece));
    body.read(whole.size() - 2, 9, piece);
    EXPECT_EQ(piece, "ab");
  }
}

TEST(Spool, HasAsManyPlacesAsItWasGiven) {
  const SpoolDirectory directory;
  SpoolRoom room(directory.path(), 2);
  auto first = room.open();
  const auto second = room.open();
  EXPECT_EQ(room.open(), nullptr);
  EXPECT_EQ(room.taken(), 2U);
  first.reset();
  EXPECT_EQ(room.taken(), 1U);
  EXPECT_NE(room.open(), nullptr);
}

TEST(Spool, SaysThatTheDiskDoesNotTakeIt) {
  SpoolRoom nowhere("/nonexistent/spool", 1);
  EXPECT_FALSE(nowhere.open()->append("a"));
  EXPECT_EQ(nowhere.taken(), 0U);
  // As full as a disk can be made without being the superuser.
  const SpoolDirectory directory;
  SpoolRoom room(directory.path(), 1);
  const auto spool = room.open();
  const testing::FileSizeLimit limit(4096);
  EXPECT_TRUE(spool->append(std::string(4000, 'a')));
  EXPECT_FALSE(spool->append(std::string(4000, 'b')));
  EXPECT_FALSE(spool->append("c")) << "there is a hole in it";
}

}  // namespace
}  // namespace gatehouse::http
