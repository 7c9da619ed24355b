#include "server/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <string>

#include "base/json_writer.hpp"

namespace gatehouse::server {
namespace {

spdlog::logger& logger() {
  static const std::shared_ptr<spdlog::logger> instance = [] {
    auto made = std::make_shared<spdlog::logger>("gatehouse", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->flush_on(spdlog::level::info);
    return made;
  }();
  return *instance;
}

}  // namespace

void log_event(const Clock& clock, LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  constexpr std::string_view kLevels[] = {"info", "warning", "error"};
  std::string line;
  JsonWriter out(line);
  out.begin_object();
  out.member("time", std::string_view(clock.now().to_string()));
  out.member("level", kLevels[static_cast<std::size_t>(level)]);
  out.member("event", event);
  for (const auto& [name, value] : fields) {
    out.key(name);
    if (const auto* text = std::get_if<std::string_view>(&value)) {
      out.value(*text);
    } else {
      out.value(std::get<std::int64_t>(value));
    }
  }
  out.end_object();
  logger().log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace gatehouse::server
