// node's mysql2 behind JSON lines; process_client.py says what the lines hold.
"use strict";

const mysql = require("mysql2/promise");
const lines = require("node:readline").createInterface({ input: process.stdin });

let connection;

// Everything as the server's own text, so that no number is rounded and no date is moved.
function typeCast(field) {
  if (field.type !== "BLOB") return field.string("utf8");
  const bytes = field.buffer();
  return bytes === null ? null : { hex: bytes.toString("hex") };
}

const operations = {
  async connect({ settings }) {
    connection = await mysql.createConnection({ ...settings, database: settings.database ?? undefined, typeCast });
  },
  async query({ sql }) {
    const [rows, fields] = await connection.query({ sql, rowsAsArray: true });
    if (fields) return { labels: fields.map((field) => field.name), rows };
    return { labels: [], rows: [], affected_rows: rows.affectedRows, last_insert_id: rows.insertId };
  },
  ping: () => connection.ping(),
  begin: () => connection.beginTransaction(),
  commit: () => connection.commit(),
  rollback: () => connection.rollback(),
  close: () => connection.end(),
};

async function main() {
  for await (const line of lines) {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = (await operations[request.do](request)) ?? {};
      if (answer === true) answer = {};
    } catch (error) {
      if (!error.errno) throw error;
      answer = { code: error.errno, sqlstate: error.sqlState ?? null, message: error.sqlMessage ?? error.message };
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
}

if (!process.argv.includes("--check")) main();
