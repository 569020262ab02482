// node's mysql.
"use strict";

const fs = require("node:fs");
const { promisify } = require("node:util");
const mysql = require("mysql");
const { serve, shown, textOf } = require("./json_lines.js");

function configuration({ tls, socket, multi, infile, ...settings }) {
  return {
    ...settings,
    database: settings.database ?? undefined,
    charset: "utf8mb4",
    typeCast: (field) => field.buffer(),
    ssl: tls && { ca: fs.readFileSync(tls) },
    socketPath: socket,
    multipleStatements: multi,
    flags: infile ? "+LOCAL_FILES" : "-LOCAL_FILES",
  };
}

function resultOf(rows, fields) {
  if (!fields) return { labels: [], rows: [], affected_rows: rows.affectedRows, last_insert_id: rows.insertId };
  const text = (row, { name, type, charsetNr }) => shown(textOf(row[name], type, charsetNr));
  return { labels: fields.map(({ name }) => name), rows: rows.map((row) => fields.map((field) => text(row, field))) };
}

function asked(target, sql) {
  return new Promise((resolve, reject) => {
    target.query(sql, (error, rows, fields) => {
      if (error) return reject(error);
      const several = Array.isArray(fields) && fields.some((one) => one === undefined || Array.isArray(one));
      resolve(several ? fields.map((one, index) => resultOf(rows[index], one)) : [resultOf(rows, fields)]);
    });
  });
}

const called = (name) => async ({ on }, connections) => {
  const connection = connections.get(on);
  await promisify(connection[name]).call(connection);
};

const verbs = {
  async connect({ on, settings }, connections) {
    const connection = mysql.createConnection(configuration(settings));
    connection.on("error", () => {});
    connections.set(on, connection);
    await promisify(connection.connect).call(connection);
  },
  query: async ({ on, sql }, connections) => ({ results: await asked(connections.get(on), sql) }),
  ping: called("ping"),
  begin: called("beginTransaction"),
  commit: called("commit"),
  rollback: called("rollback"),
  close: called("end"),
  async change_user({ on, settings }, connections) {
    const connection = connections.get(on);
    await promisify(connection.changeUser).call(connection, settings);
  },
  async pool({ settings, size, times }) {
    const pool = mysql.createPool({ ...configuration(settings), connectionLimit: size });
    const all = await Promise.all(Array.from({ length: times }, () => asked(pool, "SELECT CONNECTION_ID()")));
    await promisify(pool.end).call(pool);
    return { numbers: all.map(([{ rows }]) => Number(rows[0][0])) };
  },
};

serve(verbs, "tls socket infile multi mysql_native_password".split(" "));
