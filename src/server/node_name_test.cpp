#include "server/node_name.hpp"

#include <sys/stat.h>

#include <fstream>

#include <gtest/gtest.h>

#include "sql/sqlite/temporary_store.hpp"

namespace gatehouse::server {
namespace {

class NodeNames : public ::testing::Test {
 protected:
  domain::NodeId name() { return NodeName(directory.path(), now, random).id(); }
  sql::TemporaryDirectory directory;
  SystemRandom random;
  Timestamp now{1'000'000};
};

TEST_F(NodeNames, AreKeptOverARestart) {
  const auto first = name();
  EXPECT_EQ(name(), first);
  struct stat file {};
  ASSERT_EQ(::stat(directory.file("node.id").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777U, 0600U);
}

TEST_F(NodeNames, AreNeverThoseOfTwoLivingProcesses) {
  const NodeName living(directory.path(), now, random);
  EXPECT_NE(name(), living.id());
  EXPECT_NE(NodeName(now, random).id(), living.id());
}

TEST_F(NodeNames, AreNotThoseOfAnotherMachineWhoseDirectoryWasCopied) {
  const auto first = name();
  std::ofstream(directory.file("node.id")) << first.to_string() << " some-other-machine\n";
  EXPECT_NE(name(), first);
}

TEST_F(NodeNames, AreMadeAnewWhenTheFileSaysNothingOfUse) {
  for (const char* broken : {"", "\n", "not a name", "00000000-0000-0000-0000-000000000000"}) {
    std::ofstream(directory.file("node.id"), std::ios::trunc) << broken;
    const auto made = name();
    EXPECT_FALSE(made.is_nil());
    EXPECT_EQ(name(), made) << "and kept from then on";
  }
}

TEST_F(NodeNames, AreHadWithoutADirectoryToo) { EXPECT_FALSE(NodeName("/nowhere/at/all", now, random).id().is_nil()); }

}  // namespace
}  // namespace gatehouse::server
