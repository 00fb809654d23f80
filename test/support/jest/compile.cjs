const { transformSync } = require('@swc/core');

/** Takes the types out of a module; gives its code and its source map. */
exports.compile = (filename, source) =>
  transformSync(source, {
    filename,
    swcrc: false,
    sourceMaps: true,
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
  });
