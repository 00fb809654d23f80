/** One instruction of a Dockerfile, such as `RUN npm ci`. */
interface Instruction {
  readonly name: string;
  readonly text: string;
}

/** One stage of a Dockerfile: from which image, under which name, and what is done there. */
export interface Stage {
  readonly image: string;
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of a Dockerfile, as far as ours goes: no heredocs, and build arguments only in front, with their defaults. */
export function readDockerfile(text: string): readonly Stage[] {
  const stages: { image: string; name: string; instructions: Instruction[] }[] = [];
  const defaults = new Map<string, string>();
  for (const line of joined(text)) {
    const [, name = '', written = ''] = /^(\w+)\s+(.*)$/s.exec(line) ?? [];
    const rest =
      name === 'FROM' ? written.replace(/\$\{(\w+)\}/g, (_, one) => defaults.get(one) ?? '') : written;
    if (name === 'ARG' && stages.length === 0) {
      const [argument = '', value = ''] = rest.split('=');
      defaults.set(argument, value);
    } else if (name === 'FROM') {
      const [, image = '', as = ''] = /^(\S+)(?: AS (\S+))?$/.exec(rest) ?? [];
      stages.push({ image, name: as, instructions: [] });
    } else {
      stages.at(-1)?.instructions.push({ name, text: rest });
    }
  }
  return stages;
}

/** The lines that say something, each with those it goes on in. */
function joined(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
}
