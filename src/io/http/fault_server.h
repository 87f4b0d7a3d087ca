// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace ecocube {

/// A small HTTP server for tests on 127.0.0.1 that answers as its handler says, faults included. One request a
/// connection, one connection at a time.
class FaultServer {
 public:
  struct Request {
    std::string method;
    std::string target;                          ///< `/49N/013E_49N/1012.tif`
    std::map<std::string, std::string> headers;  ///< names in lower case
    std::string body{};
  };
  struct Answer {
    int status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::size_t send = std::string::npos;  ///< breaks off after so many bytes of the body
    bool reset = false;                    ///< breaks off by a reset instead of an orderly end
    bool with_length = true;               ///< gives the whole body's Content-Length
  };
  using Handler = std::function<Answer(const Request&)>;

  explicit FaultServer(Handler handler)
      : handler_(std::move(handler)), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, plain, size) != 0 || ::listen(listener_, 16) != 0 ||
        ::getsockname(listener_, plain, &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FaultServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  FaultServer(const FaultServer&) = delete;
  FaultServer& operator=(const FaultServer&) = delete;

  std::string url(const std::string& target = "") const { return "http://127.0.0.1:" + std::to_string(port_) + target; }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  /// Answers as a good server with one file: HEAD, and a range when it is asked of this very entity.
  static Answer file(const Request& request, const std::string& body, const std::string& etag) {
    Answer answer{200, {{"ETag", etag}, {"Last-Modified", "Tue, 05 Mar 2024 10:00:00 GMT"}}, body};
    const auto range = request.headers.find("range"), condition = request.headers.find("if-range");
    if (range == request.headers.end() || (condition != request.headers.end() && condition->second != etag))
      return answer;
    const std::size_t from = std::stoul(range->second.substr(range->second.find('=') + 1));
    answer.status = from < body.size() ? 206 : 416;
    answer.body = from < body.size() ? body.substr(from) : "";
    answer.headers.emplace_back(
        "Content-Range",
        "bytes " + std::to_string(from) + "-" + std::to_string(body.size() - 1) + "/" + std::to_string(body.size()));
    return answer;
  }

 private:
  void serve() {
    while (!stopping_) {
      const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) continue;
      Request request;
      if (receive(connection, request)) {
        {
          const std::lock_guard lock(mutex_);
          requests_.push_back(request);
        }
        reply(connection, request, handler_(request));
      }
      ::close(connection);
    }
  }

  static bool receive(int connection, Request& request) {
    std::string text;
    char buffer[4096];
    while (text.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return false;
      text.append(buffer, static_cast<std::size_t>(count));
    }
    const auto first_space = text.find(' '), second_space = text.find(' ', first_space + 1);
    request.method = text.substr(0, first_space);
    request.target = text.substr(first_space + 1, second_space - first_space - 1);
    std::size_t line = text.find("\r\n") + 2;
    while (text.compare(line, 2, "\r\n") != 0) {
      const auto colon = text.find(':', line), end = text.find("\r\n", line);
      std::string name = text.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      request.headers[name] =
          text.substr(text.find_first_not_of(' ', colon + 1), end - text.find_first_not_of(' ', colon + 1));
      line = end + 2;
    }
    const auto length = request.headers.find("content-length");
    const std::size_t wanted = length == request.headers.end() ? 0 : std::stoul(length->second);
    request.body = text.substr(line + 2);
    while (request.body.size() < wanted) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return false;
      request.body.append(buffer, static_cast<std::size_t>(count));
    }
    return true;
  }

  static void reply(int connection, const Request& request, const Answer& answer) {
    std::string text = "HTTP/1.1 " + std::to_string(answer.status) + " as scripted\r\nConnection: close\r\n";
    for (const auto& [name, value] : answer.headers) text += name + ": " + value + "\r\n";
    if (answer.with_length) text += "Content-Length: " + std::to_string(answer.body.size()) + "\r\n";
    text += "\r\n";
    if (request.method != "HEAD") text += answer.body.substr(0, answer.send);
    for (std::size_t sent = 0; sent < text.size();) {
      const ssize_t count = ::send(connection, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) return;
      sent += static_cast<std::size_t>(count);
    }
    if (!answer.reset) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));  // lets the other side take what was sent
    const linger hard{1, 0};
    ::setsockopt(connection, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  }

  Handler handler_;
  int listener_;
  unsigned port_ = 0;
  std::atomic<bool> stopping_ = false;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  std::thread thread_;
};

}  // namespace ecocube
