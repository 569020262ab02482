// node's mariadb.
"use strict";

const fs = require("node:fs");
const mariadb = require("mariadb");
const { bound, serve, shown } = require("./json_lines.js");

function typeCast(column, next) {
  if (column.type === "GEOMETRY") return column.buffer();
  return ["BLOB", "BIT", "STRING", "VAR_STRING"].includes(column.type) ? next() : column.string();
}

function configuration({ tls, zlib, socket, infile, multi, ...settings }) {
  return {
    ...settings,
    database: settings.database ?? undefined,
    ssl: tls && { ca: fs.readFileSync(tls) },
    compress: zlib,
    socketPath: socket,
    permitLocalInfile: infile,
    multipleStatements: multi,
    allowPublicKeyRetrieval: true,
    rowsAsArray: true,
    metaAsArray: true,
    bigIntAsNumber: false,
    autoJsonMap: false,
    dateStrings: true,
    decimalAsNumber: false,
    insertIdAsNumber: true,
    connectTimeout: 10000,
  };
}

function resultOf(rows, fields) {
  if (!fields || !Array.isArray(rows)) {
    return { labels: [], rows: [], affected_rows: rows.affectedRows, last_insert_id: Number(rows.insertId) };
  }
  return { labels: fields.map((field) => field.name()), rows: rows.map((row) => row.map(shown)) };
}

const isFields = (one) => Array.isArray(one) && one.every((field) => typeof field?.name === "function");

function resultsOf([rows, fields]) {
  if (fields === undefined || isFields(fields)) return { results: [resultOf(rows, fields)] };
  return { results: rows.map((one, index) => resultOf(one, fields[index])) };
}

const verbs = {
  async connect({ on, settings }, connections) {
    const connection = await mariadb.createConnection(configuration(settings));
    connection.on("error", () => {});
    connections.set(on, connection);
  },
  query: async ({ on, sql }, connections) => resultsOf(await connections.get(on).query({ sql, typeCast })),
  execute: async ({ on, sql, params }, connections) =>
    resultsOf(await connections.get(on).execute({ sql, typeCast }, params.map(bound))),
  ping: async ({ on }, connections) => void (await connections.get(on).ping()),
  begin: async ({ on }, connections) => void (await connections.get(on).beginTransaction()),
  commit: async ({ on }, connections) => void (await connections.get(on).commit()),
  rollback: async ({ on }, connections) => void (await connections.get(on).rollback()),
  close: async ({ on }, connections) => void (await connections.get(on).end()),
  reset: async ({ on }, connections) => void (await connections.get(on).reset()),
  change_user: async ({ on, settings }, connections) => void (await connections.get(on).changeUser(settings)),
  async pool({ settings, size, times }) {
    const pool = mariadb.createPool({ ...configuration(settings), connectionLimit: size, metaAsArray: false });
    const asked = Array.from({ length: times }, () => pool.query("SELECT CONNECTION_ID()"));
    const numbers = (await Promise.all(asked)).map(([[number]]) => Number(number));
    await pool.end();
    return { numbers };
  },
};

serve(verbs, [
  ..."tls zlib socket infile multi".split(" "),
  ..."mysql_native_password caching_sha2_password sha256_password client_ed25519 mysql_clear_password".split(" "),
]);
