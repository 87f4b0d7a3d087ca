// SPDX-License-Identifier: Apache-2.0
//
// What no schema can say: that relative links lead to files, that files are as large as is said and have that sum, that
// an extension is declared when and only when it is used, and that no document stands outside the catalogue:
//   node check_files.js CUBE
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const {documents} = require('./documents.js');

const cube = path.resolve(process.argv[2]);
const faults = [];
const linked = new Set([path.join(cube, 'catalog.json')]);
let assets = 0;

function checkLink(document, link) {
  if (/^https?:/.test(link.href)) return;
  const target = path.resolve(path.dirname(document), link.href);
  if (!fs.existsSync(target)) faults.push(`${document}: link ${link.rel} leads to ${link.href}, which is not there`);
  if (link.rel === 'child' || link.rel === 'item') linked.add(target);
}

function checkAsset(document, key, asset) {
  const file = path.resolve(path.dirname(document), asset.href);
  if (!fs.existsSync(file)) {
    faults.push(`${document}: asset ${key} is ${asset.href}, which is not there`);
    return;
  }
  const bytes = fs.readFileSync(file);
  const sum = '1220' + crypto.createHash('sha256').update(bytes).digest('hex');
  if (asset['file:size'] !== bytes.length) faults.push(`${document}: asset ${key} has ${bytes.length} bytes, not ${asset['file:size']}`);
  if (asset['file:checksum'] !== sum) faults.push(`${document}: asset ${key} has another checksum than is said of it`);
  ++assets;
}

const extensions = {proj: 'projection', raster: 'raster', classification: 'classification', file: 'file', processing: 'processing'};

/** Prefixes of all keys of a document, however deep. */
function prefixes(value, found = new Set()) {
  if (value === null || typeof value !== 'object') return found;
  for (const [key, inner] of Object.entries(value)) {
    if (/^[a-z]+:/.test(key)) found.add(key.split(':')[0]);
    prefixes(inner, found);
  }
  return found;
}

function checkExtensions(document, content) {
  const used = prefixes(content);
  for (const prefix of used) {
    if (!(prefix in extensions)) faults.push(`${document}: keys begin with ${prefix}:, which is no extension known here`);
  }
  for (const [prefix, name] of Object.entries(extensions)) {
    const declared = (content.stac_extensions ?? []).some((address) => address.includes(`/${name}/`));
    if (declared !== used.has(prefix)) faults.push(`${document}: extension ${name} is ${declared ? 'declared but not used' : 'used but not declared'}`);
  }
}

const files = documents(cube);
for (const document of files) {
  const content = JSON.parse(fs.readFileSync(document, 'utf8'));
  checkExtensions(document, content);
  for (const link of content.links) checkLink(document, link);
  for (const [key, asset] of Object.entries(content.assets ?? {})) checkAsset(document, key, asset);
}
for (const document of files) {
  if (!linked.has(document)) faults.push(`${document}: no document of the catalogue leads here`);
}
if (assets === 0) faults.push(`${cube}: there are no assets`);
faults.forEach((fault) => console.error(fault));
console.log(`Assets: ${assets}`);
process.exit(faults.length > 0 ? 1 : 0);
