import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Where lines are typed, or piped in. */
export type PromptInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Asks whoever sits at the terminal, one line at a time. */
export interface Prompter {
  /** Gives the line that is typed, trimmed; undefined where nothing more will be. A secret is not shown. */
  ask(question: string, options?: { readonly isSecret?: boolean }): Promise<string | undefined>;
  print(text: string): void;
  close(): void;
}

/** Creates a prompter; at a terminal what is typed as a secret has no echo, and piped lines are never shown. */
export function createPrompter(input: PromptInput, output: NodeJS.WritableStream): Prompter {
  let isHidden = false;
  // The line editor echoes what is typed; only what it writes goes through here.
  const echo = new Writable({
    write(chunk, _encoding, done) {
      if (!isHidden) output.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output: echo, terminal: input.isTTY === true });
  const typed = lines[Symbol.asyncIterator]();
  return {
    async ask(question, { isSecret = false } = {}) {
      isHidden = isSecret;
      // At a terminal the editor has to know the prompt, or the first Backspace would wipe it out.
      if (isSecret || input.isTTY !== true) output.write(question);
      else {
        lines.setPrompt(question);
        lines.prompt();
      }
      const { value, done } = await typed.next();
      if (isSecret || input.isTTY !== true) output.write('\n');
      isHidden = false;
      return done ? undefined : String(value).trim();
    },
    print: (text) => void output.write(text),
    close: () => lines.close(),
  };
}
