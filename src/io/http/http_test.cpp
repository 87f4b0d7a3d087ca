// SPDX-License-Identifier: Apache-2.0
#include "io/http/http.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/resource.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "io/file/file.h"
#include "io/http/fault_server.h"

namespace ecocube {
namespace {

namespace fs = std::filesystem;
using Answer = FaultServer::Answer;
using Request = FaultServer::Request;
using testing::HasSubstr;
using testing::Not;

std::string body_of(std::size_t size, unsigned seed = 1) {
  std::string body(size, ' ');
  for (char& c : body) c = static_cast<char>('a' + (seed = seed * 1664525U + 1013904223U) % 26);
  return body;
}

std::string header(const Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

/// A folder of its own for each test and waits that only are written down.
class Http : public testing::Test {
 protected:
  Http() {
    folder_ = fs::temp_directory_path() / fmt::format("ecocube-http-{}-{}", ::getpid(),
                                                      testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    destination_ = folder_ / "49N" / "1012.tif";
    options_.sleep = [this](std::chrono::milliseconds wait) { waits_.push_back(wait.count()); };
    options_.jitter = [] { return 1.0; };
  }
  ~Http() override { fs::remove_all(folder_); }

  std::string content() const { return read_text(destination_).value_or("<no file>"); }
  fs::path partial() const { return fs::path(destination_) += ".partial"; }

  fs::path folder_, destination_;
  HttpOptions options_;
  std::vector<long> waits_;
};

TEST_F(Http, AFileArrivesWholeWithItsOriginAndLeavesNothingElse) {
  const std::string body = body_of(300000);
  FaultServer server([&](const Request& request) { return FaultServer::file(request, body, "\"v1\""); });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_TRUE(download->file.present);
  EXPECT_EQ(download->received, body.size());
  EXPECT_EQ(download->requests, 1);
  EXPECT_FALSE(download->resumed);
  EXPECT_EQ(content(), body);
  EXPECT_FALSE(fs::exists(partial()));
  const auto origin = origin_of(destination_);
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->etag, "\"v1\"");
  EXPECT_EQ(origin->bytes, body.size());
  const auto head = look_up(server.url("/a.tif"), options_);
  ASSERT_TRUE(head);
  EXPECT_EQ(head->identity(), origin->identity());
  EXPECT_EQ(head->identity(), "300000 bytes, changed Tue, 05 Mar 2024 10:00:00 GMT, ETag \"v1\"");
}

TEST_F(Http, ServerErrorsAreTriedAgainAfterGrowingWaits) {
  int count = 0;
  FaultServer server([&](const Request& request) {
    return ++count <= 2 ? Answer{503, {}, "busy"} : FaultServer::file(request, "fine", "\"v1\"");
  });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(download->requests, 3);
  EXPECT_EQ(content(), "fine");
  EXPECT_THAT(waits_, testing::ElementsAre(500, 1000));
}

TEST_F(Http, ALookUpIsTriedAgainToo) {
  int count = 0;
  FaultServer server([&](const Request& request) {
    return ++count <= 1 ? Answer{429, {{"Retry-After", "7"}}, ""} : FaultServer::file(request, "fine", "\"v1\"");
  });
  const auto found = look_up(server.url("/a.tif"), options_);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->bytes, 4U);
  EXPECT_THAT(waits_, testing::ElementsAre(7000));
  EXPECT_EQ(server.requests().front().method, "HEAD");
}

TEST_F(Http, TriesThatAreUsedUpAreAnErrorThatSaysHowMany) {
  FaultServer server([](const Request&) { return Answer{502, {}, ""}; });
  options_.attempts = 4;
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().blame, Blame::machine);
  EXPECT_EQ(download.error().message,
            "GET " + server.url("/a.tif") + ": the server answered with status 502 (tried 4 times)");
  EXPECT_EQ(server.requests().size(), 4U);
  EXPECT_THAT(waits_, testing::ElementsAre(500, 1000, 2000));
}

TEST_F(Http, AResetInMidBodyIsGoneOnWithByAskingForTheRestOnly) {
  const std::string body = body_of(200000);
  int count = 0;
  FaultServer server([&](const Request& request) {
    Answer answer = FaultServer::file(request, body, "\"v1\"");
    if (++count == 1) {
      answer.send = 120000;
      answer.reset = true;
    }
    return answer;
  });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(content(), body);
  EXPECT_TRUE(download->resumed);
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 2U);
  EXPECT_EQ(header(requests[0], "range"), "");
  EXPECT_EQ(header(requests[1], "range"), "bytes=120000-");
  EXPECT_EQ(header(requests[1], "if-range"), "\"v1\"");
  EXPECT_EQ(download->received, body.size());
}

