// SPDX-License-Identifier: Apache-2.0
#include "io/http/exchange.h"

#include <curl/curl.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "base/text.h"

namespace ecocube {
namespace {

struct Conversation {
  HttpResponse response;
  const BodySink* sink = nullptr;
  bool sink_refused = false;
};

std::optional<std::uint64_t> parse_count(std::string_view text) {
  const auto number = parse_integer(text);
  return number && *number >= 0 ? std::optional<std::uint64_t>(static_cast<std::uint64_t>(*number)) : std::nullopt;
}

/// `bytes 100-199/200`
void take_content_range(std::string_view text, HttpResponse& response) {
  const auto space = text.find(' '), dash = text.find('-'), slash = text.find('/');
  if (space == text.npos || dash == text.npos || slash == text.npos || dash < space || slash < dash) return;
  response.range_start = parse_count(text.substr(space + 1, dash - space - 1));
  response.range_total = parse_count(text.substr(slash + 1));
}

void take_header(std::string_view line, HttpResponse& response) {
  if (line.starts_with("HTTP/")) {
    response = {};  // the headers of a redirect do not count
    const auto space = line.find(' ');
    if (space != line.npos) response.status = static_cast<long>(parse_integer(line.substr(space + 1, 3)).value_or(0));
    return;
  }
  const auto colon = line.find(':');
  if (colon == line.npos) return;
  const std::string name = lower_case(line.substr(0, colon));
  const std::string value(trimmed(line.substr(colon + 1)));
  if (name == "etag") response.file.etag = value;
  if (name == "last-modified") response.file.last_modified = value;
  if (name == "content-length") response.file.bytes = parse_count(value);
  if (name == "content-range") take_content_range(value, response);
  if (name == "retry-after") {
    if (const auto seconds = parse_count(value))
      response.retry_after = std::chrono::seconds(std::min<std::uint64_t>(*seconds, 86400));
  }
}

std::size_t on_header(char* bytes, std::size_t size, std::size_t count, void* user) {
  take_header(std::string_view(bytes, size * count), static_cast<Conversation*>(user)->response);
  return size * count;
}

std::size_t on_body(char* bytes, std::size_t size, std::size_t count, void* user) {
  auto& conversation = *static_cast<Conversation*>(user);
  const long status = conversation.response.status;
  if (status != 200 && status != 206) return size * count;
  if (*conversation.sink && (*conversation.sink)(conversation.response, std::string_view(bytes, size * count)))
    return size * count;
  conversation.sink_refused = true;
  return 0;
}

/// This thread's handle, with its open connections and without the settings of the request before.
CURL* thread_handle() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  thread_local std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), curl_easy_cleanup);
  if (handle) curl_easy_reset(handle.get());
  return handle.get();
}

bool may_pass(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_WEIRD_SERVER_REPLY:
      return true;
    default:
      return false;
  }
}

using HeaderList = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

/// Sets the body too, which decides some of them.
HeaderList set_headers(CURL* curl, const HttpRequest& request) {
  curl_slist* headers = nullptr;
  const auto add = [&](const std::string& line) { headers = curl_slist_append(headers, line.c_str()); };
  if (request.from_byte > 0) {
    add(fmt::format("Range: bytes={}-", request.from_byte));
    add(fmt::format("If-Range: {}", request.if_range));
  }
  if (!request.json.empty()) {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.json.size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.json.c_str());
    add("Content-Type: application/json");
    add("Expect:");  // else a body above 1 KiB waits a second for servers that do not know it
  }
  for (const auto& [name, value] : request.headers) add(fmt::format("{}: {}", name, value));
  if (headers) curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  return HeaderList(headers, curl_slist_free_all);
}

HeaderList set_up(CURL* curl, const HttpRequest& request, const HttpOptions& options, Conversation& conversation,
                  char* reason) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "ecocube");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_limit.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_limit.count()));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &conversation);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &conversation);
  if (request.head_only) curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (options.credentials.given()) {
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    curl_easy_setopt(curl, CURLOPT_USERNAME, options.credentials.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, options.credentials.password.c_str());
  }
  return set_headers(curl, request);
}

}  // namespace

