#include "support/context.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "support/people.hpp"
#include "support/postgres.hpp"

namespace gatehouse::bench {

Context::Context(const Options& from) : options(from), port(free_port()) {
  std::string pattern = (std::filesystem::temp_directory_path() / "gatehouse-bench-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory = pattern;
}

Context::~Context() {
  std::error_code ignored;
  std::filesystem::remove_all(directory, ignored);
}

const Model& Context::model() {
  const std::uint32_t users = options.whole ? 1'000'000 : options.quick ? 5'000 : options.users;
  if (!model_) model_ = std::make_unique<Model>(users, users / 10, 10);
  return *model_;
}

const Store& Context::store() {
  if (!store_) store_ = fill_store(*this, model(), directory + "/store");
  return *store_;
}

const People& Context::people(std::uint32_t count) {
  auto& made = people_[count];
  if (!made) {
    std::fprintf(stderr, "bench: making a directory of %u accounts\n", count);
    made = std::make_unique<People>(*this, fmt::format("{}/people-{}", directory, count), count);
  }
  return *made;
}

Postgres& Context::postgres() {
  if (!postgres_) postgres_ = std::make_unique<Postgres>();
  return *postgres_;
}

const std::string& Context::store_in_postgres() {
  if (store_in_postgres_.empty()) store_in_postgres_ = postgres().copy_of(store().data + "/gatehouse.db");
  return store_in_postgres_;
}

server::Config Context::config(const std::string& data) const {
  server::Config config;
  config.data = data;
  config.listen = issuer_of(port);
  config.admin_password = kPassword;
  config.access_token_s = 4 * 3600;
  return config;
}

std::unique_ptr<server::Core> Context::open(const std::string& data) {
  return need(server::Core::open(config(data), server::Opening::kServe, clock, random));
}

std::unique_ptr<Gatehouse> Context::serve(const std::string& data, int core) const {
  return std::make_unique<Gatehouse>(ServerStart{data, port, core, {}});
}

std::string Context::scale() {
  return fmt::format("{} users, {} organizations, {} memberships", model().users(), model().organizations(),
                     model().memberships());
}

}  // namespace gatehouse::bench