TEST_F(Http, APartOfAnEarlierCallIsGoneOnWith) {
  const std::string body = body_of(200000);
  bool broken = true;
  FaultServer server([&](const Request& request) {
    Answer answer = FaultServer::file(request, body, "\"v1\"");
    if (broken) answer.send = 50000;
    return answer;
  });
  options_.attempts = 1;
  const auto first = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_FALSE(first);
  EXPECT_THAT(first.error().message, HasSubstr("50000 of 200000 bytes are here and will be gone on with"));
  EXPECT_FALSE(fs::exists(destination_));
  EXPECT_EQ(fs::file_size(partial()), 50000U);
  broken = false;
  const auto second = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(second->received, 150000U);
  EXPECT_EQ(content(), body);
}

TEST_F(Http, AServerThatIgnoresRangeSendsAllAnewAndNothingIsDoubled) {
  const std::string body = body_of(200000);
  int count = 0;
  FaultServer server([&](const Request&) {
    Answer answer{200, {{"ETag", "\"v1\""}}, body};
    if (++count == 1) answer.send = 70000;
    return answer;
  });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_FALSE(download->resumed);
  EXPECT_EQ(header(server.requests()[1], "range"), "bytes=70000-");
  EXPECT_EQ(content(), body);
}

TEST_F(Http, AFileThatChangedMeanwhileIsFetchedAnew) {
  const std::string old_body = body_of(200000, 1), new_body = body_of(150000, 2);
  int count = 0;
  FaultServer server([&](const Request& request) {
    if (++count > 1) return FaultServer::file(request, new_body, "\"v2\"");
    Answer answer = FaultServer::file(request, old_body, "\"v1\"");
    answer.send = 70000;
    return answer;
  });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(content(), new_body);
  EXPECT_EQ(download->file.etag, "\"v2\"");
  EXPECT_EQ(origin_of(destination_)->etag, "\"v2\"");
}

TEST_F(Http, APartOfAnotherEntityIsThrownAwayEvenWhenTheServerOverlooksIfRange) {
  const std::string old_body = body_of(200000, 1), new_body = body_of(200000, 2);
  int count = 0;
  FaultServer server([&](const Request& request) {
    Answer answer = FaultServer::file(request, count == 0 ? old_body : new_body, count == 0 ? "\"v1\"" : "\"v2\"");
    if (++count == 1) answer.send = 70000;
    if (count != 2) return answer;
    return Answer{206, {{"ETag", "\"v2\""}, {"Content-Range", "bytes 70000-199999/200000"}}, new_body.substr(70000)};
  });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(content(), new_body);
  EXPECT_EQ(header(server.requests().back(), "range"), "");
}

TEST_F(Http, APartThatIsNotPartOfTheFileAnyMoreIsRedone) {
  const std::string body = body_of(1000);
  ASSERT_TRUE(write_text_atomic(partial(), body_of(5000, 3)));
  ASSERT_TRUE(write_text_atomic(fs::path(partial()) += ".origin", "etag \"v1\"\nlast-modified \nbytes 9000\n"));
  FaultServer server([&](const Request& request) { return FaultServer::file(request, body, "\"v1\""); });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(content(), body);
}

