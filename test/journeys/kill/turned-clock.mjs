// Sets the clock of the program it is loaded into ahead, as an operator sets the clock of a machine. Its timers go on as
// they were, so that a day passes without anybody waiting for it.
let aheadMs = Number(process.env.CLOCK_AHEAD_MS);
const machine = Date.now;

globalThis.Date = class extends Date {
  constructor(...given) {
    super(...(given.length === 0 ? [machine() + aheadMs] : given));
  }

  static now() {
    return machine() + aheadMs;
  }
};

process.on('message', (ms) => {
  aheadMs = ms;
});
// What the clock is set by must not keep the program from ending.
process.channel?.unref();
