// Lets Node load the modules of a suite itself. Jest's own loader links every module of the bot and of what it stands
// on anew for each suite, which took longer than most suites; here a worker loads them once. The modules of `test/` are
// loaded anew for each suite, so whatever a helper remembers, and every hook it registers, stays within its suite.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { register } = require('node:module');
const { join } = require('node:path');
const { fileURLToPath, pathToFileURL } = require('node:url');
const { default: Runtime } = require('jest-runtime');
const { compile } = require('./compile.cjs');

const framework = join(require.resolve('jest-circus/runner'), '../jestAdapterInit.js');
/** Where the framework keeps what it knows of a suite. */
const stateOfFramework = /^Symbol\((JEST_STATE_SYMBOL|EVENT_HANDLERS)\)$/;

/** Where the source map of a module is; it is made when somebody asks, which is when an error is shown. */
class SourceMaps extends Map {
  constructor(folder) {
    super();
    this.folder = folder;
  }

  get(url) {
    if (this.has(url) || !/^file:.*\.ts(\?|$)/.test(url)) return super.get(url);
    const path = fileURLToPath(url);
    const at = join(this.folder, `${path.replaceAll(/[^\w.-]/g, '-')}.map`);
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(at, compile(path, readFileSync(path, 'utf8')).map);
    this.set(url, at);
    return at;
  }
}

let suites = 0;
let sourceMaps;

module.exports = class extends Runtime {
  constructor(config, ...rest) {
    super(config, ...rest);
    if (sourceMaps) return;
    sourceMaps = new SourceMaps(join(config.cacheDirectory, 'source-maps'));
    register('./loader.mjs', { parentURL: pathToFileURL(__filename), data: { root: config.rootDir } });
  }

  unstable_shouldLoadAsEsm() {
    return true;
  }

  async unstable_importModule(path) {
    suites += 1;
    return import(`${pathToFileURL(path)}?suite=${suites}`);
  }

  /** The framework remembers the suite it runs, so each suite has one of its own. */
  requireInternalModule(path) {
    if (path === framework) {
      delete require.cache[framework];
      for (const key of Object.getOwnPropertySymbols(globalThis)) {
        if (stateOfFramework.test(String(key))) delete globalThis[key];
      }
    }
    return require(path);
  }

  setGlobalsForRuntime(globals) {
    globalThis[Symbol.for('countersign/jest-globals')] = globals;
  }

  getSourceMaps() {
    return sourceMaps;
  }
};
