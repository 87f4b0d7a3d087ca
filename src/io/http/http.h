// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace ecocube {

/// User and password for HTTP basic authentication. They never appear in a message, a log or a file.
struct HttpCredentials {
  std::string user;
  std::string password;
  bool given() const { return !user.empty() || !password.empty(); }
  /// From ECOCUBE_HTTP_USER and ECOCUBE_HTTP_PASSWORD; empty where those are not set.
  static HttpCredentials from_environment();
};

struct HttpOptions {
  HttpCredentials credentials;
  int attempts = 6;                               ///< tries in a row without a new byte before giving up
  std::chrono::milliseconds first_wait{500};      ///< before the second try; doubles from try to try
  std::chrono::milliseconds longest_wait{30000};  ///< also bounds a server's Retry-After
  std::chrono::seconds connect_limit{20};
  std::chrono::seconds stall_limit{60};                  ///< a transfer that brings nothing for so long is tried again
  std::function<void(std::chrono::milliseconds)> sleep;  ///< empty: waits
  std::function<double()> jitter;                        ///< 0..1, lengthens half a wait to a whole one; empty: random
};

/// What a server says of a file.
struct RemoteFile {
  bool present = false;  ///< false: the server answered 404 or 410
  std::string etag;
  std::string last_modified;
  std::optional<std::uint64_t> bytes;
  /// Changes when the file's content may have.
  std::string identity() const;
  bool operator==(const RemoteFile&) const = default;
};

struct Download {
  RemoteFile file;
  std::uint64_t received = 0;  ///< bytes that came over the line in this call
  int requests = 0;            ///< 0: another process brought the file while this one waited for it
  bool resumed = false;        ///< an earlier or broken-off download was gone on with
};

/// Asks for a file's description only (HEAD). Retries as fetch_file does.
Result<RemoteFile> look_up(const std::string& url, const HttpOptions& options);

/// Brings a file to `destination`, which appears whole by rename or not at all; its folder is made. A download that
/// breaks off stays beside it as `NAME.partial` and is gone on with, now or in a later call, when the server still has
/// the same file (If-Range); otherwise it starts anew. `NAME.origin` keeps what the server said of the file. Several
/// threads and processes may ask for one destination; one of them downloads.
///
/// Server errors (5xx, 429, 408), resets and time-outs are tried again after growing waits. 404 is no error: the
/// download's file is then not present. 401 and 403, other refusals, a full disk, and tries used up are errors.
Result<Download> fetch_file(const std::string& url, const std::filesystem::path& destination,
                            const HttpOptions& options);

/// What to ask for a document: a GET, or a POST of `json` when that is not empty.
struct DocumentRequest {
  std::string url;
  std::string json{};
  std::vector<std::pair<std::string, std::string>> headers{};  ///< further ones
};

struct Document {
  long status = 200;  ///< 200, or one that says there is no such thing: 404, 410, 405, 501
  std::string text;   ///< empty unless 200
};

/// Brings a document into memory. Retries as fetch_file does; a document broken off is asked for anew. An answer that
/// the address or the method is not there is no error but a status; a document above 1 GiB is an error.
Result<Document> fetch_document(const DocumentRequest& asked, const HttpOptions& options);

/// What the server said of a file that fetch_file brought; nothing when it did not bring it.
std::optional<RemoteFile> origin_of(const std::filesystem::path& destination);

/// True for text that begins with http:// or https://.
bool is_url(std::string_view text);
/// The URL fit for messages: without user, password and query.
std::string shown_url(std::string_view url);

}  // namespace ecocube
