// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "io/http/http.h"

namespace ecocube {

/// One HTTP request.
struct HttpRequest {
  std::string url;
  bool head_only = false;
  std::uint64_t from_byte = 0;  ///< above 0: asks for the rest only
  std::string if_range{};       ///< the rest of this entity (ETag or date), else all of it
  std::string json{};           ///< not empty: a POST of it
  std::vector<std::pair<std::string, std::string>> headers{};
  const char* method() const { return head_only ? "HEAD" : json.empty() ? "GET" : "POST"; }
};

/// What came of a request.
struct HttpResponse {
  long status = 0;  ///< 0: no answer
  RemoteFile file;
  std::optional<std::uint64_t> range_start;  ///< of a part (206)
  std::optional<std::uint64_t> range_total;
  std::optional<std::chrono::seconds> retry_after;
  std::string failure;     ///< why the exchange broke off; empty: it ended as it should
  bool may_retry = false;  ///< the failure may pass: reset, time-out, short body
};

/// Takes a piece of the body of an answer with status 200 or 206; false breaks off.
using BodySink = std::function<bool(const HttpResponse&, std::string_view)>;

/// Sends one request and waits for its end. Keeps the connection for the thread's next one.
HttpResponse exchange(const HttpRequest& request, const HttpOptions& options, const BodySink& sink);

/// What to do about a response.
enum class HttpVerdict { good, absent, retry, refused };
HttpVerdict verdict_on(const HttpResponse& response);
/// The response as an error: what was asked, of whom, and the answer. Never holds credentials.
Error http_error(const HttpRequest& request, const HttpResponse& response, const HttpOptions& options, int tries);

/// Waits before the next try: exponential with jitter, or as long as the server asks.
void wait_before_retry(const HttpOptions& options, int tries_done, const HttpResponse& response);

/// Refuses what is no http or https URL or carries a user and password.
Result<void> check_url(const std::string& url);

}  // namespace ecocube
