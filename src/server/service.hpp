// The running service: the surfaces over one core, the two listeners, and what has to be done from time to time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/router.hpp"
#include "http/server.hpp"
#include "server/core.hpp"
#include "server/follower.hpp"
#include "server/invite_clerk.hpp"
#include "server/post_office.hpp"

namespace gatehouse::server {

// The surfaces over a core, without a socket: routes, and the OpenAPI document made from them.
class Surfaces {
 public:
  Surfaces(Core& core, http::Freshness& freshness, const std::string& public_url, http::Router::Log log);
  ~Surfaces();
  [[nodiscard]] http::Router& router() { return *router_; }
  [[nodiscard]] const std::string& openapi() const { return openapi_; }

 private:
  struct Adapters;
  void register_partner(Core& core);
  void register_identity_manager(Core& core);
  std::unique_ptr<Adapters> adapters_;
  std::vector<std::unique_ptr<http::Surface>> surfaces_;
  std::unique_ptr<http::Router> router_;
  std::string openapi_;
};

class Service {
 public:
  // Binds both listeners, so that a taken port is found before anything is written; nothing is answered yet.
  // Errors: one sentence that says what to do.
  static Result<std::unique_ptr<Service>> bind(const Config& config);
  ~Service();
  // Builds the surfaces and begins to answer. The core must outlive the service.
  void start(Core& core);
  // Finishes what is in flight, at most ten seconds.
  void stop();

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] const std::string& management_url() const { return management_url_; }

 private:
  class Entrance;
  class Management;
  Service();
  void keep_house();

  Core* core_ = nullptr;
  std::string url_;
  std::string management_url_;
  std::unique_ptr<http::Freshness> freshness_;
  Follower* follower_ = nullptr;  // the same; none where the store lets in only one node
  std::unique_ptr<Entrance> entrance_;
  std::unique_ptr<Management> management_;
  std::unique_ptr<PostOffice> post_office_;
  std::unique_ptr<InviteClerk> invite_clerk_;
  std::unique_ptr<Surfaces> surfaces_;
  std::unique_ptr<http::Server> server_;
  std::unique_ptr<http::Server> management_server_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread housekeeper_;
};

}  // namespace gatehouse::server
