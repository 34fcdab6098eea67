'use strict';
// Stands where the native module @vscode/spdlog would be: without it every output channel and log file stays empty.
// One plain `exports.name =` each: VS Code imports this file as ESM, and Node finds the names by lexing.
const fs = require('fs');
const path = require('path');

const NAMES = ['trace', 'debug', 'info', 'warning', 'error', 'critical', 'off'];
let globalLevel = 2;
const loggers = new Set();
const pad = (n, width = 2) => String(n).padStart(width, '0');

const stamp = (d) =>
  `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ` +
  `${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}.${pad(d.getMilliseconds(), 3)}`;

class Logger {
  constructor(type, name, file) {
    this.file = file;
    this.level = globalLevel;
    this.raw = false;
    loggers.add(this);
  }
  write(level, message) {
    if (level < this.level) return;
    const text = this.raw ? String(message) : `${stamp(new Date())} [${NAMES[level]}] ${message}\n`;
    try {
      fs.appendFileSync(this.file, text);
    } catch (error) {
      // The log folder is gone once the host is being removed; anything else is worth a line.
      if (error.code !== 'ENOENT') process.stderr.write(`log ${this.file}: ${error.message}\n`);
    }
  }
  trace(m) {
    this.write(0, m);
  }
  debug(m) {
    this.write(1, m);
  }
  info(m) {
    this.write(2, m);
  }
  warn(m) {
    this.write(3, m);
  }
  error(m) {
    this.write(4, m);
  }
  critical(m) {
    this.write(5, m);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  setPattern() {}
  clearFormatters() {
    this.raw = true;
  }
  flush() {}
  drop() {
    loggers.delete(this);
  }
}

const create = async (name, file) => {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.closeSync(fs.openSync(file, 'a'));
  return new Logger('rotating', name, file);
};

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = (level) => {
  globalLevel = level;
  for (const logger of loggers) logger.level = level;
};
exports.setFlushOn = () => {};
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
