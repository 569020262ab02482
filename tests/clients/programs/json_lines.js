// What the programs of node have in common: JSON lines; ../process_client.py says what they hold.
"use strict";

// A bound value, from its JSON form; dates and times stay texts, so that no time zone moves them.
function bound(value) {
  if (value === null) return null;
  const [[type, content]] = Object.entries(value);
  if (type === "int") return Number.isSafeInteger(Number(content)) ? Number(content) : BigInt(content);
  if (type === "double") return Number(content);
  return type === "hex" ? Buffer.from(content, "hex") : content;
}

const STRINGS = new Set([16, 249, 250, 251, 252, 253, 254, 255]);

// What a server sent as text, from its bytes: of bytes that are no text they stay what they are.
function textOf(cell, type, charset) {
  return Buffer.isBuffer(cell) && !(charset === 63 && STRINGS.has(type)) ? cell.toString("utf8") : cell;
}

// A cell that the driver gives out, as its text or as bytes.
function shown(cell) {
  if (cell === null || cell === undefined) return null;
  return Buffer.isBuffer(cell) ? { hex: cell.toString("hex") } : String(cell);
}

function refusal(error) {
  if (error.errno > 0) {
    return { code: error.errno, sqlstate: error.sqlState ?? null, message: error.sqlMessage ?? error.message };
  }
  if (error.code || error.fatal) return { lost: `${error.code}: ${error.message}` };
  throw error;
}

// Answer each line in its turn. `verbs` maps a word to a function of (request, connections), `options` are the
// settings that the driver has beyond the usual ones.
async function serve(verbs, options) {
  if (process.argv.includes("--check")) return;
  const connections = new Map();
  const all = { ...verbs, offers: () => ({ offers: [...Object.keys(verbs), ...options] }) };
  for await (const line of require("node:readline").createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let answer;
    try {
      answer = (await all[request.do](request, connections)) ?? {};
    } catch (error) {
      answer = refusal(error);
    }
    process.stdout.write(JSON.stringify(answer) + "\n");
  }
  process.exit(0);
}

module.exports = { bound, refusal, serve, shown, textOf };
