// SPDX-License-Identifier: Apache-2.0
#include "io/catalog/stac_search.h"

#include <set>

#include "base/text.h"
#include "io/catalog/stac_catalog_item.h"

namespace ecocube {
namespace {

constexpr int kItemsPerPage = 100;

std::string days_of(const SceneQuery& query) {
  return fmt::format("{}T00:00:00Z/{}T23:59:59Z", iso_date(query.first), iso_date(query.last));
}

DocumentRequest posted(const std::string& url, const SceneQuery& query, const std::vector<std::string>& collections) {
  const Bounds& area = query.area;
  Value body = {{"bbox", {area.min_x, area.min_y, area.max_x, area.max_y}},
                {"datetime", days_of(query)},
                {"limit", kItemsPerPage}};
  if (!collections.empty()) body["collections"] = collections;
  return {url, body.dump()};
}

DocumentRequest gotten(const std::string& url, const SceneQuery& query, const std::vector<std::string>& collections) {
  const auto mark = url.find('?');
  const std::string own = mark == std::string::npos ? "" : "&" + url.substr(mark + 1);
  std::string asked = url.substr(0, mark) + "?" + (own.empty() ? "" : own.substr(1));
  const auto add = [&](const std::string& key, const std::string& value) {
    if (own.find("&" + key + "=") != std::string::npos) return;
    if (asked.back() != '?') asked += "&";
    asked += key + "=" + value;
  };
  const bool of_one_collection = url.substr(0, mark).ends_with("/items");
  if (!collections.empty() && !of_one_collection) add("collections", join(collections, ","));
  const Bounds& area = query.area;
  add("bbox", fmt::format("{},{},{},{}", area.min_x, area.min_y, area.max_x, area.max_y));
  add("datetime", days_of(query));
  add("limit", fmt::format("{}", kItemsPerPage));
  return {asked};
}

/// The request that a `next` link asks for; nothing when the page is the last.
std::optional<DocumentRequest> next_of(const Value& page, const std::string& location, const std::string& body_before) {
  if (!page.contains("links") || !page["links"].is_array()) return std::nullopt;
  for (const Value& link : page["links"]) {
    if (text_of(link, "rel") != "next" || text_of(link, "href").empty()) continue;
    DocumentRequest next{resolved_href(location, text_of(link, "href"))};
    if (link.contains("headers") && link["headers"].is_object()) {
      for (const auto& [name, value] : link["headers"].items()) {
        // The length and kind of the body are ours to say.
        if (value.is_string() && !lower_case(name).starts_with("content-"))
          next.headers.emplace_back(name, value.get<std::string>());
      }
    }
    if (lower_case(text_of(link, "method")) != "post") return next;
    Value body = link.contains("merge") && link["merge"] == Value(true) && !body_before.empty()
                     ? Value::parse(body_before)
                     : Value::object();
    if (link.contains("body") && link["body"].is_object()) body.update(link["body"]);
    next.json = body.dump();
    return next;
  }
  return std::nullopt;
}

Result<Value> page_in(const Document& document, const std::string& url) {
  if (document.status != 200)
    return input_error("{}: the server answered with status {}", shown_url(url), document.status);
  ECOCUBE_TRY_ASSIGN(Value page, parse_document(document.text, shown_url(url)));
  if (!page.is_object() || !page.contains("features") || !page["features"].is_array())
    return input_error("{}: the answer is no item collection", shown_url(url));
  return page;
}

Result<Value> page_of(const DocumentRequest& request, const HttpOptions& http) {
  ECOCUBE_TRY_ASSIGN(const Document document, fetch_document(request, http));
  return page_in(document, request.url);
}

/// `https://stac.example:8080`
std::string server_of(const std::string& url) {
  const auto host = url.find("://");
  return host == std::string::npos ? "" : lower_case(url.substr(0, url.find_first_of("/?#", host + 3)));
}

/// Takes the items of a page and of all pages after it. `taken`: that of the page itself are taken already.
Result<void> take_pages(Value page, DocumentRequest request, bool taken, const HttpOptions& http,
                        const TakeItem& take) {
  std::set<std::string> asked;
  const std::string home = request.url;
  while (true) {
    if (!taken) {
      for (const Value& item : page["features"]) take(item, request.url);
    }
    taken = false;
    auto next = next_of(page, request.url, request.json);
    if (!next) return {};
    if (!asked.insert(next->url + "\n" + next->json).second)
      return input_error("{}: its pages lead in a circle", shown_url(next->url));
    request = std::move(*next);
    ECOCUBE_TRY_ASSIGN(page, page_of(request, options_for(request.url, home, http)));
  }
}

}  // namespace

HttpOptions options_for(const std::string& url, const std::string& home, const HttpOptions& http) {
  HttpOptions options = http;
  if (server_of(url) != server_of(home)) options.credentials = {};
  return options;
}

Result<Value> parse_document(const std::string& text, const std::string& location) {
  try {
    return Value::parse(text);
  } catch (const Value::exception& problem) {
    return input_error("{}: no JSON: {}", location, problem.what());
  }
}

Result<void> search_items(const std::string& url, const SceneQuery& query, const std::vector<std::string>& collections,
                          const HttpOptions& http, const TakeItem& take) {
  const bool by_get = url.find('?') != std::string::npos || url.ends_with("/items");
  auto request = by_get ? gotten(url, query, collections) : posted(url, query, collections);
  ECOCUBE_TRY_ASSIGN(Document first, fetch_document(request, http));
  if (first.status != 200 && !by_get) {  // the server takes no POST
    request = gotten(url, query, collections);
    ECOCUBE_TRY_ASSIGN(first, fetch_document(request, http));
  }
  ECOCUBE_TRY_ASSIGN(Value page, page_in(first, request.url));
  return take_pages(std::move(page), std::move(request), false, http, take);
}

Result<void> follow_next(const Value& page, const std::string& location, const HttpOptions& http,
                         const TakeItem& take) {
  return take_pages(page, {location}, true, http, take);
}

}  // namespace ecocube
