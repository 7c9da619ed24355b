// What the rows share: the options, the report, one store at the chosen scale, and where the service listens.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "server/core.hpp"
#include "support/model.hpp"
#include "support/process.hpp"
#include "support/report.hpp"

namespace gatehouse::bench {

struct Options {
  std::string only;               // part of a family's name; empty: all
  bool whole = false;             // the store at 1 million users, 10 million memberships
  bool quick = false;             // shorter rounds, smaller populations: to see that everything runs
  std::uint32_t users = 100'000;  // of the store
};

inline constexpr std::string_view kPassword = "a long bench password 1!";
inline constexpr std::uint32_t kWithPassword = 1000;  // the first users of the store have kPassword

// A store filled by SQL, and credentials for it that the service itself has issued.
struct Store {
  std::string data;
  std::vector<std::string> callers;  // access tokens of users who may evaluate and list everywhere
  std::string client_id;
  std::string client_secret;
  OrganizationId few;      // 10 members
  OrganizationId hundred;  // 100 members
  OrganizationId crowd;    // all users
  std::uint32_t few_no = 0;
  std::uint32_t hundred_no = 0;
  std::uint32_t crowd_no = 0;
};

class People;
class Postgres;

class Context {
 public:
  explicit Context(const Options& from);
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Options options;
  Report report;
  std::string directory;  // gone at the end
  std::uint16_t port;     // tokens name it as their issuer
  SystemClock clock;
  SystemRandom random;

  const Model& model();  // of the store
  const Store& store();
  // A directory of so many accounts, as it was made until a family has changed it.
  const People& people(std::uint32_t count);
  Postgres& postgres();                    // started when it is first asked for
  const std::string& store_in_postgres();  // the URL of a copy of the store
  [[nodiscard]] server::Config config(const std::string& data) const;
  [[nodiscard]] std::unique_ptr<server::Core> open(const std::string& data);  // made when it is not there
  // Serving the data directory on its port; one I/O thread on one core, or on all.
  [[nodiscard]] std::unique_ptr<Gatehouse> serve(const std::string& data, int core) const;
  [[nodiscard]] std::string scale();  // in words
  [[nodiscard]] double round_s() const { return options.quick ? 0.3 : 1.5; }
  [[nodiscard]] int rounds() const { return options.quick ? 1 : 3; }

 private:
  std::unique_ptr<Model> model_;
  std::unique_ptr<Store> store_;
  std::map<std::uint32_t, std::unique_ptr<People>> people_;
  std::unique_ptr<Postgres> postgres_;
  std::string store_in_postgres_;
};

// The value of a result that has to be one.
template <class T>
T need(Result<T> result) {
  if (!result) throw std::runtime_error(std::string(result.error().code) + ": " + result.error().detail);
  return std::move(result).value();
}
inline void need(Result<void> result) {
  if (!result) throw std::runtime_error(std::string(result.error().code) + ": " + result.error().detail);
}

// In store.cpp.
std::unique_ptr<Store> fill_store(Context& context, const Model& model, const std::string& data);
// A token of a new session of the user.
std::string sign_in_as(server::Core& core, UserNo no, const UserId& user);

// The families of rows.
void measure_machine(Context& context);
void measure_decisions_in_process(Context& context);
void measure_decisions_over_http(Context& context);
void measure_tokens(Context& context);
void measure_lists(Context& context);
void measure_names(Context& context);
void measure_access(Context& context);
void measure_sign_in(Context& context);
void measure_directory(Context& context);
void measure_writes(Context& context);
void measure_start(Context& context);
void measure_imports(Context& context);
void measure_postgres_decisions(Context& context);
void measure_postgres_lists(Context& context);
void measure_postgres_sign_in(Context& context);
void measure_postgres_writes(Context& context);
void measure_staleness(Context& context);

}  // namespace gatehouse::bench
