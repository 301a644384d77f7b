/** Room `options`: options that several commands take. */

import type { Command } from 'commander'
import { formatExample } from './command-options.ts'

/** Who and why, which every command takes that changes something, and an example of it. */
export function withAttribution(command: Command, example: string): void {
  command
    .option('--actor <who>', 'who does this, for the history (default: $CATALOG_ACTOR, else the login name)')
    .option('--reason <why>', 'why, for the history')
    .addHelpText('after', formatExample(example))
}