HttpResponse exchange(const HttpRequest& request, const HttpOptions& options, const BodySink& sink) {
  Conversation conversation;
  conversation.sink = &sink;
  CURL* curl = thread_handle();
  if (!curl) {
    conversation.response.failure = "no memory for a connection";
    return conversation.response;
  }
  char reason[CURL_ERROR_SIZE] = {};
  const HeaderList headers = set_up(curl, request, options, conversation, reason);
  const CURLcode code = curl_easy_perform(curl);
  curl_easy_reset(curl);  // drops the pointers to what dies here, and the credentials
  HttpResponse response = std::move(conversation.response);
  if (code != CURLE_OK) {
    response.failure = conversation.sink_refused ? "broken off" : reason[0] ? reason : curl_easy_strerror(code);
    response.may_retry = may_pass(code);
  }
  return response;
}

HttpVerdict verdict_on(const HttpResponse& response) {
  const long status = response.status;
  if (status == 404 || status == 410) return HttpVerdict::absent;
  if (status >= 500 || status == 429 || status == 408) return HttpVerdict::retry;
  if (status >= 400) return HttpVerdict::refused;
  if (!response.failure.empty()) return response.may_retry ? HttpVerdict::retry : HttpVerdict::refused;
  return status == 200 || status == 206 ? HttpVerdict::good : HttpVerdict::refused;
}

Error http_error(const HttpRequest& request, const HttpResponse& response, const HttpOptions& options, int tries) {
  const std::string asked = fmt::format("{} {}", request.method(), shown_url(request.url));
  const std::string after = tries > 1 ? fmt::format(" (tried {} times)", tries) : "";
  if (response.status == 401 || response.status == 403) {
    const char* why = options.credentials.given() ? "the server refuses the user and password; check"
                                                  : "the server asks for a user and password; set";
    return {Blame::machine,
            fmt::format("{}: {} ECOCUBE_HTTP_USER and ECOCUBE_HTTP_PASSWORD (status {})", asked, why, response.status)};
  }
  if (response.status >= 400 || response.failure.empty()) {
    const bool server_side = response.status >= 500 || response.status == 429 || response.status == 408;
    return {server_side ? Blame::machine : Blame::input,
            fmt::format("{}: the server answered with status {}{}", asked, response.status, after)};
  }
  return {Blame::machine, fmt::format("{}: {}{}", asked, response.failure, after)};
}

void wait_before_retry(const HttpOptions& options, int tries_done, const HttpResponse& response) {
  thread_local std::minstd_rand engine{std::random_device{}()};
  const double share = options.jitter ? options.jitter() : std::uniform_real_distribution<double>(0, 1)(engine);
  const double doubled = static_cast<double>(options.first_wait.count()) * std::pow(2.0, std::min(tries_done - 1, 20));
  const double longest = static_cast<double>(options.longest_wait.count());
  double wait = std::min(doubled, longest) * (0.5 + 0.5 * share);
  if (response.retry_after)
    wait = std::max(wait, std::min(longest, 1000.0 * static_cast<double>(response.retry_after->count())));
  const std::chrono::milliseconds whole(std::llround(wait));
  if (options.sleep) {
    options.sleep(whole);
  } else {
    std::this_thread::sleep_for(whole);
  }
}

Result<void> check_url(const std::string& url) {
  if (!is_url(url)) return usage_error("'{}' is no http or https URL", shown_url(url));
  const auto host = url.find("//") + 2;
  const auto end = std::min(url.find_first_of("/?#", host), url.size());
  if (url.substr(host, end - host).find('@') != std::string::npos) {
    return usage_error(
        "{}: a user and password do not belong in a URL; set ECOCUBE_HTTP_USER and ECOCUBE_HTTP_PASSWORD",
        shown_url(url));
  }
  return {};
}

}  // namespace ecocube
