import { fileURLToPath } from 'node:url'

const FROM_SOURCE = ['--conditions=@catalog/source', '--import', import.meta.resolve('tsx')]

/** What `node` takes to run a program of this workspace from its source; its path is relative to this app. */
export function toNodeArguments(program: string, args: readonly string[]): readonly string[] {
  return [...FROM_SOURCE, fileURLToPath(new URL(`../${program}`, import.meta.url)), ...args]
}
