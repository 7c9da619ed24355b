#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "server/commands.hpp"
#include "server/core.hpp"
#include "server/service.hpp"

namespace gatehouse::server {

// The document is made from the declared endpoints, and these need services to be bound to: a store in a directory that goes again.
Result<int> print_openapi(const CommandContext& context) {
  std::string directory = (std::filesystem::temp_directory_path() / "gatehouse-openapi-XXXXXX").string();
  if (mkdtemp(directory.data()) == nullptr) return invalid("openapi.failed", "cannot make a temporary directory");
  Config config = context.config;
  config.data = directory;
  config.database_url.clear();
  config.master_key_file.clear();
  config.admin_password = "made up for no one to use";
  const SystemClock clock;
  SystemRandom random;
  std::string document;
  {
    const auto core = TRY(Core::open(config, Opening::kServe, clock, random));
    http::SingleNode freshness([] { return Revision{0}; });
    document = Surfaces(*core, freshness, "http://127.0.0.1:8080", [](const http::Finished&) {}).openapi();
  }
  std::filesystem::remove_all(directory);
  std::printf("%s\n", document.c_str());
  return 0;
}

}  // namespace gatehouse::server
