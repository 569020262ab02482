// node's mysql2.
"use strict";

const fs = require("node:fs");
const mysql = require("mysql2/promise");
const { bound, serve, shown, textOf } = require("./json_lines.js");

function configuration({ tls, zlib, socket, infile, multi, mysql_clear_password, ...settings }) {
  return {
    ...settings,
    database: settings.database ?? undefined,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    ssl: tls && { ca: fs.readFileSync(tls) },
    compress: zlib,
    socketPath: socket,
    multipleStatements: multi,
    infileStreamFactory: infile && ((path) => fs.createReadStream(path)),
    enableCleartextPlugin: mysql_clear_password,
    jsonStrings: true,
  };
}

function resultOf(rows, fields) {
  if (!fields) return { labels: [], rows: [], affected_rows: rows.affectedRows, last_insert_id: rows.insertId };
  const text = (cell, index) => shown(textOf(cell, fields[index].columnType, fields[index].characterSet));
  return { labels: fields.map((field) => field.name), rows: rows.map((row) => row.map(text)) };
}

function resultsOf([rows, fields]) {
  const several = Array.isArray(fields) && fields.some((one) => one === undefined || Array.isArray(one));
  return { results: several ? fields.map((one, index) => resultOf(rows[index], one)) : [resultOf(rows, fields)] };
}

const verbs = {
  async connect({ on, settings }, connections) {
    const connection = await mysql.createConnection(configuration(settings));
    connection.on("error", () => {});
    connections.set(on, connection);
  },
  query: async ({ on, sql }, connections) => resultsOf(await connections.get(on).query({ sql, rowsAsArray: true, typeCast: (field) => field.buffer() })),
  execute: async ({ on, sql, params }, connections) =>
    resultsOf(await connections.get(on).execute({ sql, rowsAsArray: true }, params.map(bound))),
  ping: async ({ on }, connections) => void (await connections.get(on).ping()),
  begin: async ({ on }, connections) => void (await connections.get(on).beginTransaction()),
  commit: async ({ on }, connections) => void (await connections.get(on).commit()),
  rollback: async ({ on }, connections) => void (await connections.get(on).rollback()),
  close: async ({ on }, connections) => void (await connections.get(on).end()),
  reset: async ({ on }, connections) => void (await connections.get(on).connection.promise().reset()),
  change_user: async ({ on, settings }, connections) => void (await connections.get(on).changeUser(settings)),
  async pool({ settings, size, times }) {
    const pool = mysql.createPool({ ...configuration(settings), connectionLimit: size });
    const asked = Array.from({ length: times }, () =>
      pool.query({ sql: "SELECT CONNECTION_ID()", rowsAsArray: true }).then(([[[number]]]) => Number(number)),
    );
    const numbers = await Promise.all(asked);
    await pool.end();
    return { numbers };
  },
};

serve(verbs, [
  ..."tls zlib socket infile multi".split(" "),
  ..."mysql_native_password caching_sha2_password sha256_password mysql_clear_password".split(" "),
]);
