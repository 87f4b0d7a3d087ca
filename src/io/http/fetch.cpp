// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "io/http/exchange.h"
#include "io/http/partial_file.h"

namespace ecocube {
namespace {

/// One download: requests until the part is the whole file.
class Fetch {
 public:
  Fetch(std::string url, PartialFile& part, const HttpOptions& options) : part_(part), options_(options) {
    request_.url = std::move(url);
  }

  Result<Download> run() {
    std::uint64_t furthest = part_.size();
    int tries = 0;
    while (true) {
      const HttpResponse response = ask();
      if (disk_failure_) return within(asked(), *disk_failure_);
      const HttpVerdict verdict = verdict_on(response);
      if (verdict == HttpVerdict::absent) {
        part_.discard();
        return download_;
      }
      if (verdict == HttpVerdict::good && is_whole(response)) return finish();
      const bool redo = unfit_ || response.status == 416 || verdict == HttpVerdict::good;
      if (verdict == HttpVerdict::refused && !redo)
        return Failure(http_error(request_, response, options_, download_.requests));
      tries = part_.size() > furthest ? 1 : tries + 1;
      furthest = std::max(furthest, part_.size());
      if (tries >= options_.attempts) return give_up(response, tries);
      // What a redo would go on with is not what the server has now.
      if (unfit_ || response.status == 416) {
        const auto emptied = part_.restart({});
        if (!emptied) return within(asked(), emptied.error());
      }
      wait_before_retry(options_, tries, response);
    }
  }

 private:
  HttpResponse ask() {
    started_ = unfit_ = false;
    request_.if_range = part_.validator();
    request_.from_byte = request_.if_range.empty() ? 0 : part_.size();
    ++download_.requests;
    HttpResponse response = exchange(
        request_, options_, [this](const HttpResponse& answer, std::string_view bytes) { return take(answer, bytes); });
    // An answer without a body never reached take().
    if (response.status == 200 && response.failure.empty() && !started_) begin(response);
    return response;
  }

  bool take(const HttpResponse& answer, std::string_view bytes) {
    if (!started_ && !begin(answer)) return false;
    const auto written = part_.append(bytes);
    if (!written) disk_failure_ = written.error();
    download_.received += bytes.size();
    return written.has_value();
  }

  /// Decides at the first byte whether the body goes on where the part ends or starts anew.
  bool begin(const HttpResponse& answer) {
    started_ = true;
    if (answer.status == 206) {
      const bool same =
          answer.file.etag.empty() || part_.origin().etag.empty() || answer.file.etag == part_.origin().etag;
      const bool same_size = !answer.range_total || !part_.origin().bytes || answer.range_total == part_.origin().bytes;
      unfit_ = request_.from_byte == 0 || answer.range_start != request_.from_byte || !same || !same_size;
      download_.resumed = download_.resumed || !unfit_;
      return !unfit_;
    }
    download_.resumed = false;
    RemoteFile origin = answer.file;
    origin.present = true;
    const auto restarted = part_.restart(origin);
    if (!restarted) disk_failure_ = restarted.error();
    return restarted.has_value();
  }

  bool is_whole(const HttpResponse& response) const {
    const auto total = response.status == 206 ? response.range_total : response.file.bytes;
    return !unfit_ && started_ && (!total || *total == part_.size());
  }

  Result<Download> finish() {
    download_.file = part_.origin();
    const auto finished = part_.finish();
    if (!finished) return within(asked(), finished.error());
    return download_;
  }

  Failure give_up(const HttpResponse& response, int tries) const {
    Error error = http_error(request_, response, options_, tries);
    if (unfit_)
      error.message =
          fmt::format("{}: the server sends parts that do not fit together (tried {} times)", asked(), tries);
    if (part_.size() > 0) {
      const std::string of = part_.origin().bytes ? fmt::format(" of {}", *part_.origin().bytes) : "";
      error.message += fmt::format("; {}{} bytes are here and will be gone on with", part_.size(), of);
    }
    return Failure(std::move(error));
  }

  std::string asked() const { return "GET " + shown_url(request_.url); }

  HttpRequest request_;
  PartialFile& part_;
  const HttpOptions& options_;
  Download download_;
  bool started_ = false;
  bool unfit_ = false;
  std::optional<Error> disk_failure_;
};

}  // namespace

Result<Download> fetch_file(const std::string& url, const std::filesystem::path& destination,
                            const HttpOptions& options) {
  ECOCUBE_TRY(check_url(url));
  auto part = PartialFile::open(destination);
  if (!part) return within(fmt::format("GET {}", shown_url(url)), part.error());
  if (!*part) {
    Download brought;
    brought.file = origin_of(destination).value_or(RemoteFile{});
    brought.file.present = true;
    return brought;
  }
  auto download = Fetch(url, **part, options).run();
  if (!download && (*part)->size() == 0) (*part)->discard();
  return download;
}

}  // namespace ecocube
