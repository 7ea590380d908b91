// Plain JavaScript in place of the native module @vscode/spdlog: same calls, one line appended per message.
// Every export is assigned by name, because VS Code imports them from an ES module and Node must see the names.
const fs = require('node:fs');
const path = require('node:path');

const levelNames = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];

class Logger {
  constructor(_kind, _name, file) {
    this.file = file;
    this.level = levelNames.indexOf('info');
    this.isPlain = false;
  }

  write(level, message) {
    if (level < this.level) return;
    const stamp = new Date().toISOString().replace('T', ' ').slice(0, 23);
    const line = this.isPlain ? message : `${stamp} [${levelNames[level]}] ${message}\n`;
    // The server deletes its folder while late messages are still on their way.
    if (fs.existsSync(path.dirname(this.file))) fs.appendFileSync(this.file, line);
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {
    this.isPlain = false;
  }

  clearFormatters() {
    this.isPlain = true;
  }

  flush() {}

  drop() {}
}

const methods = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, critical: 5 };
for (const [name, level] of Object.entries(methods)) {
  Logger.prototype[name] = function (message) {
    this.write(level, message);
  };
}

async function create(name, file) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  return new Logger('', name, file);
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
