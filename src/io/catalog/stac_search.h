// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/options.h"
#include "base/result.h"
#include "io/catalog/scene_catalog.h"
#include "io/http/http.h"

namespace ecocube {

/// The options for asking `url`: with the credentials only when it is on the server of `home`. Links may lead anywhere.
HttpOptions options_for(const std::string& url, const std::string& home, const HttpOptions& http);

/// Takes an item and the address of the document that it stands in.
using TakeItem = std::function<void(const Value& item, const std::string& location)>;

/// Asks a STAC API for the items of some collections by area and time and follows its `next` links, also those that are
/// to be posted, alone or merged with what was asked before.
///
/// url          of `/search` or `/collections/ID/items`. With a query of its own, or for items, it is asked by GET,
///              otherwise by POST, and by GET when the server does not take that.
/// collections  ids; not asked for when the address names some itself, or none are given
/// Errors: no such address, an answer that is no item collection, a next link that leads in a circle.
Result<void> search_items(const std::string& url, const SceneQuery& query, const std::vector<std::string>& collections,
                          const HttpOptions& http, const TakeItem& take);

/// Follows the `next` links of an item collection that was read from `location`, whose own items are left out.
Result<void> follow_next(const Value& page, const std::string& location, const HttpOptions& http, const TakeItem& take);

/// The document as JSON, or an error that names the address.
Result<Value> parse_document(const std::string& text, const std::string& location);

}  // namespace ecocube
