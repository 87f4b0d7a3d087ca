// SPDX-License-Identifier: Apache-2.0
'use strict';
const fs = require('fs');
const path = require('path');

/** All JSON files below a folder, sorted. */
exports.documents = function documents(folder) {
  return fs.readdirSync(folder, {withFileTypes: true}).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) return documents(name);
    return entry.name.endsWith('.json') ? [name] : [];
  }).sort();
};