TEST_F(Http, APartOfUnknownOriginIsNotGoneOnWith) {
  ASSERT_TRUE(write_text_atomic(partial(), body_of(500, 3)));
  const std::string body = body_of(1000);
  FaultServer server([&](const Request& request) { return FaultServer::file(request, body, "\"v1\""); });
  ASSERT_TRUE(fetch_file(server.url("/a.tif"), destination_, options_));
  EXPECT_EQ(header(server.requests()[0], "range"), "");
  EXPECT_EQ(content(), body);
}

TEST_F(Http, ABodyShorterThanItsLengthNeverBecomesAFile) {
  FaultServer server(
      [](const Request&) { return Answer{.status = 200, .headers = {}, .body = body_of(1000), .send = 400}; });
  options_.attempts = 3;
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_FALSE(download);
  EXPECT_THAT(download.error().message, HasSubstr("400 of 1000 bytes"));
  EXPECT_FALSE(fs::exists(destination_));
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(Http, AnEmptyFileIsAFile) {
  FaultServer server([](const Request& request) { return FaultServer::file(request, "", "\"v0\""); });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(content(), "");
}

TEST_F(Http, NotFoundIsAbsentAndNoError) {
  FaultServer server([](const Request&) { return Answer{404, {}, "<html>nothing here</html>"}; });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_FALSE(download->file.present);
  EXPECT_FALSE(fs::exists(destination_));
  EXPECT_FALSE(fs::exists(partial()));
  const auto found = look_up(server.url("/a.tif"), options_);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->present);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Http, WithoutCredentialsARefusalNamesTheUrlAndWhatToSet) {
  FaultServer server([](const Request&) { return Answer{401, {{"WWW-Authenticate", "Basic realm=\"ard\""}}, ""}; });
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ASSERT_FALSE(download);
  EXPECT_EQ(
      download.error().message,
      "GET " + server.url("/a.tif") +
          ": the server asks for a user and password; set ECOCUBE_HTTP_USER and ECOCUBE_HTTP_PASSWORD (status 401)");
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_TRUE(fs::is_empty(destination_.parent_path()));
}

TEST_F(Http, CredentialsAreSentAsBasicAuthenticationAndNeverShown) {
  int status = 200;
  FaultServer server([&](const Request& request) {
    return status == 200 ? FaultServer::file(request, "fine", "\"v1\"") : Answer{status, {}, ""};
  });
  ::setenv("ECOCUBE_HTTP_USER", "glad", 1);
  ::setenv("ECOCUBE_HTTP_PASSWORD", "s3cret", 1);
  options_.credentials = HttpCredentials::from_environment();
  ::unsetenv("ECOCUBE_HTTP_USER");
  ::unsetenv("ECOCUBE_HTTP_PASSWORD");
  ASSERT_TRUE(fetch_file(server.url("/a.tif"), destination_, options_));
  EXPECT_EQ(header(server.requests()[0], "authorization"), "Basic Z2xhZDpzM2NyZXQ=");
  for (int refusal : {401, 403}) {
    status = refusal;
    const auto refused = fetch_file(server.url("/b.tif"), destination_, options_);
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("refuses the user and password; check ECOCUBE_HTTP_USER"));
    EXPECT_THAT(refused.error().message, Not(HasSubstr("s3cret")));
  }
}

TEST_F(Http, AUrlWithAPasswordIsRefusedWithoutShowingIt) {
  const auto download = fetch_file("https://glad:s3cret@example.org/ard/1.tif?token=abc", destination_, options_);
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().blame, Blame::usage);
  EXPECT_EQ(download.error().message,
            "https://example.org/ard/1.tif: a user and password do not belong in a URL; set ECOCUBE_HTTP_USER and "
            "ECOCUBE_HTTP_PASSWORD");
}

