/** Room `catalog`: opening the catalog, and what several commands do. */

import type { Invocation } from '../options/invocation.ts'
import { CliError } from '../problem/cli-errors.ts'

/** What `--yes` does where a command removes or moves something. */
export const YES = 'do not ask on a terminal'

/**
 * Asks on a terminal before something is removed or moved. Scripts are not asked: without a terminal, with `--json`
 * and with `--yes` the command itself is the answer.
 */
export async function assertConfirmed(
  { confirm, output }: Invocation,
  { question, yes }: { readonly question: string; readonly yes: boolean },
): Promise<void> {
  if (yes || output.json) return
  if ((await confirm(question)) === false) throw new CliError('USAGE', 'nothing was changed')
}
