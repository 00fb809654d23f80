/**
 * Runs a suite in the process itself, instead of in a context that is furnished anew for each.
 *
 * What Jest changes of the globals of a suite stays in an object that inherits from them.
 */
module.exports = class {
  global = Object.create(globalThis, { process: { value: Object.create(process) } });
  /** Jest asks for one; no test replaces anything. */
  moduleMocker = { restoreAllMocks() {} };
  setup = async () => {};
  teardown = async () => {};
  getVmContext = () => null;
};