TEST_F(Http, OtherRefusalsAreNotTriedAgain) {
  FaultServer server([](const Request&) { return Answer{400, {}, ""}; });
  const auto download = fetch_file(server.url("/a.tif?signature=hidden"), destination_, options_);
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().message, "GET " + server.url("/a.tif") + ": the server answered with status 400");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Http, AServerThatIsNotThereIsAnErrorOfTheMachineAfterItsTries) {
  std::string url;
  {
    FaultServer server([](const Request&) { return Answer{}; });
    url = server.url("/a.tif");
  }
  options_.attempts = 2;
  const auto download = fetch_file(url, destination_, options_);
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().blame, Blame::machine);
  EXPECT_THAT(download.error().message, HasSubstr("(tried 2 times)"));
  EXPECT_EQ(waits_.size(), 1U);
}

TEST_F(Http, ADiskThatTakesNoMoreIsAnErrorOfTheMachineThatNamesTheFile) {
  FaultServer server([](const Request& request) { return FaultServer::file(request, body_of(100000), "\"v1\""); });
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{20000, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().blame, Blame::machine);
  EXPECT_EQ(download.error().message,
            "GET " + server.url("/a.tif") + ": writing " + partial().string() + ": File too large");
  EXPECT_FALSE(fs::exists(destination_));
  EXPECT_TRUE(waits_.empty());
}

TEST_F(Http, SeveralThreadsThatWantOneFileDownloadItOnce) {
  const std::string body = body_of(500000);
  FaultServer server([&](const Request& request) {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // so that all of them ask before the first has it
    return FaultServer::file(request, body, "\"v1\"");
  });
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      const auto download = fetch_file(server.url("/a.tif"), destination_, options_);
      if (download && download->file.present && content() == body) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 6);
  EXPECT_EQ(server.requests().size(), 1U);
  EXPECT_FALSE(fs::exists(partial()));
}

TEST_F(Http, ADocumentIsPostedWithItsHeadersAndComesBackWhole) {
  const std::string sent = body_of(200000), answer = body_of(300000, 2);
  FaultServer server([&](const Request&) { return Answer{200, {}, answer}; });
  const auto document = fetch_document({server.url("/search"), sent, {{"X-Page", "2"}}}, options_);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->status, 200);
  EXPECT_EQ(document->text, answer);
  ASSERT_EQ(server.requests().size(), 1U);
  EXPECT_EQ(server.requests()[0].method, "POST");
  EXPECT_EQ(server.requests()[0].body, sent);
  EXPECT_EQ(header(server.requests()[0], "content-type"), "application/json");
  EXPECT_EQ(header(server.requests()[0], "x-page"), "2");
}

TEST_F(Http, ADocumentThatBreaksOffIsAskedForAnew) {
  const std::string answer = body_of(100000);
  int asked = 0;
  FaultServer server([&](const Request&) {
    Answer whole{200, {}, answer};
    if (++asked == 1) whole.send = 50000;
    return whole;
  });
  const auto document = fetch_document({server.url("/catalog.json")}, options_);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->text, answer);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(waits_.size(), 1U);
}

TEST_F(Http, ADocumentThatIsNotThereIsAStatusAndARefusalAnError) {
  int status = 404;
  FaultServer server([&](const Request&) { return Answer{status, {}, "no"}; });
  for (const int absent : {404, 410, 405, 501}) {
    status = absent;
    const auto document = fetch_document({server.url("/search"), "{}"}, options_);
    ASSERT_TRUE(document) << absent << document.error().message;
    EXPECT_EQ(document->status, absent);
    EXPECT_EQ(document->text, "");
  }
  EXPECT_TRUE(waits_.empty());
  status = 400;
  const auto refused = fetch_document({server.url("/search?key=secret"), "{}"}, options_);
  EXPECT_EQ(refused.error().message, "POST " + server.url("/search") + ": the server answered with status 400");
  EXPECT_EQ(refused.error().blame, Blame::input);
}

}  // namespace
}  // namespace ecocube
