// SPDX-License-Identifier: Apache-2.0
#include "io/http/http.h"

#include <algorithm>
#include <cstdlib>

#include "base/text.h"
#include "io/http/exchange.h"

namespace ecocube {
namespace {

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

HttpCredentials HttpCredentials::from_environment() {
  return {ecocube::from_environment("ECOCUBE_HTTP_USER"), ecocube::from_environment("ECOCUBE_HTTP_PASSWORD")};
}

std::string RemoteFile::identity() const {
  std::vector<std::string> parts;
  if (bytes) parts.push_back(fmt::format("{} bytes", *bytes));
  if (!last_modified.empty()) parts.push_back("changed " + last_modified);
  if (!etag.empty()) parts.push_back("ETag " + etag);
  return join(parts, ", ");
}

Result<RemoteFile> look_up(const std::string& url, const HttpOptions& options) {
  ECOCUBE_TRY(check_url(url));
  const HttpRequest request{.url = url, .head_only = true};
  for (int tries = 1;; ++tries) {
    HttpResponse response = exchange(request, options, {});
    const HttpVerdict verdict = verdict_on(response);
    if (verdict == HttpVerdict::absent) return RemoteFile{};
    if (verdict == HttpVerdict::good) {
      response.file.present = true;
      return response.file;
    }
    if (verdict == HttpVerdict::refused || tries >= options.attempts)
      return Failure(http_error(request, response, options, tries));
    wait_before_retry(options, tries, response);
  }
}

Result<Document> fetch_document(const DocumentRequest& asked, const HttpOptions& options) {
  constexpr std::size_t most_bytes = std::size_t{1} << 30;
  ECOCUBE_TRY(check_url(asked.url));
  const HttpRequest request{.url = asked.url, .json = asked.json, .headers = asked.headers};
  for (int tries = 1;; ++tries) {
    Document document;
    bool too_long = false;
    const HttpResponse response = exchange(request, options, [&](const HttpResponse&, std::string_view bytes) {
      too_long = document.text.size() + bytes.size() > most_bytes;
      if (!too_long) document.text += bytes;
      return !too_long;
    });
    if (too_long)
      return input_error("{} {}: the document is longer than 1 GiB", request.method(), shown_url(asked.url));
    const HttpVerdict verdict = verdict_on(response);
    if (verdict == HttpVerdict::good) return document;
    if (verdict == HttpVerdict::absent || response.status == 405 || response.status == 501)
      return Document{response.status, ""};
    if (verdict == HttpVerdict::refused || tries >= options.attempts)
      return Failure(http_error(request, response, options, tries));
    wait_before_retry(options, tries, response);
  }
}

bool is_url(std::string_view text) {
  const std::string start = lower_case(text.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://");
}

std::string shown_url(std::string_view url) {
  std::string shown(url.substr(0, std::min(url.find_first_of("?#"), url.size())));
  const auto slashes = shown.find("//");
  if (slashes == std::string::npos) return shown;
  const auto host = slashes + 2;
  const auto end = std::min(shown.find('/', host), shown.size());
  const auto at = shown.rfind('@', end);
  if (at != std::string::npos && at >= host && at < end) shown.erase(host, at + 1 - host);
  return shown;
}

}  // namespace ecocube
