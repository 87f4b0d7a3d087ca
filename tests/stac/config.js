// SPDX-License-Identifier: Apache-2.0
//
// Prints the configuration that lets stac-node-validator work without the network:
//   node config.js CUBE SCHEMAS CORE
'use strict';
const fs = require('fs');
const path = require('path');
const {documents} = require('./documents.js');

const [cube, schemas, core] = process.argv.slice(2).map((name) => path.resolve(name));

/** `name-v1.2.0.json` is the schema of https://stac-extensions.github.io/name/v1.2.0/schema.json. */
const extensions = fs.readdirSync(path.join(schemas, 'extensions')).flatMap((file) => {
  const match = /^(.+)-(v\d+\.\d+\.\d+)\.json$/.exec(file);
  return match ? [`https://stac-extensions.github.io/${match[1]}/${match[2]}/schema.json=${path.join(schemas, 'extensions', file)}`] : [];
});
const geojson = fs.readdirSync(path.join(__dirname, 'node_modules', 'geojson-schema'))
  .filter((file) => file.endsWith('.json') && file !== 'package.json')
  .map((file) => `https://geojson.org/schema/${file}=${path.join(__dirname, 'node_modules', 'geojson-schema', file)}`);
const projjson = fs.readdirSync(schemas).filter((file) => file.startsWith('proj.org')).map((file) =>
  `https://proj.org/schemas/v0.7/projjson.schema.json=${path.join(schemas, file)}`);

const files = documents(cube);
if (files.length === 0) {
  console.error(`no documents in ${cube}`);
  process.exit(1);
}
console.log(JSON.stringify({schemas: core, schemaMap: [...extensions, ...geojson, ...projjson], files}, null, 1));
